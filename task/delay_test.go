package task

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// delayOf is how many results of a kind have been measured, and the sum of their delays.
func (h *harness) delayOf(result string) (n uint64, sum time.Duration) {
	h.t.Helper()
	r := prometheus.NewRegistry()
	r.MustRegister(h.metrics.delay)
	all, err := r.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range all[0].GetMetric() {
		if m.GetLabel()[0].GetValue() == result {
			return m.GetHistogram().GetSampleCount(), time.Duration(m.GetHistogram().GetSampleSum() * float64(time.Second)).Round(time.Millisecond)
		}
	}
	h.t.Fatalf("got no delay of %s", result)
	return 0, 0
}

func (h *harness) wantDelay(result string, n uint64, sum time.Duration) {
	h.t.Helper()
	if gotN, got := h.delayOf(result); gotN != n || got != sum {
		h.t.Errorf("%s: got %d results, %v late in all; want %d, %v", result, gotN, got, n, sum)
	}
}

func TestDelayOfResultsCountsFromTheAudioThatTheyNeed(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.embed = func(_ context.Context, _ []float32, net time.Duration) (timbre.Voiceprint, error) {
			<-time.After(3 * time.Second)
			return timbre.Voiceprint{Embedding: timbre.Embedding{1}, Net: net, Model: "m"}, nil
		}
		h.start(timbre.SpeakerSearch)
		h.talk(10 * time.Second)
		<-time.After(2 * time.Second)
		h.talk(12 * time.Second) // while the identification is under way
		<-time.After(time.Minute)
		h.wantDelay(ofIdentification, 1, 3*time.Second)
		h.wantDelay(ofVoiceprint, 1, 4*time.Second)
	})
}

func TestDelayOfResultsLastsUntilTheyAreSaved(t *testing.T) {
	inHarness(t, func(h *harness) {
		id := h.start(timbre.SpeakerSearch).ID
		h.talk(9 * time.Second)
		began := time.Now()
		h.store.saving = func(timbre.Task) error {
			if time.Since(began) < time.Second {
				return errors.New("disk I/O error")
			}
			return nil
		}
		h.talk(time.Second)
		h.wantDelay(ofIdentification, 0, 0)
		<-time.After(10 * time.Second)
		h.wantStatus(id, timbre.PartialSuccess, true)
		if n, sum := h.delayOf(ofIdentification); n != 1 || sum < time.Second {
			t.Errorf("got %d results, %v late; want one that is late by the outage", n, sum)
		}
	})
}

func TestDelayOfToneCountsFromItsTick(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.score = func(context.Context, int, time.Duration) (timbre.Tone, bool, error) {
			<-time.After(500 * time.Millisecond)
			return good, true, nil
		}
		h.start(timbre.VoiceTone)
		for range 2 {
			h.speak(0, Tick, true)
			h.speak(1, Tick, true)
			<-time.After(time.Minute)
		}
		if n, sum := h.delayOf(ofTone); n == 0 || sum != time.Duration(n)*time.Second {
			t.Errorf("got %d results, %v late in all, want a second each: two legs are scored one after the other", n, sum)
		}
	})
}
