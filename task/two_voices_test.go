package task

import (
	"strings"
	"testing"
	"time"

	"timbre"
)

// mix makes a share of all audio that of a second voice.
func (h *harness) mix(share float64) {
	h.voices = func(pcm []float32, net time.Duration) (timbre.Voices, error) {
		other := time.Duration(share * float64(net)).Round(100 * time.Millisecond)
		return timbre.Voices{PCM: pcm[:len(pcm)-timbre.Samples(other)], Net: net - other, Other: other}, nil
	}
}

func TestTwoVoicesMakeNoVoiceprint(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.mix(0.4)
		_, id := h.listens(0, 0)
		h.talk(20 * time.Second)
		h.wantStatus(id, timbre.PartialSuccess, true)
		h.hangUp()
		h.wantStatus(id, timbre.PartialSuccess, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure)
		const why = "two people speak on the leg: 12.0 s and 8.0 s"
		got := h.store.task(id)
		if want := "two people speak on the leg: 6.0 s and 4.0 s; the search is of the voice of 6.0 s alone; " + why; got.Message != want {
			t.Errorf("got message %q, want %q", got.Message, want)
		}
		if got := h.announcer.events[1].StatusMessage; got != why {
			t.Errorf("got message %q in the event, want %q", got, why)
		}
		if got.Voiceprint != nil {
			t.Error("got a voiceprint, want none")
		}
	})
}

func TestTheLargerVoiceAloneMakesAVoiceprint(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.mix(0.4)
		looks, id := h.listens(0, 0)
		h.talk(50 * time.Second)
		h.wantStatus(id, timbre.Succeeded, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		wantLooks(t, looks, 6, 20) // of the larger voice
		if got := h.store.task(id).Voiceprint.Net; got < ForVoiceprint {
			t.Errorf("got a voiceprint of %v, want %v at least", got, ForVoiceprint)
		}
		for _, e := range h.announcer.events {
			if e.StatusMessage == "" {
				t.Errorf("%s: got no message, want one of two people", e.Status)
			}
		}
	})
}

func TestTwoVoicesThatNeverYieldOneEndAtTheLimit(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.voices = func(pcm []float32, net time.Duration) (timbre.Voices, error) {
			return timbre.Voices{PCM: pcm[:timbre.Samples(5*time.Second)], Net: 5 * time.Second, Other: 5 * time.Second}, nil
		}
		_, id := h.listens(0, 0)
		h.talk(MaxSpeech - 100*time.Millisecond)
		h.wantStatus(id, timbre.PartialSuccess, true)
		h.talk(100 * time.Millisecond)
		h.wantStatus(id, timbre.PartialSuccess, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure)
	})
}

func TestMixedVoicesAreSearchedTogetherWithAWarning(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.mix(0.8)
		looks, id := h.listens(14*time.Second, 0)
		h.talk(12 * time.Second)
		h.wantAnnounced()
		h.hangUp()
		h.wantStatus(id, timbre.PartialSuccess, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure)
		wantLooks(t, looks, 10, 12) // of all audio
		const warning = "two people speak on the leg: 2.4 s and 9.6 s; neither can be searched alone, and the search is of both: a match may be of either, or wrong"
		got := h.announcer.events[0]
		if got.StatusMessage != warning || len(got.Matches) == 0 {
			t.Errorf("got message %q and %d matches in the event, want %q with matches", got.StatusMessage, len(got.Matches), warning)
		}
		if got := h.store.task(id); !strings.HasPrefix(got.Message, warning+"; ") || len(got.Matches) == 0 || got.Voiceprint != nil {
			t.Errorf("got message %q, %d matches and voiceprint %v of the task, want %q with matches and no voiceprint", got.Message, len(got.Matches), got.Voiceprint, warning)
		}
	})
}

// What one voice alone has given is worth more than what both give together.
func TestAnAnswerOfOneVoiceIsKeptOverALaterOneOfBoth(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.voices = func(pcm []float32, net time.Duration) (timbre.Voices, error) {
			larger := 4 * time.Second
			if net > 12*time.Second {
				larger = 2 * time.Second
			}
			return timbre.Voices{PCM: pcm[:timbre.Samples(larger)], Net: larger, Other: net - larger}, nil
		}
		looks, _ := h.listens(15*time.Second, 0)
		h.talk(15 * time.Second)
		h.wantAnnounced(timbre.IdentificationSuccessful)
		wantLooks(t, looks, 4, 15)
		const want = "two people speak on the leg: 4.0 s and 6.0 s; the search is of the voice of 4.0 s alone"
		if got := h.announcer.events[0].StatusMessage; got != want {
			t.Errorf("got message %q, want %q", got, want)
		}
	})
}

func TestANameOfTwoVoicesWaitsForTenSecondsOfOne(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.mix(0.4)
		looks, _ := h.listens(20*time.Second, 0)
		h.talk(19 * time.Second)
		h.wantAnnounced()
		h.talk(time.Second)
		h.wantAnnounced(timbre.IdentificationSuccessful)
		wantLooks(t, looks, 6, 9, 12)
		const want = "two people speak on the leg: 12.0 s and 8.0 s; the search is of the voice of 12.0 s alone"
		if got := h.announcer.events[0].StatusMessage; got != want {
			t.Errorf("got message %q, want %q", got, want)
		}
	})
}
