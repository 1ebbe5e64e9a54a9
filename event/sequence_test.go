package event_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"timbre"
	"timbre/event"
)

// sequences renders events in a call and returns the sequence of each notice.
func sequences(t *testing.T, a *event.Announcer, n int) (list []int64) {
	t.Helper()
	for range n {
		notices, err := a.Notices(t.Context(), timbre.Event{Type: timbre.StreamingStatus, Status: timbre.StreamingUpdated, Call: call})
		must(t, err)
		for _, n := range notices {
			var e struct{ Detail struct{ Sequence int64 } }
			must(t, json.Unmarshal(n.Payload, &e))
			list = append(list, e.Detail.Sequence)
		}
	}
	return list
}

func TestSequenceAscendsAcrossRestarts(t *testing.T) {
	durable := linked()
	list := []int64{0}
	for _, n := range []int{1<<16 + 10, 1, 10} { // each Announcer is a run of the server
		list = append(list, sequences(t, announcer(durable), n)...)
	}
	for i, n := range list[1:] {
		if n <= list[i] {
			t.Fatalf("got sequence %d after %d", n, list[i])
		}
	}
}

func TestSequenceIsOneForAllTargets(t *testing.T) {
	a := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue}, timbre.Element{Type: "SqsQueueSink", Target: hook}))
	notices, err := a.Notices(t.Context(), timbre.Event{ID: "1", Type: timbre.SpeakerSearchStatus, Call: call})
	must(t, err)
	if len(notices) != 2 || string(notices[0].Payload) != string(notices[1].Payload) {
		t.Errorf("got %v, want two notices with one payload", notices)
	}
}

func TestSequenceIsUniqueUnderConcurrency(t *testing.T) {
	a := announcer(linked())
	var mu sync.Mutex
	var all []int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			list := sequences(t, a, 500)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, list...)
			if !slices.IsSorted(list) {
				t.Error("got a sequence that descends")
			}
		})
	}
	wg.Wait()
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 8*500 {
		t.Errorf("got %d different numbers, want %d", n, 8*500)
	}
}

func TestNoNoticeWithoutAReservedNumber(t *testing.T) {
	r := linked(timbre.Element{Type: "SqsQueueSink", Target: queue})
	r.full = timbre.Errorf(timbre.Internal, "store", "disk full")
	a := announcer(r)
	e := timbre.Event{Type: timbre.SpeakerSearchStatus, Call: call}
	if n, err := a.Notices(t.Context(), e); err == nil || n != nil {
		t.Errorf("got %v, %v; want the error", n, err)
	}
	r.full = nil
	if n, err := a.Notices(t.Context(), e); err != nil || len(n) != 1 {
		t.Errorf("got %v, %v; want one notice after the disk is mended", n, err)
	}
}
