package node

import (
	"context"
	"testing"

	"timbre"
	"timbre/store"
)

// put is a store of one termination.
type put struct {
	store.Store
	cps int
}

func (p put) Termination(context.Context, string) (timbre.Termination, error) {
	return timbre.Termination{CPSLimit: p.cps}, nil
}

func TestCallsASecondAreThoseOfTheConnectorWithinTheQuota(t *testing.T) {
	for _, c := range []struct{ put, quota, want int }{{0, 0, 0}, {5, 0, 5}, {0, 1, 1}, {5, 1, 1}, {1, 5, 1}} {
		got, err := directory{put{cps: c.put}, c.quota}.Termination(t.Context(), "c")
		if err != nil || got.CPSLimit != c.want {
			t.Errorf("%d put, a quota of %d: %d, %v", c.put, c.quota, got.CPSLimit, err)
		}
	}
}
