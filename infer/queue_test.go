package infer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// Runs come in any order, and get the only thread in that of their deadlines.
func TestQueueRunsTheEarliestDeadlineFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, now := &queue{threads: 1}, time.Now()
		must(t, q.enter(t.Context()))
		var order []time.Duration
		var all sync.WaitGroup
		for _, due := range []time.Duration{5 * time.Second, 500 * time.Millisecond, 2 * time.Second, 700 * time.Millisecond} {
			all.Go(func() {
				must(t, q.enter(timbre.WithDueTime(t.Context(), now.Add(due))))
				order = append(order, due) // holds the only thread
				q.leave()
			})
		}
		synctest.Wait()
		q.leave()
		all.Wait()
		if !slices.IsSorted(order) || len(order) != 4 || q.inUse() != 0 {
			t.Errorf("got %v with %d threads in use at the end, want the order of deadlines and 0", order, q.inUse())
		}
	})
}

// Without a deadline a run is due when it comes: such runs keep their order, and none waits for ever behind those that come later.
func TestQueueKeepsTheOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{threads: 1}
		must(t, q.enter(t.Context()))
		var order []int
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				must(t, q.enter(t.Context()))
				order = append(order, i)
				q.leave()
			})
			synctest.Wait()
		}
		q.leave()
		all.Wait()
		if !slices.IsSorted(order) || len(order) != 5 {
			t.Errorf("got %v, want the order of arrival", order)
		}
	})
}

func TestQueueForgetsWhoGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{threads: 2}
		must(t, q.enter(t.Context()))
		must(t, q.enter(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := q.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want that the time is over", err)
		}
		q.leave()
		q.leave()
		if got := q.inUse(); got != 0 {
			t.Errorf("got %d threads in use, want none", got)
		}
	})
}

// A thread that is free is taken although the time is over: what is late anyway costs nobody else.
func TestQueueWaitsOnlyWhileNoThreadIsFree(t *testing.T) {
	q := &queue{threads: 1}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, q.enter(ctx))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// What waits and is not due yet is not late, however long it has waited.
func TestOverdueIsPastTheDueTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l line
		leave := []func() time.Duration{
			l.join(timbre.WithDueTime(t.Context(), time.Now().Add(30*time.Second))),
			l.join(timbre.WithDueTime(t.Context(), time.Now().Add(2*time.Second))),
		}
		want := func(late time.Duration) {
			t.Helper()
			if got := l.overdue(); got != late {
				t.Errorf("got %v late, want %v", got, late)
			}
		}
		<-time.After(time.Second)
		want(0)
		<-time.After(4 * time.Second)
		want(3 * time.Second)
		leave[1]()
		want(0)
		leave[0]()
	})
}
