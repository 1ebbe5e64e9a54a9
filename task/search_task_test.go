package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

func TestSearchIdentifiesAt10SecondsAndMakesAVoiceprintAt20(t *testing.T) {
	inHarness(t, func(h *harness) {
		var embedded []time.Duration
		h.embed = func(_ context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
			embedded = append(embedded, net)
			if got := timbre.Duration(len(pcm)); got != net {
				t.Errorf("%v of audio for %v of speech", got, net)
			}
			return timbre.Voiceprint{Net: net}, nil
		}
		h.speak(0, 9*time.Second, true) // before Start: never used
		task := h.start(timbre.SpeakerSearch)
		h.wantStatus(task.ID, timbre.InQueue, true)
		if task.Side != timbre.Caller || h.sink(1) != nil {
			t.Errorf("got the %v, want the caller", task.Side)
		}
		h.speak(0, 100*time.Millisecond, false)
		h.wantStatus(task.ID, timbre.InProgress, true)
		h.speak(0, 9900*time.Millisecond, true)
		h.speak(0, time.Minute, false)
		h.wantAnnounced()
		h.speak(0, 100*time.Millisecond, true)
		h.wantStatus(task.ID, timbre.PartialSuccess, true)
		h.wantAnnounced(timbre.IdentificationSuccessful)
		h.speak(0, 9900*time.Millisecond, true)
		h.wantStatus(task.ID, timbre.PartialSuccess, true)
		h.speak(0, 100*time.Millisecond, true)
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		if h.sink(0) != nil {
			t.Error("got a subscription after the end, want none")
		}
		if len(embedded) != 2 || embedded[0] != ForSearch || embedded[1] != ForVoiceprint {
			t.Errorf("got embeddings of %v", embedded)
		}
		got := h.store.task(task.ID)
		if len(got.Matches) != 1 || !got.Identified {
			t.Errorf("got identified %v with matches %v, want one match", got.Identified, got.Matches)
		}
		if got.Voiceprint == nil || got.VoiceprintStatus != timbre.VoiceprintGenerationSuccess {
			t.Errorf("got voiceprint %v with status %q, want one", got.Voiceprint, got.VoiceprintStatus)
		}
		if got.VoiceprintMade.IsZero() || got.Ended.IsZero() || got.Started.IsZero() {
			t.Errorf("got times %v, %v and %v, want all of them", got.VoiceprintMade, got.Ended, got.Started)
		}
		e := h.announcer.events[0]
		for what, c := range map[string][2]any{
			"type":      {e.Type, timbre.SpeakerSearchStatus},
			"task":      {e.TaskID, task.ID},
			"connector": {e.Call.ConnectorID, "vc"},
			"leg":       {e.Leg, 0},
			"matches":   {len(e.Matches), 1},
		} {
			if c[0] != c[1] {
				t.Errorf("event, %s: got %v, want %v", what, c[0], c[1])
			}
		}
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
	})
}

func TestSearchOfAShortCall(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name   string
		talk   time.Duration
		status timbre.TaskStatus
		events []string
	}{
		{"no speech", 0, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"under 10 s", 9900 * time.Millisecond, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"10 s", 10 * s, timbre.PartialSuccess, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"under 20 s", 19900 * time.Millisecond, timbre.PartialSuccess, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"20 s", 20 * s, timbre.Succeeded, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess}},
	} {
		for _, slow := range []bool{false, true} { // slow: the call ends while the search is under way
			t.Run(c.name, func(t *testing.T) {
				inHarness(t, func(h *harness) {
					if slow {
						h.search = func(ctx context.Context) ([]timbre.Match, error) {
							after(ctx, time.Minute)
							return []timbre.Match{{ProfileID: "vp-1"}}, nil
						}
					}
					task := h.start(timbre.SpeakerSearch)
					h.speak(0, c.talk, true)
					h.hangUp()
					after(h.t.Context(), time.Hour)
					h.wantStatus(task.ID, c.status, false)
					h.wantAnnounced(c.events...)
					got := h.store.task(task.ID)
					if (got.Status == timbre.Succeeded) != (got.Message == "") {
						t.Errorf("message %q", got.Message)
					}
				})
			})
		}
	}
}

// after waits, in the bubble's time.
func after(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func TestSearchEndsWithTheReasonOfTheFailure(t *testing.T) {
	broken := timbre.Errorf(timbre.Internal, "infer", "secret details")
	for _, c := range []struct {
		name          string
		first, second error // of Embed
		search        error
		status        timbre.TaskStatus
		message       string
		events        []string
	}{
		{"poor audio at 10 s", poor, nil, nil, timbre.Failed, poor.Msg, []string{timbre.IdentificationFailure}},
		{"a fault at 10 s", broken, nil, nil, timbre.Failed, "the analysis failed on this server", []string{timbre.IdentificationFailure}},
		{"domain deleted", nil, nil, notFound("domain"), timbre.Failed, "the voice profile domain has been deleted", []string{timbre.IdentificationFailure}},
		{"poor audio at 20 s", nil, poor, nil, timbre.PartialSuccess, poor.Msg, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"a fault at 20 s", nil, broken, nil, timbre.PartialSuccess, "the analysis failed on this server", []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				ok := h.embed
				h.embed = func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
					if net < ForVoiceprint && c.first != nil {
						return timbre.Voiceprint{}, c.first
					}
					if net >= ForVoiceprint && c.second != nil {
						return timbre.Voiceprint{}, c.second
					}
					return ok(ctx, pcm, net)
				}
				if c.search != nil {
					h.search = func(context.Context) ([]timbre.Match, error) { return nil, c.search }
				}
				task := h.start(timbre.SpeakerSearch)
				h.speak(0, 25*time.Second, true)
				h.wantStatus(task.ID, c.status, false)
				h.wantAnnounced(c.events...)
				if m := h.store.task(task.ID).Message; m != c.message {
					t.Errorf("got message %q, want %q", m, c.message)
				}
				if _, err := h.Start(h.t.Context(), request(timbre.SpeakerSearch)); err != nil {
					t.Errorf("second search: got %v, want no error", err)
				}
			})
		})
	}
}

func TestSearchWithoutMatches(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.search = func(context.Context) ([]timbre.Match, error) { return nil, nil }
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 20*time.Second, true)
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantAnnounced(timbre.IdentificationNoMatches, timbre.VoiceprintGenerationSuccess)
	})
}

func TestAudioDoesNotWaitForTheSearch(t *testing.T) {
	inHarness(t, func(h *harness) {
		release := make(chan struct{})
		h.search = func(context.Context) ([]timbre.Match, error) { <-release; return nil, nil }
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 40*time.Second, true) // returns although the search has not
		h.wantAnnounced()
		close(release)
		synctest.Wait()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		if net := h.store.task(task.ID).Voiceprint.Net; net != ForVoiceprint {
			t.Errorf("got a voiceprint of %v, want %v", net, ForVoiceprint)
		}
	})
}

func TestSearchAnalysesTheRequestedLeg(t *testing.T) {
	inHarness(t, func(h *harness) {
		r := request(timbre.SpeakerSearch)
		r.Side = timbre.Callee
		task, err := h.Start(h.t.Context(), r)
		if err != nil || task.Side != timbre.Callee || h.sink(1) == nil || h.sink(0) != nil {
			t.Errorf("got %v, %v; want a task on the callee", task, err)
		}
		h.speak(1, 10*time.Second, true)
		if e := h.announcer.events[0]; e.Leg != 1 || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("got event %+v, want one of the callee", e)
		}
	})
}
