package tone

import (
	"math"
	"slices"
	"testing"
	"time"

	"timbre"
)

var plain = Odds{-4, -2}

// say returns the tones of looks, each with 5 s of new speech of the given log-odds of negative.
func say(t *testing.T, negative ...float64) (got []timbre.Tone) {
	t.Helper()
	s := &fakeScorer{calibration: Calibration{Plain: plain}}
	l := newLeg(s)
	for _, n := range negative {
		s.tones = append(s.tones, Odds{plain.Positive, n}.tone())
		l.talk(5 * time.Second)
		current, _, ok, err := l.track.Score(t.Context(), l.at)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		got = append(got, current)
	}
	return got
}

func TestFirstLookHasNoBaseline(t *testing.T) {
	if got, want := say(t, 1)[0], (Odds{plain.Positive, 1}).tone(); !near(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestVoiceThatAlwaysSoundsNegativeBecomesNeutral(t *testing.T) {
	got := say(t, slices.Repeat([]float64{1}, 12)...)
	if got[0].Label() != "negative" || got[11].Label() != "neutral" {
		t.Errorf("got %s at first and %s after a minute, want negative and neutral", got[0].Label(), got[11].Label())
	}
}

func TestVoicesThatChangeAlikeScoreAlike(t *testing.T) {
	usual, low := slices.Repeat([]float64{-2}, 60), slices.Repeat([]float64{-0.5}, 60)
	a, b := say(t, append(usual, 1)...), say(t, append(low, 2.5)...)
	if x, y := a[60].Negative, b[60].Negative; math.Abs(x-y) > 0.05 || x < 0.6 {
		t.Errorf("got %.3f and %.3f for a rise by 3 after 5 minutes, want the same, above 0.6", x, y)
	}
}

func TestPlainVoiceHasNoBaseline(t *testing.T) {
	got := say(t, -2, -2, -2, 1.5)
	if want := (Odds{plain.Positive, 1.5}).tone(); !near(got[3], want) {
		t.Errorf("got %+v after plain speech, want %+v", got[3], want)
	}
}

func TestSixLooksWeighAsMuchAsPlainReading(t *testing.T) {
	b := baseline{calibration: Calibration{Plain: plain}}
	for range 6 {
		b.add(plain.plus(1, Odds{0, 2}), 5*time.Second)
	}
	if got := b.relative(Odds{}); math.Abs(got.Negative+1) > 1e-9 || math.Abs(got.Positive) > 1e-9 {
		t.Errorf("got %+v, want half the distance of 2 removed", got)
	}
}

func TestLookWithoutNewSpeechDoesNotMoveBaseline(t *testing.T) {
	s := &fakeScorer{calibration: Calibration{Plain: plain}}
	l := newLeg(s)
	l.talk(10 * time.Second)
	for range 5 {
		s.tones = append(s.tones, Odds{plain.Positive, 1}.tone())
	}
	var got []timbre.Tone
	for range 4 {
		current, _, _, err := l.track.Score(t.Context(), l.at)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, current)
		l.pause(time.Second)
	}
	if !near(got[1], got[3]) {
		t.Errorf("got %+v and then %+v of the same speech, want no change", got[1], got[3])
	}
}

func TestKnownVoiceNeedsSmallerChange(t *testing.T) {
	b := baseline{calibration: Calibration{Plain: plain, Known: Odds{0, 0.8}}}
	if got := b.relative(plain); got != plain {
		t.Errorf("got %+v of an unknown voice, want %+v", got, plain)
	}
	b.add(plain, 90*time.Second)
	if got := b.relative(plain); math.Abs(got.Negative-plain.Negative-0.6) > 1e-9 {
		t.Errorf("got %+v after 90 s, want three quarters of what a known voice is given back", got)
	}
}

// A tone model of the operator's may come without a calibration.
func TestWithoutCalibrationScoresStayAsTheyAre(t *testing.T) {
	s := &fakeScorer{}
	l := newLeg(s)
	for range 12 {
		want := Odds{-2, -1}.tone()
		s.tones = append(s.tones, want)
		l.talk(5 * time.Second)
		if got, _, _, err := l.track.Score(t.Context(), l.at); err != nil || !near(got, want) {
			t.Fatalf("got %+v, %v at %v, want %+v", got, err, l.at, want)
		}
	}
}
