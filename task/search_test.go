package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

func TestSearchIdentifiesAtTenSecondsAndMakesAVoiceprintAtTwenty(t *testing.T) {
	inOffice(t, func(o *office) {
		var embedded []time.Duration
		o.embed = func(_ context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
			embedded = append(embedded, net)
			if got := timbre.Duration(len(pcm)); got != net {
				t.Errorf("%v of audio for %v of speech", got, net)
			}
			return timbre.Voiceprint{Net: net}, nil
		}
		o.say(0, 9*time.Second, true) // before Start: never used
		task := o.start(timbre.SpeakerSearch)
		o.wantStatus(task.ID, timbre.InQueue, true)
		if task.Side != timbre.Caller || o.ear(1) != nil {
			t.Errorf("listens to %v", task.Side)
		}
		o.say(0, 100*time.Millisecond, false)
		o.wantStatus(task.ID, timbre.InProgress, true)
		o.say(0, 9900*time.Millisecond, true)
		o.say(0, time.Minute, false)
		o.wantTold()
		o.say(0, 100*time.Millisecond, true)
		o.wantStatus(task.ID, timbre.PartialSuccess, true)
		o.wantTold(timbre.IdentificationSuccessful)
		o.say(0, 9900*time.Millisecond, true)
		o.wantStatus(task.ID, timbre.PartialSuccess, true)
		o.say(0, 100*time.Millisecond, true)
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantTold(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		if o.ear(0) != nil {
			t.Error("still listening")
		}
		if len(embedded) != 2 || embedded[0] != ForSearch || embedded[1] != ForVoiceprint {
			t.Errorf("embedded %v", embedded)
		}
		got := o.store.task(task.ID)
		if len(got.Matches) != 1 || !got.Identified || got.Voiceprint == nil || got.VoiceprintStatus != timbre.VoiceprintGenerationSuccess ||
			got.VoiceprintMade.IsZero() || got.Ended.IsZero() || got.Started.IsZero() {
			t.Errorf("%+v", got)
		}
		e := o.words.events[0]
		if len(e.Matches) != 1 || e.Leg != 0 || e.TaskID != task.ID || e.Call.ConnectorID != "vc" || e.Type != timbre.SpeakerSearchStatus {
			t.Errorf("event %+v", e)
		}
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
	})
}

func TestSearchTellsWhatACallWasTooShortFor(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name   string
		talk   time.Duration
		status timbre.TaskStatus
		told   []string
	}{
		{"nothing heard", 0, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"under 10 s", 9900 * time.Millisecond, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"10 s", 10 * s, timbre.PartialSuccess, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"under 20 s", 19900 * time.Millisecond, timbre.PartialSuccess, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"20 s", 20 * s, timbre.Succeeded, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess}},
	} {
		for _, slow := range []bool{false, true} { // slow: the call ends while the search is under way
			t.Run(c.name, func(t *testing.T) {
				inOffice(t, func(o *office) {
					if slow {
						o.search = func(ctx context.Context) ([]timbre.Match, error) {
							after(ctx, time.Minute)
							return []timbre.Match{{ProfileID: "vp-1"}}, nil
						}
					}
					task := o.start(timbre.SpeakerSearch)
					o.say(0, c.talk, true)
					o.hangUp()
					after(o.t.Context(), time.Hour)
					o.wantStatus(task.ID, c.status, false)
					o.wantTold(c.told...)
					got := o.store.task(task.ID)
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

func TestSearchEndsWithTheReasonWhenItsWorkFails(t *testing.T) {
	broken := timbre.Errorf(timbre.Internal, "infer", "secret details")
	for _, c := range []struct {
		name          string
		first, second error // of Embed
		search        error
		status        timbre.TaskStatus
		message       string
		told          []string
	}{
		{"poor audio at 10 s", poor, nil, nil, timbre.Failed, poor.Msg, []string{timbre.IdentificationFailure}},
		{"a fault at 10 s", broken, nil, nil, timbre.Failed, "the analysis failed on this server", []string{timbre.IdentificationFailure}},
		{"domain deleted", nil, nil, none("domain"), timbre.Failed, "the voice profile domain does not exist any more", []string{timbre.IdentificationFailure}},
		{"poor audio at 20 s", nil, poor, nil, timbre.PartialSuccess, poor.Msg, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"a fault at 20 s", nil, broken, nil, timbre.PartialSuccess, "the analysis failed on this server", []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inOffice(t, func(o *office) {
				ok := o.embed
				o.embed = func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
					if net < ForVoiceprint && c.first != nil {
						return timbre.Voiceprint{}, c.first
					}
					if net >= ForVoiceprint && c.second != nil {
						return timbre.Voiceprint{}, c.second
					}
					return ok(ctx, pcm, net)
				}
				if c.search != nil {
					o.search = func(context.Context) ([]timbre.Match, error) { return nil, c.search }
				}
				task := o.start(timbre.SpeakerSearch)
				o.say(0, 25*time.Second, true)
				o.wantStatus(task.ID, c.status, false)
				o.wantTold(c.told...)
				if m := o.store.task(task.ID).Message; m != c.message {
					t.Errorf("message %q", m)
				}
				if _, err := o.Start(o.t.Context(), request(timbre.SpeakerSearch)); err != nil {
					t.Errorf("searching again: %v", err)
				}
			})
		})
	}
}

func TestSearchWithoutAMatchSaysSo(t *testing.T) {
	inOffice(t, func(o *office) {
		o.search = func(context.Context) ([]timbre.Match, error) { return nil, nil }
		task := o.start(timbre.SpeakerSearch)
		o.say(0, 20*time.Second, true)
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantTold(timbre.IdentificationNoMatches, timbre.VoiceprintGenerationSuccess)
	})
}

func TestAudioIsNotHeldUpByTheSearch(t *testing.T) {
	inOffice(t, func(o *office) {
		release := make(chan struct{})
		o.search = func(context.Context) ([]timbre.Match, error) { <-release; return nil, nil }
		task := o.start(timbre.SpeakerSearch)
		o.say(0, 40*time.Second, true) // returns although the search has not
		o.wantTold()
		close(release)
		synctest.Wait()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		if net := o.store.task(task.ID).Voiceprint.Net; net != ForVoiceprint {
			t.Errorf("the voiceprint is of %v", net)
		}
	})
}

func TestALegThatIsAskedForIsTheOneThatIsHeard(t *testing.T) {
	inOffice(t, func(o *office) {
		r := request(timbre.SpeakerSearch)
		r.Side = timbre.Callee
		task, err := o.Start(o.t.Context(), r)
		if err != nil || task.Side != timbre.Callee || o.ear(1) == nil || o.ear(0) != nil {
			t.Errorf("%v, %v", task, err)
		}
		o.say(1, 10*time.Second, true)
		if e := o.words.events[0]; e.Leg != 1 || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("event %+v", e)
		}
	})
}
