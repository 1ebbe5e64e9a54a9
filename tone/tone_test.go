package tone

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"timbre"
)

// fakeModel is a model with a fixed output that records its input.
type fakeModel struct {
	out     []float32
	err     error
	first   int
	samples int // samples
}

func (n *fakeModel) Stream(_ context.Context, first int, pcm []float32, _ *timbre.Past) ([]float32, error) {
	n.first, n.samples = first, len(pcm)
	return n.out, n.err
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func TestScoresArePositiveNeutralNegative(t *testing.T) {
	got, err := New(&fakeModel{out: []float32{0.5, 0.3, 0.2}}, Calibration{}).Score(t.Context(), 0, make([]float32, 24000), new(timbre.Past))
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Positive-0.5)+math.Abs(got.Neutral-0.3)+math.Abs(got.Negative-0.2) > 1e-6 {
		t.Errorf("got %+v, want 0.5, 0.3, 0.2", got)
	}
	if sum := got.Positive + got.Neutral + got.Negative; math.Abs(sum-1) > 1e-12 {
		t.Errorf("got a sum of %v, want 1", sum)
	}
}

func TestScoreTakes3To30Seconds(t *testing.T) {
	n := &fakeModel{out: []float32{0, 1, 0}}
	if _, err := New(n, Calibration{}).Score(t.Context(), 0, make([]float32, 23999), new(timbre.Past)); timbre.KindOf(err) != timbre.Unprocessable || n.samples != 0 {
		t.Errorf("got %v under 3 s, want Unprocessable", err)
	}
	if _, err := New(n, Calibration{}).Score(t.Context(), 7, make([]float32, 400000), new(timbre.Past)); err != nil || n.samples != 240000 || n.first != 160007 {
		t.Errorf("got %d samples from %d on scored of 50 s from 7 on, %v, want 240000 from 160007 on", n.samples, n.first, err)
	}
}

func TestInvalidModelOutputIsAnError(t *testing.T) {
	nan, broken := float32(math.NaN()), errors.New("broken")
	for name, c := range map[string]struct {
		model *fakeModel
		kind  timbre.Kind
	}{
		"NaN":         {&fakeModel{out: []float32{nan, 0.5, 0.5}}, timbre.Unprocessable},
		"negative":    {&fakeModel{out: []float32{-0.5, 1, 0.5}}, timbre.Unprocessable},
		"sum is 2":    {&fakeModel{out: []float32{0.5, 1, 0.5}}, timbre.Unprocessable},
		"two scores":  {&fakeModel{out: []float32{0.5, 0.5}}, timbre.Internal},
		"model fails": {&fakeModel{err: broken}, timbre.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := New(c.model, Calibration{}).Score(t.Context(), 0, make([]float32, 24000), new(timbre.Past)); err == nil || timbre.KindOf(err) != c.kind {
				t.Errorf("%s: got %+v, %v, want kind %d", name, got, err, c.kind)
			}
		})
	}
}

// fakeScorer returns given tones in turn and records how much audio each was for.
type fakeScorer struct {
	tones   []timbre.Tone
	seconds []float64 // seconds
	err     error

	calibration Calibration
}

func (s *fakeScorer) Score(_ context.Context, _ int, pcm []float32, _ *timbre.Past) (timbre.Tone, error) {
	s.seconds = append(s.seconds, float64(len(pcm))/timbre.SampleRate)
	if s.err != nil {
		return timbre.Tone{}, s.err
	}
	return s.tones[len(s.seconds)-1], nil
}

func (s *fakeScorer) Calibration() Calibration { return s.calibration }

// leg feeds a track with speech and pauses, in steps of 100 ms.
type leg struct {
	track   *Track
	at, net time.Duration
}

func (l *leg) advance(d time.Duration, voiced bool) {
	const step = 100 * time.Millisecond
	for end := l.at + d; l.at < end; {
		l.at += step
		s := timbre.Speech{At: l.at, Voiced: voiced}
		if voiced {
			l.net += step
			s.PCM = make([]int16, timbre.Samples(step))
		}
		s.Net = l.net
		l.track.Add(s)
	}
}

func (l *leg) talk(d time.Duration)  { l.advance(d, true) }
func (l *leg) pause(d time.Duration) { l.advance(d, false) }

func newLeg(s AudioScorer) *leg { return &leg{track: NewTrack(s, nil)} }

var (
	happy = oddsOf(timbre.Tone{Positive: 1}).tone()
	angry = oddsOf(timbre.Tone{Negative: 1}).tone()
)

