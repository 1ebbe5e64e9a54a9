package voice

import (
	"context"
	"slices"
	"testing"
	"time"

	"timbre"
)

// turnModel embeds by who speaks: audio above half of full scale is of the second voice. It counts its runs.
type turnModel struct {
	runs int
	err  error
}

func (m *turnModel) Wave(_ context.Context, samples []float32) ([]float32, error) {
	m.runs++
	v := make([]float32, 192)
	v[1] = loud(samples)
	v[0] = 1 - v[1]
	return v, m.err
}

// loud is the share of audio that is of the second voice.
func loud(samples []float32) float32 {
	var frames, loud float32
	for frame := range slices.Chunk(samples, timbre.SampleRate/2) { // the period of talk
		if frames++; max(slices.Max(frame), -slices.Min(frame)) > 0.5 {
			loud++
		}
	}
	return loud / frames
}

// turns is audio of two voices that take turns of the given seconds. The second one is loud.
func turns(seconds ...int) (pcm []float32) {
	for i, s := range seconds {
		level := 0.05
		if i%2 == 1 {
			level = 0.9
		}
		pcm = append(pcm, talk(time.Duration(s)*time.Second, level, 0.001)...)
	}
	return pcm
}

func TestOneVoiceKeepsItsAudio(t *testing.T) {
	pcm := turns(20)
	v, err := New(&turnModel{}, "").Voices(t.Context(), pcm, 18*time.Second)
	if err != nil || v.Other != 0 || v.Net != 18*time.Second || len(v.PCM) != len(pcm) {
		t.Errorf("got %v of %v with another voice of %v, %v; want all audio", timbre.Duration(len(v.PCM)), v.Net, v.Other, err)
	}
}

func TestOfTwoVoicesTheLongerOneIsKept(t *testing.T) {
	for _, seconds := range [][]int{{8, 4, 4, 4}, {2, 3, 2, 5, 2, 6}} {
		pcm := turns(seconds...)
		v, err := New(&turnModel{}, "").Voices(t.Context(), pcm, 20*time.Second)
		if err != nil || v.Other < 5*time.Second || v.Other > 9*time.Second || v.Net < 4*time.Second || v.Net > 14*time.Second {
			t.Errorf("turns of %v: got voices of %v and %v, %v", seconds, v.Net, v.Other, err)
		}
		if share := loud(v.PCM); share != 0 && share != 1 {
			t.Errorf("turns of %v: got audio of both voices, %v of it of the second one", seconds, share)
		}
	}
}

func TestAudioOfOneTurnIsOneVoice(t *testing.T) {
	m := &turnModel{}
	v, err := New(m, "").Voices(t.Context(), turns(2, 1), 3*time.Second)
	if err != nil || v.Other != 0 || m.runs != 0 {
		t.Errorf("got another voice of %v after %d runs, %v; want none", v.Other, m.runs, err)
	}
}

// What has been embedded while the audio came is not embedded again, and the voices are the same.
func TestVoicesAreToldApartBySegmentsMadeBefore(t *testing.T) {
	pcm := turns(8, 4, 4, 4)
	want, err := New(&turnModel{}, "").Voices(t.Context(), pcm, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	m := &turnModel{}
	e := New(m, "")
	var segments timbre.Segments
	for _, d := range []time.Duration{time.Second, 5500 * time.Millisecond, 12 * time.Second, 12 * time.Second} {
		if err := e.AddSegments(t.Context(), timbre.PCM(nil, pcm[:timbre.Samples(d)]), &segments); err != nil {
			t.Fatal(err)
		}
	}
	if m.runs != 6 || len(segments) != 11 {
		t.Errorf("got %d runs for %d segments of 12 s, want 6, of those that touch", m.runs, len(segments))
	}
	got, err := e.VoicesBy(t.Context(), pcm, 20*time.Second, &segments)
	if err != nil || m.runs != 19 || got.Other != want.Other || len(got.PCM) != len(want.PCM) {
		t.Errorf("got voices of %v and %v after %d runs, %v; want %v, %v, 19", got.Net, got.Other, m.runs, err, want.Net, want.Other)
	}
	first := segments[0]
	if segments.Erase(); segments != nil || slices.Max(first) != 0 {
		t.Error("got segments left in memory, want them erased")
	}
}

// Of one voice, the segments that touch say enough, also while the audio still comes.
func TestSegmentsInBetweenAreMadeInDoubtOnly(t *testing.T) {
	for _, c := range []struct {
		name    string
		seconds []int
		runs    int
	}{
		{"one voice", []int{20}, 10},
		{"two voices", []int{8, 4, 4, 4}, 19},
		{"a second voice at the end", []int{14, 6}, 19},
	} {
		m := &turnModel{}
		pcm, e := turns(c.seconds...), New(m, "")
		all, err := New(&turnModel{}, "").Segments(t.Context(), pcm)
		if err != nil {
			t.Fatal(err)
		}
		want := Apart(pcm, 20*time.Second, all, LeastUnity)
		var segments timbre.Segments
		for d := time.Second; d < 20*time.Second; d += time.Second {
			if err := e.AddSegments(t.Context(), timbre.PCM(nil, pcm[:timbre.Samples(d)]), &segments); err != nil {
				t.Fatal(err)
			}
		}
		got, err := e.VoicesBy(t.Context(), pcm, 20*time.Second, &segments)
		if err != nil || got.Net != want.Net || got.Other != want.Other || len(got.PCM) != len(want.PCM) {
			t.Errorf("%s: got voices of %v and %v, %v; want those of all segments, %v and %v", c.name, got.Net, got.Other, err, want.Net, want.Other)
		}
		if m.runs != c.runs {
			t.Errorf("%s: got %d segments embedded, want %d", c.name, m.runs, c.runs)
		}
	}
}
