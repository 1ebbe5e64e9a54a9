package tone

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"timbre"
)

// fakeWords returns given sentiments of ten words each, in turn, and records how much audio each was for.
type fakeWords struct {
	sentiments []float64
	seconds    []float64
	err        error
}

func (w *fakeWords) Judge(_ context.Context, pcm []float32) (float64, int, error) {
	w.seconds = append(w.seconds, float64(len(pcm))/timbre.SampleRate)
	if w.err != nil {
		return 0, 0, w.err
	}
	return w.sentiments[len(w.seconds)-1], 10, nil
}

// listen scores plain speech with words every 5 s.
func listen(t *testing.T, w *fakeWords, looks int) (negative []float64) {
	t.Helper()
	s := &fakeScorer{calibration: Calibration{Plain: plain}}
	l := &leg{track: NewTrack(s, w)}
	for range looks {
		s.tones = append(s.tones, plain.tone())
		l.talk(5 * time.Second)
		current, _, ok, err := l.track.Score(t.Context(), l.at)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		negative = append(negative, oddsOf(current).Negative-plain.Negative)
	}
	return negative
}

func TestWordsOfEachNewStretchAreHeardOnce(t *testing.T) {
	w := &fakeWords{sentiments: make([]float64, 3)}
	listen(t, w, 3)
	for _, s := range w.seconds {
		if math.Abs(s-5) > 0.01 {
			t.Errorf("got %v s heard, want 5 s each", w.seconds)
		}
	}
}

func TestNegativeWordsRaiseNegative(t *testing.T) {
	got := listen(t, &fakeWords{sentiments: []float64{0, -0.5, -0.5, 0.5}}, 4)
	want := []float64{0, 4 * 5. / 30, 4 * 10. / 40, 4 * 5. / 50}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-6 {
			t.Errorf("got %.3f at look %d, want %.3f", got[i], i, want[i])
		}
	}
}

func TestWordsAreForgottenAfter30Seconds(t *testing.T) {
	got := listen(t, &fakeWords{sentiments: []float64{-1, 0, 0, 0, 0, 0, 0}}, 7)
	if got[5] <= 0 || math.Abs(got[6]) > 1e-9 {
		t.Errorf("got %.3f after 30 s and %.3f after 35 s, want words of the last 30 s only", got[5], got[6])
	}
}

func TestWordsAreBounded(t *testing.T) {
	got := listen(t, &fakeWords{sentiments: []float64{-9, -9, -9, -9, -9}}, 5)
	if got[4] != strongest {
		t.Errorf("got %v, want %v", got[4], strongest)
	}
}

func TestFailureToHearIsReported(t *testing.T) {
	broken := errors.New("broken")
	l := &leg{track: NewTrack(&fakeScorer{tones: []timbre.Tone{happy}}, &fakeWords{err: broken})}
	l.talk(5 * time.Second)
	if _, _, ok, err := l.track.Score(t.Context(), l.at); ok || !errors.Is(err, broken) {
		t.Errorf("got %v, %v, want the error", ok, err)
	}
}

func TestLateLookHearsLast10SecondsOfNewSpeech(t *testing.T) {
	w := &fakeWords{sentiments: []float64{0}}
	l := &leg{track: NewTrack(&fakeScorer{tones: []timbre.Tone{happy}}, w)}
	l.talk(20 * time.Second)
	if _, _, _, err := l.track.Score(t.Context(), l.at); err != nil || math.Abs(w.seconds[0]-10) > 0.01 {
		t.Errorf("got %v s heard, %v, want 10", w.seconds, err)
	}
}
