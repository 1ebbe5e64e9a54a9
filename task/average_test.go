package task

import (
	"context"
	"math"
	"testing"
	"time"

	"timbre"
)

func TestARenewalOfThePersonAveragesBothVoiceprints(t *testing.T) {
	for _, c := range []struct {
		name  string
		same  float64
		wait  time.Duration // between the enrolment and the renewal
		model string        // of the renewal
		first float32       // value of the old embedding's direction in the new one
		net   time.Duration
	}{
		{"one person", 0.999, time.Hour, "m", 1 / math.Sqrt2, 40 * time.Second},
		{"perhaps another", 0.9, time.Hour, "m", 0, 20 * time.Second},
		{"another model", 0.999, time.Hour, "m 2", 0, 20 * time.Second},
		{"an expired profile", 0.999, timbre.ProfileLife, "m", 0, 20 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				voiceprint := timbre.Voiceprint{Embedding: timbre.Embedding{1, 0}, Model: "m"}
				h.embed = func(_ context.Context, _ []float32, net time.Duration) (timbre.Voiceprint, error) {
					voiceprint.Net = net
					return voiceprint, nil
				}
				h.same = c.same
				p, err := h.Enrol(h.t.Context(), h.searched(20*time.Second).ID)
				if err != nil {
					t.Fatal(err)
				}
				after(h.t.Context(), c.wait)
				voiceprint = timbre.Voiceprint{Embedding: timbre.Embedding{0, 1}, Model: c.model}
				if _, err = h.Renew(h.t.Context(), p.ID, h.searched(20*time.Second).ID); err != nil {
					t.Fatal(err)
				}
				got := h.store.profiles[p.ID].Voiceprint
				if math.Abs(float64(got.Embedding[0]-c.first)) > 1e-6 || got.Net != c.net || got.Model != c.model {
					t.Errorf("got voiceprint %+v, want %v of the old one and %v of speech", got, c.first, c.net)
				}
			})
		})
	}
}

// A client may repeat a request whose answer it has lost.
func TestARepeatedRenewalWeighsItsCallOnce(t *testing.T) {
	inHarness(t, func(h *harness) {
		voiceprint := timbre.Voiceprint{Embedding: timbre.Embedding{1, 0}, Model: "m"}
		h.embed = func(_ context.Context, _ []float32, net time.Duration) (timbre.Voiceprint, error) {
			voiceprint.Net = net
			return voiceprint, nil
		}
		h.same = 0.999
		first := h.searched(20 * time.Second).ID
		p, err := h.Enrol(h.t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		voiceprint = timbre.Voiceprint{Embedding: timbre.Embedding{0, 1}, Model: "m"}
		second := h.searched(20 * time.Second).ID
		renew := func(task string, first float64, net time.Duration) {
			t.Helper()
			after(h.t.Context(), time.Minute)
			r, err := h.Renew(h.t.Context(), p.ID, task)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Updated.After(p.Updated) || !r.Expires.After(p.Expires) {
				t.Errorf("got a profile updated %v that expires %v, want both later", r.Updated, r.Expires)
			}
			p = r
			if got := h.store.profiles[p.ID].Voiceprint; math.Abs(float64(got.Embedding[0])-first) > 1e-6 || got.Net != net {
				t.Errorf("got voiceprint %+v, want %v of the first call and %v of speech", got, first, net)
			}
		}
		renew(first, 1, 20*time.Second)
		for range 3 {
			renew(second, 1/math.Sqrt2, 40*time.Second)
			renew(first, 1/math.Sqrt2, 40*time.Second)
		}
		h.same = 0 // a voiceprint that has been replaced is in no average
		third := h.searched(20 * time.Second).ID
		renew(third, 0, 20*time.Second)
		renew(first, 1, 20*time.Second)
	})
}

// However often a profile is renewed, the newest voiceprint counts for a third at least.
func TestAnAverageDoesNotForgetTheNewVoiceprint(t *testing.T) {
	old, fresh := timbre.Voiceprint{Embedding: timbre.Embedding{1, 0}}, timbre.Voiceprint{Embedding: timbre.Embedding{0, 1}, Net: 20 * time.Second}
	for old.Net = 10 * time.Second; old.Net < 10*time.Minute; old.Net *= 2 {
		got := average(old, fresh)
		if e := got.Embedding; math.Abs(math.Hypot(float64(e[0]), float64(e[1]))-1) > 1e-6 || e[1] < e[0]/2-1e-6 {
			t.Errorf("%v of old speech: got %v, want length 1 and a third of the new one", old.Net, e)
		}
	}
}
