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
)

// crash ends the engine without a word being written down: what is in the store is what a killed server leaves.
func (o *office) crash() {
	o.store.mu.Lock()
	o.store.saving = func(timbre.Task) error { return errors.New("the server is dead") }
	o.store.mu.Unlock()
	o.mu.Lock()
	o.live, o.ears = map[string]timbre.Call{}, map[int]chorus{}
	o.mu.Unlock()
	o.Close()
	o.store.mu.Lock()
	o.store.saving = nil
	o.store.mu.Unlock()
	o.words.mu.Lock()
	o.words.events = nil
	o.words.mu.Unlock()
	o.open()
}

func TestWhatRanWhenTheServerDiedIsEndedAndToldOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   timbre.TaskKind
		talk   time.Duration
		status timbre.TaskStatus
		told   []string
	}{
		{"search, queued", timbre.SpeakerSearch, 0, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"search, listening", timbre.SpeakerSearch, 5 * time.Second, timbre.Failed, []string{timbre.IdentificationFailure}},
		{"search, gathering", timbre.SpeakerSearch, 15 * time.Second, timbre.PartialSuccess, []string{timbre.VoiceprintGenerationFailure}},
		{"tone, queued", timbre.VoiceTone, 0, timbre.Failed, []string{timbre.ToneFailure, timbre.ToneFailure}},
		{"tone, following", timbre.VoiceTone, 12 * time.Second, timbre.Failed, []string{timbre.ToneFailure, timbre.ToneFailure}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inOffice(t, func(o *office) {
				task := o.start(c.kind)
				o.say(0, c.talk, true)
				before := o.store.task(task.ID)
				o.crash()
				after(o.t.Context(), time.Minute)
				if err := o.Recover(o.t.Context()); err != nil {
					t.Fatal(err)
				}
				o.wantStatus(task.ID, c.status, false)
				o.wantTold(c.told...)
				got := o.store.task(task.ID)
				if got.Message != crash || !slices.Equal(got.Matches, before.Matches) || got.Ended.IsZero() {
					t.Errorf("%+v", got)
				}
				seen := map[string]bool{}
				for i, e := range o.words.events {
					if seen[e.ID] || e.Leg != i || !e.Time.Equal(time.Now()) || e.StatusMessage != crash || e.Call.CallID != "cid" {
						t.Errorf("event %+v", e)
					}
					seen[e.ID] = true
				}
				if err := o.Recover(o.t.Context()); err != nil {
					t.Fatal(err)
				}
				o.wantTold(c.told...)
				o.crash()
				o.store.tasks[task.ID] = before // as if that transaction had been lost
				if err := o.Recover(o.t.Context()); err != nil {
					t.Fatal(err)
				}
				for _, e := range o.words.events {
					if !seen[e.ID] {
						t.Errorf("the same fact has got another id: %+v", e)
					}
				}
			})
		})
	}
}

