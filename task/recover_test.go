package task

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

// crash replaces the engine by another one. The store holds what a killed server leaves.
func (h *harness) crash() {
	h.store.mu.Lock()
	h.store.saving = func(timbre.Task) error { return errors.New("the server has crashed") }
	h.store.mu.Unlock()
	h.mu.Lock()
	h.live, h.sinks = map[string]timbre.Call{}, map[int]fanOut{}
	h.mu.Unlock()
	h.Close()
	h.store.mu.Lock()
	h.store.saving = nil
	h.store.mu.Unlock()
	h.announcer.mu.Lock()
	h.announcer.events = nil
	h.announcer.mu.Unlock()
	h.open()
}

func TestRecoverEndsInterruptedTasksOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   timbre.TaskKind
		talk   time.Duration
		status timbre.TaskStatus
		events []string
	}{
		{"search, queued", timbre.SpeakerSearch, 0, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"search, listening", timbre.SpeakerSearch, 5 * time.Second, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"search, collecting", timbre.SpeakerSearch, 15 * time.Second, timbre.PartialSuccess, []string{timbre.VoiceprintGenerationFailure}},
		{"tone, queued", timbre.VoiceTone, 0, timbre.Failed, []string{timbre.ToneFailure, timbre.ToneFailure}},
		{"tone, tracking", timbre.VoiceTone, 12 * time.Second, timbre.Failed, []string{timbre.ToneFailure, timbre.ToneFailure}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				task := h.start(c.kind)
				h.speak(0, c.talk, true)
				before := h.store.task(task.ID)
				h.crash()
				after(h.t.Context(), time.Minute)
				if err := h.recover(); err != nil {
					t.Fatal(err)
				}
				h.wantStatus(task.ID, c.status, false)
				h.wantAnnounced(c.events...)
				got := h.store.task(task.ID)
				if got.Message != crashMessage || !slices.Equal(got.Matches, before.Matches) || got.Ended.IsZero() {
					t.Errorf("%+v", got)
				}
				seen := map[string]bool{}
				for i, e := range h.announcer.events {
					if seen[e.ID] || !e.Time.Equal(time.Now()) {
						t.Errorf("got event %s at %v, want a new one now", e.ID, e.Time)
					}
					if e.Leg != i || e.StatusMessage != crashMessage || e.Call.CallID != "cid" {
						t.Errorf("got event %+v, want a failure of leg %d with the reason", e, i)
					}
					seen[e.ID] = true
				}
				if err := h.recover(); err != nil {
					t.Fatal(err)
				}
				h.wantAnnounced(c.events...)
				h.crash()
				h.store.tasks[task.ID] = before // as if that transaction had not been committed
				if err := h.recover(); err != nil {
					t.Fatal(err)
				}
				for _, e := range h.announcer.events {
					if !seen[e.ID] {
						t.Errorf("got %+v, want the id of the same event before", e)
					}
				}
			})
		})
	}
}

func TestRecoverWithoutTheCall(t *testing.T) {
	inHarness(t, func(h *harness) {
		search := h.start(timbre.SpeakerSearch)
		tone := h.start(timbre.VoiceTone)
		h.crash()
		delete(h.store.calls, tx)
		if err := h.recover(); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{search.ID, tone.ID} {
			h.wantStatus(id, timbre.Failed, false)
		}
		for _, e := range h.announcer.events {
			if e.Call.ConnectorID != "vc" || e.Call.TransactionID != tx || len(e.Call.Legs) != 1 {
				t.Errorf("got event %+v, want one of connector and call with one leg", e)
			}
		}
	})
}

func TestRecoverReturnsTheErrorsOfTasksItCannotEnd(t *testing.T) {
	inHarness(t, func(h *harness) {
		search, tone := h.start(timbre.SpeakerSearch), h.start(timbre.VoiceTone)
		h.crash()
		h.store.saving = func(t timbre.Task) error {
			if t.ID == search.ID {
				return errors.New("disk full")
			}
			return nil
		}
		if err := h.recover(); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Error(err)
		}
		h.wantStatus(tone.ID, timbre.Failed, false)
		h.wantStatus(search.ID, timbre.InQueue, true)
	})
}

func TestRequestsFindInterruptedTasksEnded(t *testing.T) {
	inHarness(t, func(h *harness) {
		request := timbre.Task{Kind: timbre.SpeakerSearch, ConnectorID: "vc", TransactionID: tx, DomainID: "domain", Token: "token"}
		search, err := h.Start(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		tone := h.start(timbre.VoiceTone)
		h.crash()
		if err := h.Interrupted(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Get(t.Context(), tone.Kind, "vc", tone.ID); err != nil || got.Status != timbre.Failed {
			t.Errorf("Get: got %s and %v, want %s", got.Status, err, timbre.Failed)
		}
		if got, err := h.Start(t.Context(), request); err != nil || got.ID != search.ID || got.Status != timbre.Failed {
			t.Errorf("Start with the same token: got %s %s and %v, want %s %s", got.ID, got.Status, err, search.ID, timbre.Failed)
		}
		if err := h.Stop(t.Context(), tone.Kind, "vc", tone.ID); timbre.KindOf(err) != timbre.Unprocessable {
			t.Errorf("Stop: got %v, want that the task has ended", err)
		}
		if err := h.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.wantAnnounced(timbre.ToneFailure, timbre.ToneFailure, timbre.IdentificationFailure) // each once
	})
}
