package rest

import (
	"context"
	"slices"
	"testing"

	"timbre"
)

func TestPagesTogetherAreTheWholeList(t *testing.T) {
	ctx := context.Background()
	for _, n := range []int{0, 1, 2, 5, 6, 250} {
		var whole []string
		for i := range n {
			whole = append(whole, string(rune('a'+i)))
		}
		list := func(_ context.Context, p timbre.Page) ([]string, error) {
			rest := whole[slices.Index(whole, p.After)+1:]
			return rest[:min(p.Limit, len(rest))], nil
		}
		for _, most := range []*int32{nil, new(int32(1)), new(int32(2)), new(int32(100))} {
			var got []string
			var token *string
			for {
				items, next, err := Paged(ctx, "letters", token, most, list, func(s string) string { return s })
				if err != nil {
					t.Fatal(err)
				}
				if len(items) == 0 && n > 0 {
					t.Fatal("an empty page")
				}
				got = append(got, items...)
				if token = next; token == nil {
					break
				}
			}
			if !slices.Equal(got, whole) {
				t.Errorf("%d items in pages of %v: %v", n, most, got)
			}
		}
	}
}

func FuzzPageToken(f *testing.F) {
	f.Add(makeToken("letters", "id"), "letters")
	f.Add("", "")
	f.Add("AQ", "letters")
	f.Fuzz(func(t *testing.T, token, scope string) {
		after, err := openToken(scope, token)
		if err == nil && after == "" {
			t.Error("a token that begins at the start")
		}
		if again, err := openToken(scope, makeToken(scope, "x")); err != nil || again != "x" {
			t.Errorf("%q, %v", again, err)
		}
	})
}
