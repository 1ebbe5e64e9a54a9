package rest

import (
	"context"

	"timbre"
)

// defaultPage is the number of items on a page if the request gives none: the maximum, because many clients have no paginator for these
// lists.
const defaultPage = 100

// ID is the identifier of an item of a list.
func ID(i timbre.Item) string { return i.ID }

// Paged returns one page of a list. The scope identifies the list, so that a token of another list is refused; id returns the id of an
// item. The token is nil on the last page. The context must be that of a request.
func Paged[T any](ctx context.Context, scope string, token *string, most *int32,
	list func(context.Context, timbre.Page) ([]T, error), id func(T) string,
) (items []T, next *string, err error) {
	page := timbre.Page{Limit: defaultPage}
	if most != nil {
		page.Limit = int(*most)
	}
	tokens, ok := ctx.Value(pagesKey{}).(pages)
	if !ok {
		return nil, nil, timbre.Errorf(timbre.Internal, "rest.Paged", "the context is not that of a request")
	}
	if token != nil {
		if page.After, err = tokens.open(scope, *token); err != nil {
			return nil, nil, err
		}
	}
	page.Limit++ // one more item shows whether there is a next page
	if items, err = list(ctx, page); err != nil {
		return nil, nil, err
	}
	if len(items) < page.Limit {
		return items, nil, nil
	}
	items = items[:page.Limit-1]
	return items, new(tokens.make(scope, id(items[len(items)-1]))), nil
}
