package main

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// eventOf is an event of a task.
func eventOf(task, status string) (e event) {
	e.Detail.TaskID, e.Detail.DetailStatus = task, status
	return e
}

func TestResultsCountThatAreDueWhileAllCallsAreLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{due: map[string]promise{}}
		call := func(id string) {
			b.expect("search "+id, "tone "+id, talk{tenth: 10 * time.Second, twentieth: 20 * time.Second})
		}
		call("early")
		call("early, with a voiceprint")
		<-time.After(15 * time.Second)
		b.begin()
		call("in time")
		call("lost")
		<-time.After(12 * time.Second)
		for _, id := range []string{"early", "in time"} {
			b.take(eventOf("search "+id, timbre.IdentificationNoMatches), time.Now())
		}
		b.take(eventOf("search early, with a voiceprint", timbre.VoiceprintGenerationSuccess), time.Now())
		b.take(eventOf("search of others", timbre.IdentificationNoMatches), time.Now())
		b.end()
		<-time.After(time.Second)
		var r round
		if err := b.sum(&r); err != nil {
			t.Fatal(err)
		}
		slices.Sort(r.names)
		if want := (results{2 * time.Second, 3 * time.Second}); !slices.Equal(r.names, want) {
			t.Errorf("got names late by %v, want %v: one that came, one that has not", r.names, want)
		}
		slices.Sort(r.voiceprints)
		if want := (results{7 * time.Second, 8 * time.Second}); !slices.Equal(r.voiceprints, want) {
			t.Errorf("got voiceprints late by %v, want %v: one that came, one that has not", r.voiceprints, want)
		}
		if r.kept != 4 {
			t.Errorf("got %v calls, want 4", r.kept)
		}
	})
}

func TestFasterAudioIsShorter(t *testing.T) {
	ramp := make([]int16, 1001)
	for i := range ramp {
		ramp[i] = int16(10 * i)
	}
	if got := faster(ramp, 1.25); len(got) != 800 || got[400] != 5000 {
		t.Errorf("got %d samples with %d in the middle, want 800 and 5000", len(got), got[400])
	}
}

func TestRefusalsAreCountedAndFailuresAreFaults(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{timbre.Errorf(timbre.Throttled, "phone.Dial", "the server answered 503 Service Unavailable"), true},
		{errors.New("operation error: ThrottledClientException: the server is overloaded"), true},
		{timbre.Errorf(timbre.Unavailable, "phone.Dial", "no answer"), false},
	} {
		b := &book{}
		b.begin()
		<-time.After(time.Millisecond)
		b.refuse(t.Context(), c.err)
		var r round
		if err := b.sum(&r); (r.refused == 1) != c.want || (err == nil) != c.want {
			t.Errorf("%v: got %d refusals, %v", c.err, r.refused, err)
		}
	}
}