func TestRecoverDoesWithoutACallThatIsForgotten(t *testing.T) {
	inOffice(t, func(o *office) {
		search := o.start(timbre.SpeakerSearch)
		tone := o.start(timbre.VoiceTone)
		o.crash()
		delete(o.store.calls, tx)
		if err := o.Recover(o.t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{search.ID, tone.ID} {
			o.wantStatus(id, timbre.Failed, false)
		}
		for _, e := range o.words.events {
			if e.Call.ConnectorID != "vc" || e.Call.TransactionID != tx || len(e.Call.Legs) != 1 {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestRecoverEndsWhatItCanAndTellsOfTheRest(t *testing.T) {
	inOffice(t, func(o *office) {
		search, tone := o.start(timbre.SpeakerSearch), o.start(timbre.VoiceTone)
		o.crash()
		o.store.saving = func(t timbre.Task) error {
			if t.ID == search.ID {
				return errors.New("disk full")
			}
			return nil
		}
		if err := o.Recover(o.t.Context()); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Error(err)
		}
		o.wantStatus(tone.ID, timbre.Failed, false)
		o.wantStatus(search.ID, timbre.InQueue, true)
	})
}

func TestCloseEndsTasksOfLiveCallsAtOnce(t *testing.T) {
	inOffice(t, func(o *office) {
		search, tone := o.start(timbre.SpeakerSearch), o.start(timbre.VoiceTone)
		o.say(0, 12*time.Second, true)
		begun := time.Now()
		o.Close()
		if time.Since(begun) != 0 {
			t.Errorf("it took %v", time.Since(begun))
		}
		o.wantStatus(search.ID, timbre.PartialSuccess, false)
		o.wantStatus(tone.ID, timbre.Failed, false)
		if told := o.words.told(); !slices.Contains(told, timbre.VoiceprintGenerationFailure) || !slices.Contains(told, timbre.ToneFailure) {
			t.Errorf("told %v", told)
		}
		_, err := o.Start(o.t.Context(), request(timbre.SpeakerSearch))
		wantKind(t, err, timbre.Unavailable)
		o.Close()
	})
}

func TestCloseWaitsAWhileForTheLastResultsOfEndedCalls(t *testing.T) {
	for _, c := range []struct {
		work   time.Duration
		status timbre.TaskStatus
		told   []string
	}{
		{2 * time.Second, timbre.PartialSuccess, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{time.Hour, timbre.Failed, []string{timbre.IdentificationFailure}},
	} {
		inOffice(t, func(o *office) {
			search := o.search
			o.search = func(ctx context.Context) ([]timbre.Match, error) {
				if after(ctx, c.work); ctx.Err() != nil {
					return nil, ctx.Err()
				}
				return search(ctx)
			}
			task := o.start(timbre.SpeakerSearch)
			o.say(0, 12*time.Second, true)
			o.hangUp()
			o.Close()
			o.wantStatus(task.ID, c.status, false)
			o.wantTold(c.told...)
		})
	}
}

func TestNobodyIsToldBeforeItIsWrittenDown(t *testing.T) {
	inOffice(t, func(o *office) {
		fail := true
		o.store.saving = func(timbre.Task) error {
			if fail {
				return errors.New("disk full")
			}
			return nil
		}
		task := o.start(timbre.SpeakerSearch)
		o.say(0, 25*time.Second, true)
		stopped := make(chan error, 1)
		go func() { stopped <- o.Stop(o.t.Context(), timbre.SpeakerSearch, "vc", task.ID) }()
		after(o.t.Context(), time.Minute)
		o.wantStatus(task.ID, timbre.InQueue, true)
		if len(stopped) > 0 || len(o.store.written()) > 0 {
			t.Errorf("stop answered, %v is written", o.store.written())
		}
		o.store.mu.Lock()
		fail = false
		o.store.mu.Unlock()
		wantKind(t, <-stopped, timbre.Unprocessable) // it had succeeded before
		synctest.Wait()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		w := o.store.written()
		if len(w) != 1 || len(w[0].notices) != 2 || string(w[0].notices[0].Payload) != timbre.IdentificationSuccessful+"/0" ||
			string(w[0].notices[1].Payload) != timbre.VoiceprintGenerationSuccess+"/0" {
			t.Errorf("written %v", w)
		}
	})
}

func TestADomainThatIsDeletedCostsTheVoiceprint(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.SpeakerSearch)
		o.say(0, 15*time.Second, true)
		o.store.mu.Lock()
		delete(o.store.domains, "domain")
		o.store.mu.Unlock()
		o.say(0, 5*time.Second, true)
		o.wantStatus(task.ID, timbre.PartialSuccess, false)
		var written []string
		for _, w := range o.store.written() {
			for _, n := range w.notices {
				written = append(written, string(n.Payload))
			}
		}
		if want := []string{timbre.IdentificationSuccessful + "/0", timbre.VoiceprintGenerationFailure + "/0"}; !slices.Equal(written, want) {
			t.Errorf("told %v", written)
		}
		if o.ear(0) != nil {
			t.Error("still listening")
		}
	})
}

func TestATaskThatFallsAMinuteBehindFailsAndSaysWhy(t *testing.T) {
	inOffice(t, func(o *office) {
		o.score = func(ctx context.Context, _ int, _ time.Duration) (timbre.Tone, bool, error) {
			<-ctx.Done()
			return timbre.Tone{}, false, ctx.Err()
		}
		task := o.start(timbre.VoiceTone)
		o.say(0, 5*time.Second, true)
		o.say(0, 59*time.Second, true)
		o.wantStatus(task.ID, timbre.InProgress, true)
		o.say(0, 2*time.Second, true)
		o.wantStatus(task.ID, timbre.Failed, false)
		o.wantTold(timbre.ToneFailure, timbre.ToneFailure)
		if m := o.store.task(task.ID).Message; m != overflow {
			t.Errorf("message %q", m)
		}
	})
}

func TestSilenceThatWaitsIsBoundedToo(t *testing.T) {
	a := newActor(New(Config{}, Deps{}), begin(aTask(timbre.VoiceTone), twoLegs, 0))
	for range 2 * int(Backlog/timbre.FrameDuration) {
		ear{a, 0}.Heard(timbre.Speech{})
	}
	waiting := a.inbox.take()
	if want := int(Backlog/timbre.FrameDuration) + 1; len(waiting) != want {
		t.Errorf("%d wait, want %d", len(waiting), want)
	}
	if _, is := waiting[len(waiting)-1].(lost); !is {
		t.Errorf("last %v", waiting[len(waiting)-1])
	}
}
