package analysis

import (
	"testing"
	"time"

	"timbre"
	"timbre/search/dot"
)

// speech returns a leg's first speech, of a net length.
func (c chain) speech(t testing.TB, file string, enough time.Duration) (pcm []float32) {
	t.Helper()
	c.listen(t, file, func(s timbre.Speech) {
		if s.Net <= enough {
			pcm = timbre.Wave(pcm, s.PCM)
		}
	})
	return pcm
}

func TestACallerIsOneVoice(t *testing.T) {
	c := newChain(t)
	for _, file := range []string{"s1_enrol_caller.wav", "s2_second_caller.wav", "s5_enrol_caller.wav"} {
		for _, net := range []time.Duration{10 * time.Second, 20 * time.Second} {
			if v, err := c.embedder.Voices(t.Context(), c.speech(t, file, net), net); err != nil || v.Other != 0 {
				t.Errorf("%s, %v: got a second voice of %v, %v; want none", file, net, v.Other, err)
			}
		}
	}
}

// Two people who take turns on one leg are two voices, and what is kept is of one of them.
func TestTwoCallersOnALegAreTwoVoices(t *testing.T) {
	c := newChain(t)
	one, other := c.speech(t, "s1_enrol_caller.wav", 20*time.Second), c.speech(t, "s5_enrol_caller.wav", 20*time.Second)
	var both []float32
	for turn := timbre.Samples(3 * time.Second); timbre.Duration(len(both)) < 21*time.Second; one, other = other, one[turn:] {
		both = append(both, one[:turn]...)
	}
	v, err := c.embedder.Voices(t.Context(), both, 21*time.Second)
	if err != nil || v.Other < 7*time.Second || v.Net < 3*time.Second || v.Net > 12*time.Second {
		t.Fatalf("got voices of %v and %v, %v; want some 10 s of each", v.Net, v.Other, err)
	}
	of := func(pcm []float32) timbre.Embedding {
		voiceprint, err := c.embedder.Embed(t.Context(), pcm, timbre.Duration(len(pcm)))
		if err != nil {
			t.Fatal(err)
		}
		return voiceprint.Embedding
	}
	kept := of(v.PCM)
	s1, s5 := c.voiceprint(t, "s1_second_caller.wav", 10*time.Second).Embedding, c.voiceprint(t, "s5_second_caller.wav", 10*time.Second).Embedding
	if high, low := max(dot.Product(kept, s1), dot.Product(kept, s5)), min(dot.Product(kept, s1), dot.Product(kept, s5)); high < low+0.3 {
		t.Errorf("got scores %.2f and %.2f of what is kept, want it to be of one caller", high, low)
	}
}
