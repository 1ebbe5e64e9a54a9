package task

import (
	"context"
	"slices"
	"testing"
	"time"

	"timbre"
)

// listens starts a search that may wait, and records at which net speech it looks for the speaker.
func (h *harness) listens(wait, voiceprint time.Duration) (looks *[]time.Duration, id string) {
	h.Close()
	h.settings.SearchWait, h.settings.VoiceprintSpeech = wait, voiceprint
	h.open()
	looks = &[]time.Duration{}
	embed := h.embed
	h.embed = func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
		*looks = append(*looks, net)
		return embed(ctx, pcm, net)
	}
	return looks, h.start(timbre.SpeakerSearch).ID
}

// talk sends speech of the caller that no analysis falls behind of.
func (h *harness) talk(d time.Duration) {
	for ; d > 0; d -= 100 * time.Millisecond {
		h.speak(0, 100*time.Millisecond, true)
	}
}

func wantLooks(t *testing.T, got *[]time.Duration, want ...int) {
	t.Helper()
	var seconds []int
	for _, d := range *got {
		seconds = append(seconds, int(d.Seconds()))
	}
	if !slices.Equal(seconds, want) {
		t.Errorf("got audio of %v s embedded, want %v", seconds, want)
	}
}

func TestAnUnsureSearchIsRepeatedAsSpeechComes(t *testing.T) {
	for _, c := range []struct {
		name     string
		wait     time.Duration
		sureFrom int // the search that is sure
		embedded []int
	}{
		{"sure at once", 30 * time.Second, 1, []int{10, 20}},
		{"sure at 15 s", 30 * time.Second, 2, []int{10, 15, 20}},
		{"sure at 20 s", 30 * time.Second, 3, []int{10, 15, 20, 20}},
		{"never sure", 30 * time.Second, 99, []int{10, 15, 20, 30, 30}},
		{"never sure, a shorter wait", 12 * time.Second, 99, []int{10, 12, 20}},
		{"no wait", 0, 99, []int{10, 20}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				search, n := h.search, 0
				h.search = func(ctx context.Context) ([]timbre.Match, error) {
					n++
					h.unsure = n < c.sureFrom
					return search(ctx)
				}
				looks, id := h.listens(c.wait, 0)
				h.talk(40 * time.Second)
				h.wantStatus(id, timbre.Succeeded, false)
				h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
				wantLooks(t, looks, c.embedded...)
			})
		})
	}
}

func TestAnUnsureSearchAnswersWithWhatItHasWhenTheCallEnds(t *testing.T) {
	for _, c := range []struct {
		name     string
		talk     time.Duration
		embedded []int
		events   []string
	}{
		{"nothing more", 10 * time.Second, []int{10}, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"some more", 14 * time.Second, []int{10, 14}, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{"enough for a voiceprint", 24 * time.Second, []int{10, 15, 20, 24, 24}, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				h.unsure = true
				looks, id := h.listens(30*time.Second, 0)
				h.talk(c.talk)
				h.wantStatus(id, timbre.InProgress, true)
				h.wantAnnounced()
				h.hangUp()
				h.wantAnnounced(c.events...)
				wantLooks(t, looks, c.embedded...)
			})
		})
	}
}

func TestPoorLongerAudioDoesNotCostWhatWasFound(t *testing.T) {
	inHarness(t, func(h *harness) {
		embed := h.embed
		h.embed = func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
			if net == 15*time.Second {
				return timbre.Voiceprint{}, poor
			}
			return embed(ctx, pcm, net)
		}
		h.unsure = true
		_, id := h.listens(30*time.Second, 0)
		h.talk(15 * time.Second)
		h.wantStatus(id, timbre.PartialSuccess, true)
		h.wantAnnounced(timbre.IdentificationSuccessful)
	})
}

// What an unsure search has heard has led to no result, so another party's audio replaces it.
func TestAnUnsureSearchStartsAgainWithAnotherParty(t *testing.T) {
	inHarness(t, func(h *harness) {
		last := h.oneVoice()
		h.voice = map[int]int16{0: 100}
		h.unsure = true
		h.known(caller("ann"), callee("bob"))
		looks, _ := h.listens(20*time.Second, 0)
		h.talk(12 * time.Second)
		h.voice[0] = 200
		h.known(caller("carol"), callee("bob"))
		h.talk(9 * time.Second)
		h.wantAnnounced()
		h.talk(11 * time.Second)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		wantLooks(t, looks, 10, 10, 15, 20, 20)
		if *last != 200 {
			t.Errorf("got a voiceprint of %d, want 200", *last)
		}
	})
}

func TestAVoiceprintUsesMoreSpeechIfTheCallGivesIt(t *testing.T) {
	for talk, want := range map[time.Duration][]int{
		19 * time.Second: {10}, 20 * time.Second: {10, 20}, 26 * time.Second: {10, 26}, 30 * time.Second: {10, 30}, 50 * time.Second: {10, 30},
	} {
		inHarness(t, func(h *harness) {
			looks, id := h.listens(0, 30*time.Second)
			h.talk(talk)
			h.wantStatus(id, map[bool]timbre.TaskStatus{true: timbre.Succeeded, false: timbre.PartialSuccess}[talk >= 30*time.Second], talk < 30*time.Second)
			h.hangUp()
			wantLooks(t, looks, want...)
			if got := h.store.task(id).Voiceprint; (got != nil) != (talk >= ForVoiceprint) {
				t.Errorf("%v of speech: got voiceprint %v", talk, got)
			}
		})
	}
}
