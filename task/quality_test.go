package task

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// observations is how many values a histogram of results has, and their sum in seconds.
func observations(t *testing.T, h *harness, result string) (n uint64, sum float64) {
	t.Helper()
	reg := prometheus.NewRegistry()
	reg.MustRegister(h.metrics.quality.waited)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if m.GetLabel()[1].GetValue() == result {
				n, sum = n+m.GetHistogram().GetSampleCount(), sum+m.GetHistogram().GetSampleSum()
			}
		}
	}
	return n, sum
}

func TestResultsOfSearchesAreCountedByDomain(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.start(timbre.SpeakerSearch)
		h.speak(0, 20*time.Second, true)
		q := h.metrics.quality
		if n := testutil.ToFloat64(q.answers.WithLabelValues("domain", "matches")); n != 1 {
			t.Errorf("got %v answers with matches, want 1", n)
		}
		for result, want := range map[string]float64{ofIdentification: 10, ofVoiceprint: 20} {
			if n, sum := observations(t, h, result); n != 1 || sum != want {
				t.Errorf("%s: got %d results of %v s, want one of %v s", result, n, sum, want)
			}
		}
	})
}

func TestRefusalsAreCountedByReason(t *testing.T) {
	for _, c := range []struct {
		name, result, reason string
		talk                 time.Duration
		err                  error // of the embedder
	}{
		{"hung up early", ofIdentification, "too_short", 5 * time.Second, nil},
		{"hung up before the voiceprint", ofVoiceprint, "too_short", 15 * time.Second, nil},
		{"noise", ofIdentification, "poor_audio", 10 * time.Second, timbre.Errorf(timbre.Unprocessable, "", "the audio is poor")},
		{"a broken model", ofIdentification, "fault", 10 * time.Second, timbre.Errorf(timbre.Internal, "", "the model failed")},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				if c.err != nil {
					h.embed = func(context.Context, []float32, time.Duration) (timbre.Voiceprint, error) {
						return timbre.Voiceprint{}, c.err
					}
				}
				h.start(timbre.SpeakerSearch)
				h.speak(0, c.talk, true)
				h.hangUp()
				if n := testutil.ToFloat64(h.metrics.quality.refusals.WithLabelValues("domain", c.result, c.reason)); n != 1 {
					t.Errorf("got %v refusals of the %s because of %s, want 1", n, c.result, c.reason)
				}
			})
		})
	}
}

func TestDomainsBeyondTheBoundAreAddedUp(t *testing.T) {
	q := newQuality(nil)
	for i := range 10 * maxDomains {
		want := fmt.Sprint(i)
		if i >= maxDomains {
			want = otherDomains
		}
		if got := q.domain(fmt.Sprint(i)); got != want {
			t.Fatalf("domain %d: got the label %q, want %q", i, got, want)
		}
	}
	if got := q.domain("0"); got != "0" {
		t.Errorf("got the label %q for a domain that has one, want its own", got)
	}
}