func TestTooLittleRecentSpeechIsNotScored(t *testing.T) {
	s := &fakeScorer{tones: []timbre.Tone{happy}}
	l := newLeg(s)
	l.talk(seconds(2.9))
	l.pause(seconds(2.1))
	if _, _, ok, err := l.track.Score(t.Context(), l.at); ok || err != nil || len(s.seconds) != 0 {
		t.Errorf("got score %v, %v after 2.9 s, want none", ok, err)
	}
	l.talk(seconds(0.1))
	if _, _, ok, _ := l.track.Score(t.Context(), l.at); !ok {
		t.Error("got no score after 3 s")
	}
	l.pause(seconds(27.5)) // the first 2.6 s of speech are over 30 s ago
	if _, _, ok, _ := l.track.Score(t.Context(), l.at); ok {
		t.Error("got a score of speech that is over 30 s ago")
	}
}

func TestCurrentToneCoversLast30Seconds(t *testing.T) {
	s := &fakeScorer{tones: []timbre.Tone{happy, happy, happy}}
	l := newLeg(s)
	l.talk(20 * time.Second)
	l.pause(5 * time.Second)
	l.talk(15 * time.Second) // at 40 s: the last 30 s hold 10 s and 15 s of speech
	if _, _, ok, err := l.track.Score(t.Context(), l.at); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := s.seconds[0]; math.Abs(got-25) > 0.01 {
		t.Errorf("got %v s scored, want 25", got)
	}
	// A tick that comes late is still of its own moment.
	if _, _, ok, _ := l.track.Score(t.Context(), 35*time.Second); !ok || math.Abs(s.seconds[1]-25) > 0.01 {
		t.Errorf("got %v s scored at 35 s, want 25", s.seconds[1])
	}
}

func TestOverallToneIsWeightedByNewSpeech(t *testing.T) {
	s := &fakeScorer{tones: []timbre.Tone{happy, angry, angry}}
	l := newLeg(s)
	l.talk(6 * time.Second)
	if current, overall, _, _ := l.track.Score(t.Context(), l.at); !near(current, happy) || !near(overall, happy) {
		t.Errorf("got %v, %v at the first tick, want happy", current, overall)
	}
	l.pause(3 * time.Second)
	l.talk(2 * time.Second)
	current, overall, _, _ := l.track.Score(t.Context(), l.at)
	if !near(current, angry) || math.Abs(overall.Positive-0.75) > 1e-4 || math.Abs(overall.Negative-0.25) > 1e-4 {
		t.Errorf("got %v, %v at the second tick, want angry, and 6 s happy to 2 s angry", current, overall)
	}
	l.pause(5 * time.Second)
	if _, again, _, _ := l.track.Score(t.Context(), l.at); again != overall {
		t.Errorf("got overall tone %v after a tick without new speech, want %v", again, overall)
	}
}

func TestUnscoredSpeechHasNoWeight(t *testing.T) {
	s := &fakeScorer{tones: []timbre.Tone{happy, angry}}
	l := newLeg(s)
	l.talk(4 * time.Second)
	if _, _, ok, _ := l.track.Score(t.Context(), l.at); !ok {
		t.Fatal("got no score")
	}
	l.talk(2 * time.Second) // never scored: by the next tick it is over 30 s ago
	l.pause(40 * time.Second)
	l.talk(4 * time.Second)
	if _, overall, _, _ := l.track.Score(t.Context(), l.at); math.Abs(overall.Positive-0.5) > 1e-4 {
		t.Errorf("got overall tone %v, want half happy, half angry", overall)
	}
}

func TestFailedScoreIsNotAveraged(t *testing.T) {
	broken := errors.New("broken")
	s := &fakeScorer{tones: []timbre.Tone{angry, angry, happy}, err: broken}
	l := newLeg(s)
	l.talk(5 * time.Second)
	if _, _, ok, err := l.track.Score(t.Context(), l.at); ok || !errors.Is(err, broken) {
		t.Errorf("got score %v, error %v, want the error of the scorer", ok, err)
	}
	s.err = nil
	if _, overall, ok, err := l.track.Score(t.Context(), l.at); !ok || err != nil || !near(overall, angry) {
		t.Errorf("got %v, %v, %v, want angry", overall, ok, err)
	}
}

func TestSilentSince(t *testing.T) {
	l := newLeg(&fakeScorer{})
	l.pause(3 * time.Second)
	if got := l.track.SilentSince(); got != 0 {
		t.Errorf("got silence since %v before any speech, want 0", got)
	}
	l.talk(2 * time.Second)
	l.pause(12 * time.Second)
	if got := l.track.SilentSince(); got != 5*time.Second {
		t.Errorf("got silence since %v, want 5s", got)
	}
}

func TestTrackKeepsRecentSpeechOnly(t *testing.T) {
	l := newLeg(&fakeScorer{})
	l.talk(10 * time.Minute)
	if n := len(l.track.recent); n > 400 {
		t.Errorf("got %d stretches of 100 ms kept, want at most 400", n)
	}
}
