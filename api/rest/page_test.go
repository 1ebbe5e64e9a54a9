package rest

import (
	"bytes"
	"context"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"timbre"
)

var pagesOfTests = newPages(bytes.Repeat([]byte{7}, 32), "000000000000")

func paging(p pages) context.Context { return context.WithValue(context.Background(), pagesKey{}, p) }

// collection is an ordered list from which items are removed and to whose end items are added.
type collection struct {
	items []int
	gone  map[int]bool
}

func (s *collection) list(_ context.Context, p timbre.Page) (out []int, err error) {
	after := -1
	if p.After != "" {
		if after, err = strconv.Atoi(p.After); err != nil {
			return nil, err
		}
	}
	for _, i := range s.items {
		if i > after && !s.gone[i] && len(out) < p.Limit {
			out = append(out, i)
		}
	}
	return out, nil
}

func TestPagesAddUpToTheList(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5, 6, 250} {
		s := &collection{}
		for i := range n {
			s.items = append(s.items, i)
		}
		for _, most := range []*int32{nil, new(int32(1)), new(int32(2)), new(int32(100))} {
			got := walk(t, s, most, func() {})
			if !slices.Equal(got, s.items) {
				t.Errorf("%d items in pages of %v: got %v", n, most, got)
			}
		}
	}
}

// walk reads a list to its end, and calls a function after every page.
func walk(t *testing.T, s *collection, most *int32, meanwhile func()) (got []int) {
	t.Helper()
	var token *string
	for {
		items, next, err := Paged(paging(pagesOfTests), "numbers", token, most, s.list, strconv.Itoa)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, items...)
		if token = next; token == nil {
			return got
		}
		if len(items) == 0 {
			t.Fatal("got an empty page")
		}
		meanwhile()
	}
}

// While a list is read, items are added and deleted, including the one that the next page follows.
func TestEachItemIsListedOnceWhileTheListChanges(t *testing.T) {
	for seed := range uint64(200) {
		x := rand.New(rand.NewPCG(seed, 1))
		s := &collection{gone: map[int]bool{}}
		for i := range 1 + x.IntN(30) {
			s.items = append(s.items, i)
		}
		first := len(s.items)
		got := walk(t, s, new(int32(1+x.IntN(5))), func() {
			for range x.IntN(3) {
				s.gone[s.items[x.IntN(len(s.items))]] = true
			}
			if n := len(s.items); n < 60 && x.IntN(2) == 0 {
				s.items = append(s.items, n)
			}
		})
		seen := map[int]int{}
		for _, i := range got {
			seen[i]++
		}
		for i := range first {
			if seen[i] > 1 || seen[i] == 0 && !s.gone[i] {
				t.Fatalf("seed %d: got item %d %d times, want once", seed, i, seen[i])
			}
		}
	}
}

func TestTokenIsBoundToListAccountAndKey(t *testing.T) {
	other := newPages(bytes.Repeat([]byte{8}, 32), "000000000000")
	elsewhere := newPages(bytes.Repeat([]byte{7}, 32), "111111111111")
	token := pagesOfTests.make("numbers", "the id of an item")
	if bytes.Contains(must(base64.RawURLEncoding.DecodeString(token)), []byte("item")) {
		t.Error("got a token with its item in the clear")
	}
	if after, err := pagesOfTests.open("numbers", token); err != nil || after != "the id of an item" {
		t.Fatalf("got %q and error %v", after, err)
	}
	for name, open := range map[string]func() (string, error){
		"another list":    func() (string, error) { return pagesOfTests.open("letters", token) },
		"another account": func() (string, error) { return elsewhere.open("numbers", token) },
		"another key":     func() (string, error) { return other.open("numbers", token) },
		"one bit more":    func() (string, error) { return pagesOfTests.open("numbers", token+"A") },
		"the plain form":  func() (string, error) { return pagesOfTests.open("numbers", "AW51bWJlcnMAYQ") },
		"nothing":         func() (string, error) { return pagesOfTests.open("numbers", "") },
	} {
		if after, err := open(); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%s: got %q and error %v, want Invalid", name, after, err)
		}
	}
}

// 10,000 tokens with one altered character are refused.
func TestAlteredTokensAreRefused(t *testing.T) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	x := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		token := []byte(pagesOfTests.make("numbers", strconv.Itoa(x.Int())))
		at := x.IntN(len(token))
		was := token[at]
		for token[at] == was {
			token[at] = letters[x.IntN(len(letters))]
		}
		if after, err := pagesOfTests.open("numbers", string(token)); err == nil {
			t.Fatalf("token %s: got item %q, want an error", token, after)
		}
	}
}

func FuzzPageToken(f *testing.F) {
	f.Add("", "")
	f.Add("Ag", "letters")
	f.Add("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "letters")
	f.Fuzz(func(t *testing.T, token, scope string) {
		if after, err := pagesOfTests.open(scope, token); err == nil {
			t.Errorf("forged token: got item %q, want an error", after)
		}
		if again, err := pagesOfTests.open(scope, pagesOfTests.make(scope, "x")); err != nil || again != "x" {
			t.Errorf("got %q and error %v", again, err)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
