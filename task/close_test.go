package task

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
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
				if err := h.Recover(h.t.Context()); err != nil {
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
					if seen[e.ID] || e.Leg != i || !e.Time.Equal(time.Now()) || e.StatusMessage != crashMessage || e.Call.CallID != "cid" {
						t.Errorf("got event %+v, want a failure of leg %d with the reason", e, i)
					}
					seen[e.ID] = true
				}
				if err := h.Recover(h.t.Context()); err != nil {
					t.Fatal(err)
				}
				h.wantAnnounced(c.events...)
				h.crash()
				h.store.tasks[task.ID] = before // as if that transaction had not been committed
				if err := h.Recover(h.t.Context()); err != nil {
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
		if err := h.Recover(h.t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{search.ID, tone.ID} {
			h.wantStatus(id, timbre.Failed, false)
		}
		for _, e := range h.announcer.events {
			if e.Call.ConnectorID != "vc" || e.Call.TransactionID != tx || len(e.Call.Legs) != 1 {
				t.Errorf("%+v", e)
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
		if err := h.Recover(h.t.Context()); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Error(err)
		}
		h.wantStatus(tone.ID, timbre.Failed, false)
		h.wantStatus(search.ID, timbre.InQueue, true)
	})
}

func TestCloseAbortsTasksOfLiveCalls(t *testing.T) {
	inHarness(t, func(h *harness) {
		search, tone := h.start(timbre.SpeakerSearch), h.start(timbre.VoiceTone)
		h.speak(0, 12*time.Second, true)
		begun := time.Now()
		h.Close()
		if time.Since(begun) != 0 {
			t.Errorf("got Close after %v, want 0", time.Since(begun))
		}
		h.wantStatus(search.ID, timbre.PartialSuccess, false)
		h.wantStatus(tone.ID, timbre.Failed, false)
		if statuses := h.announcer.statuses(); !slices.Contains(statuses, timbre.VoiceprintGenerationFailure) || !slices.Contains(statuses, timbre.ToneFailure) {
			t.Errorf("got events %v, want both failures among them", statuses)
		}
		_, err := h.Start(h.t.Context(), request(timbre.SpeakerSearch))
		wantKind(t, err, timbre.Unavailable)
		h.Close()
	})
}

func TestCloseWaitsForResultsOfEndedCalls(t *testing.T) {
	for _, c := range []struct {
		work   time.Duration
		status timbre.TaskStatus
		events []string
	}{
		{2 * time.Second, timbre.PartialSuccess, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{time.Hour, timbre.Failed, []string{timbre.IdentificationFailure}},
	} {
		t.Run(string(c.status), func(t *testing.T) {
			inHarness(t, func(h *harness) {
				search := h.search
				h.search = func(ctx context.Context) ([]timbre.Match, error) {
					if after(ctx, c.work); ctx.Err() != nil {
						return nil, ctx.Err()
					}
					return search(ctx)
				}
				task := h.start(timbre.SpeakerSearch)
				h.speak(0, 12*time.Second, true)
				h.hangUp()
				h.Close()
				h.wantStatus(task.ID, c.status, false)
				h.wantAnnounced(c.events...)
			})
		})
	}
}

func TestNoEventBeforeTheStateIsSaved(t *testing.T) {
	inHarness(t, func(h *harness) {
		fail := true
		h.store.saving = func(timbre.Task) error {
			if fail {
				return errors.New("disk full")
			}
			return nil
		}
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 25*time.Second, true)
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", task.ID) }()
		after(h.t.Context(), time.Minute)
		h.wantStatus(task.ID, timbre.InQueue, true)
		if len(stopped) > 0 || len(h.store.written()) > 0 {
			t.Errorf("got %d answers to Stop and saves %v, want none", len(stopped), h.store.written())
		}
		h.store.mu.Lock()
		fail = false
		h.store.mu.Unlock()
		wantKind(t, <-stopped, timbre.Unprocessable) // it had succeeded before
		synctest.Wait()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		w := h.store.written()
		if len(w) != 1 || len(w[0].notices) != 2 || string(w[0].notices[0].Payload) != timbre.IdentificationSuccessful+"/0" ||
			string(w[0].notices[1].Payload) != timbre.VoiceprintGenerationSuccess+"/0" {
			t.Errorf("got saves %v, want one with both events", w)
		}
	})
}

func TestDeletedDomainFailsTheVoiceprint(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 15*time.Second, true)
		h.store.mu.Lock()
		delete(h.store.domains, "domain")
		h.store.mu.Unlock()
		h.speak(0, 5*time.Second, true)
		h.wantStatus(task.ID, timbre.PartialSuccess, false)
		var written []string
		for _, w := range h.store.written() {
			for _, n := range w.notices {
				written = append(written, string(n.Payload))
			}
		}
		if want := []string{timbre.IdentificationSuccessful + "/0", timbre.VoiceprintGenerationFailure + "/0"}; !slices.Equal(written, want) {
			t.Errorf("got events %v, want %v", written, want)
		}
		if h.sink(0) != nil {
			t.Error("got a subscription after the end, want none")
		}
	})
}

func TestTaskFailsWhenItsBacklogOverflows(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.score = func(ctx context.Context, _ int, _ time.Duration) (timbre.Tone, bool, error) {
			<-ctx.Done()
			return timbre.Tone{}, false, ctx.Err()
		}
		task := h.start(timbre.VoiceTone)
		h.speak(0, 5*time.Second, true)
		h.speak(0, 59*time.Second, true)
		h.wantStatus(task.ID, timbre.InProgress, true)
		h.speak(0, 2*time.Second, true)
		h.wantStatus(task.ID, timbre.Failed, false)
		h.wantAnnounced(timbre.ToneFailure, timbre.ToneFailure)
		if m := h.store.task(task.ID).Message; m != overflowMessage {
			t.Errorf("got message %q, want %q", m, overflowMessage)
		}
	})
}

func TestBacklogCountsSilence(t *testing.T) {
	a := newActor(New(environment.Environment{}, Config{}, Deps{}), newState(aTask(timbre.VoiceTone), twoLegs, 0))
	for range 2 * int(Backlog/timbre.FrameDuration) {
		sink{a, 0}.Speech(timbre.Speech{})
	}
	waiting := a.inbox.take()
	if want := int(Backlog/timbre.FrameDuration) + 1; len(waiting) != want {
		t.Errorf("got %d inputs, want %d", len(waiting), want)
	}
	if _, is := waiting[len(waiting)-1].(aborted); !is {
		t.Errorf("got last input %v, want aborted", waiting[len(waiting)-1])
	}
}
