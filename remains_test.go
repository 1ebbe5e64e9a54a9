package timbre

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestRemainsEndOnce(t *testing.T) {
	var r Remains[int]
	if err := errors.Join(r.Settle(t.Context(), 1), r.SettleAll(t.Context())); err != nil || r.Len() != 0 {
		t.Errorf("nothing held: got %v and %d left", err, r.Len())
	}
	var keys, ended []int
	batches := 0
	for i := range 3*remainsBatch + 1 {
		keys = append(keys, i)
	}
	spoilt := errors.New("spoilt")
	bad := 40
	r.Hold(keys, func(_ context.Context, keys []int) error {
		if slices.Contains(keys, bad) {
			return spoilt
		}
		batches++
		ended = append(ended, keys...)
		return nil
	})
	for range 2 {
		if err := r.Settle(t.Context(), 7); err != nil {
			t.Error(err)
		}
	}
	if err := r.SettleAll(t.Context()); !errors.Is(err, spoilt) || r.Len() != 1 {
		t.Errorf("got %v and %d left, want %v and the spoilt one", err, r.Len(), spoilt)
	}
	if want := 1 + 3 + remainsBatch - 1; batches != want {
		t.Errorf("got %d transactions, want %d: one at once, three batches, and the spoilt batch one by one", batches, want)
	}
	bad = -1
	if err := r.SettleAll(t.Context()); err != nil || r.Len() != 0 {
		t.Errorf("again: got %v and %d left, want none", err, r.Len())
	}
	slices.Sort(ended)
	if !slices.Equal(ended, keys) {
		t.Errorf("got %v ended, want each once", ended)
	}
}

func TestRemainsAreLeftWhileNothingCanBeEnded(t *testing.T) {
	var r Remains[int]
	tries, full := 0, errors.New("disk full")
	r.Hold(make100(), func(context.Context, []int) error { tries++; return full })
	if err := r.SettleAll(t.Context()); !errors.Is(err, full) || err.Error() != "100 left: disk full" {
		t.Errorf("got %v, want how many are left and the cause, once", err)
	}
	if tries != 1+remainsBatch {
		t.Errorf("got %d transactions, want no more than for the first batch", tries)
	}
}

func make100() (keys []int) {
	for i := range 100 {
		keys = append(keys, i)
	}
	return keys
}

func TestRemainsMakeRoomForWhatAQuotaRefuses(t *testing.T) {
	var r Remains[int]
	limit := Errorf(Limit, "", "the quota is reached")
	full := func() error {
		if r.Len() > 0 {
			return limit
		}
		return nil
	}
	r.Hold(make100(), func(context.Context, []int) error { return nil })
	if err := r.MakeRoom(t.Context(), Limit, full); err != nil || r.Len() != 0 {
		t.Errorf("got %v and %d left, want room", err, r.Len())
	}
	if err := r.MakeRoom(t.Context(), Limit, func() error { return limit }); !errors.Is(err, limit) {
		t.Errorf("got %v, want %v: nothing is left that counts", err, limit)
	}
	r.Hold(make100(), func(context.Context, []int) error { return errors.New("disk full") })
	if err := r.MakeRoom(t.Context(), Limit, full); !errors.Is(err, limit) {
		t.Errorf("got %v, want %v", err, limit)
	}
}
