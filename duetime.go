package timbre

import (
	"context"
	"time"
)

type dueKey struct{}

// WithDueTime returns a context of work whose result is due at a time. What many wait for, such as a thread, goes to the earliest due first.
func WithDueTime(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, dueKey{}, at)
}

// DueTime is when the result of work is due; false: it is not known.
func DueTime(ctx context.Context) (at time.Time, known bool) {
	at, known = ctx.Value(dueKey{}).(time.Time)
	return at, known
}
