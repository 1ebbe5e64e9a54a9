package rest

import (
	"context"
	"encoding/base64"
	"strings"

	"timbre"
)

// defaultPage is how many items a list gives at once when the request does not say: as many as it may ask for, because
// many clients have no paginator for these lists.
const defaultPage = 100

// tokenVersion is the first byte of every page token, so that tokens of other forms can be told apart.
const tokenVersion = 1

// Paged lists one page. The scope names the list, so that a token of one list is refused by another; id is an item's
// place in it. The token that comes back is nil on the last page.
func Paged[T any](ctx context.Context, scope string, token *string, most *int32,
	list func(context.Context, timbre.Page) ([]T, error), id func(T) string,
) (items []T, next *string, err error) {
	page := timbre.Page{Limit: defaultPage}
	if most != nil {
		page.Limit = int(*most)
	}
	if token != nil {
		if page.After, err = openToken(scope, *token); err != nil {
			return nil, nil, err
		}
	}
	page.Limit++ // one more tells whether there is a next page
	if items, err = list(ctx, page); err != nil {
		return nil, nil, err
	}
	if len(items) < page.Limit {
		return items, nil, nil
	}
	items = items[:page.Limit-1]
	return items, new(makeToken(scope, id(items[len(items)-1]))), nil
}

func makeToken(scope, after string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(string(rune(tokenVersion)) + scope + "\x00" + after))
}

func openToken(scope, token string) (after string, err error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		if after, ok := strings.CutPrefix(string(text), string(rune(tokenVersion))+scope+"\x00"); ok && after != "" {
			return after, nil
		}
	}
	return "", timbre.Errorf(timbre.Invalid, "", "NextToken is not one that this list has given.")
}
