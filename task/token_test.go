package task

import (
	"context"
	"sync"
	"testing"

	"timbre"
)

func TestTokenReturnsItsTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		r := request(timbre.SpeakerSearch)
		r.Token = "token"
		first, err := h.Start(h.t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		again := func(when string) {
			t.Helper()
			if got, err := h.Start(h.t.Context(), r); err != nil || got.ID != first.ID {
				t.Errorf("%s: got %v, %v; want %s", when, got.ID, err, first.ID)
			}
		}
		again("while active")
		for name, change := range map[string]func(*timbre.Task){
			"connector": func(t *timbre.Task) { t.ConnectorID = "vc2" }, "call": func(t *timbre.Task) { t.TransactionID = "tx2" },
			"domain": func(t *timbre.Task) { t.DomainID = "domain2" }, "leg": func(t *timbre.Task) { t.Side = timbre.Callee },
		} {
			other := r
			change(&other)
			if _, err := h.Start(h.t.Context(), other); timbre.KindOf(err) != timbre.Conflict || err == nil {
				t.Errorf("other %s: got %v, want Conflict", name, err)
			}
		}
		tone := request(timbre.VoiceTone)
		tone.Token = r.Token
		if got, err := h.Start(h.t.Context(), tone); err != nil || got.ID == first.ID {
			t.Errorf("token of the other kind: got %v, want a task", err)
		}
		if err := h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", first.ID); err != nil {
			t.Fatal(err)
		}
		again("after a stop")
		h.hangUp()
		again("after the call")
	})
}

func TestConcurrentStartsWithOneToken(t *testing.T) {
	inHarness(t, func(h *harness) {
		r := request(timbre.VoiceTone)
		r.Token = "token"
		var all sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			all.Go(func() {
				task, err := h.Start(h.t.Context(), r)
				if err != nil {
					t.Error(err)
				}
				ids[i] = task.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("got tasks %v, want one", ids)
			}
		}
	})
}

// tokenCounter counts the looks for tokens.
type tokenCounter struct {
	Store
	looks int
}

func (c *tokenCounter) TaskByToken(ctx context.Context, kind timbre.TaskKind, token string) (timbre.Task, error) {
	c.looks++
	return c.Store.TaskByToken(ctx, kind, token)
}

func TestTokenIsLookedForOnlyIfTheStartIsRefused(t *testing.T) {
	inHarness(t, func(h *harness) {
		counter := &tokenCounter{Store: h.deps.Store}
		h.deps.Store = counter
		r := request(timbre.SpeakerSearch)
		r.Token = "token"
		for i := range 2 {
			if _, err := h.Start(h.t.Context(), r); err != nil || counter.looks != i {
				t.Errorf("start %d: got %d looks, %v, want %d", i, counter.looks, err, i)
			}
		}
	})
}
