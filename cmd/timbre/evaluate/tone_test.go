package evaluate

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/evaluate/trial"
	"timbre/tone"
)

// fakeTrack says of every window what it was given, and refuses what has none.
type fakeTrack struct {
	says []timbre.Tone
	err  error
}

func (f *fakeTrack) Add(timbre.Speech) {}

func (f *fakeTrack) Score(context.Context, time.Duration) (current, overall timbre.Tone, ok bool, err error) {
	if f.err != nil || len(f.says) == 0 {
		return current, overall, false, f.err
	}
	current, f.says = f.says[0], f.says[1:]
	return current, current, true, nil
}

func toneEars(t *testing.T, track func() Track) ToneEars {
	t.Helper()
	return ToneEars{VAD: models(t).VAD, NewTrack: track}
}

var (
	plainTone = timbre.Tone{Positive: 0.1, Neutral: 0.8, Negative: 0.1}
	angry     = timbre.Tone{Positive: 0.1, Neutral: 0.2, Negative: 0.7}
)

func TestToneOfDemoCallsIsScoredAsByATask(t *testing.T) {
	e := toneEars(t, func() Track { return tone.NewTrack(models(t).Scorer, nil) })
	heard, err := e.Tones(t.Context(), []trial.Spoken{{Files: []string{demo("s1_second")}, Tone: neutral, Person: "s1"}, {Files: []string{demo("silent_caller")}, Tone: negative, Person: "x"}}, 2, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if h := heard[0]; h.Overall == nil || len(h.Looks) < 2 || h.Refused != "" || h.Net < 10*time.Second {
		t.Errorf("got %+v, want a tone and several looks", h)
	}
	if h := heard[1]; h.Overall != nil || !strings.Contains(h.Refused, "too short") {
		t.Errorf("silence: got %+v, want it refused", h)
	}
	r := ToneMeasure{Draws: 20}.Report(heard)
	if r.Recordings != 2 || r.People != 2 || r.Confusion[negative][3] != 1 || len(r.Refused) != 1 {
		t.Errorf("got %+v, want one of two refused, as wrong", r)
	}
}

func TestLooksAreCountedByPerson(t *testing.T) {
	all := []Toned{
		{Spoken: trial.Spoken{Tone: neutral, Person: "a", Conditions: map[string]string{"set": "x"}}, Overall: &plainTone, Looks: []timbre.Tone{plainTone, plainTone, angry, plainTone}},
		{Spoken: trial.Spoken{Tone: negative, Person: "b", Conditions: map[string]string{"set": "y"}}, Overall: &angry, Looks: []timbre.Tone{angry}},
	}
	r := ToneMeasure{Draws: 20}.Report(all)
	if r.Overall.Plain.Value != 0.75 || r.Overall.PlainLooks != 4 || r.Overall.Pairs != 3 || r.Overall.Steady.Value != 1.0/3 {
		t.Errorf("got %+v, want 3 of 4 looks neutral and 1 of 3 steady", r.Overall)
	}
	if r.Overall.UAR.Value != 1 || r.Overall.AUC.Value != 1 || len(r.Groups) != 1 || len(r.Groups[0].Rows) != 2 {
		t.Errorf("got %+v, want both right, and two sets", r)
	}
	var b bytes.Buffer
	if err := WriteTones(&b, all); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][7] != "neutral neutral negative neutral" || rows[2][9] != "y" {
		t.Errorf("got %q, %v", rows, err)
	}
}

func TestFailureOfTheModelStopsTheEvaluation(t *testing.T) {
	broken := errors.New("broken")
	e := toneEars(t, func() Track { return &fakeTrack{err: broken} })
	if _, err := e.Tones(t.Context(), []trial.Spoken{{Files: []string{demo("short_s2")}}}, 1, quiet); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the model", err)
	}
	e = toneEars(t, func() Track {
		return &fakeTrack{err: timbre.Errorf(timbre.Unprocessable, "", "the audio has no tone")}
	})
	heard, err := e.Tones(t.Context(), []trial.Spoken{{Files: []string{demo("short_s2")}}}, 1, quiet)
	if err != nil || heard[0].Refused != "the audio has no tone" {
		t.Errorf("got %+v, %v, want it refused with the reason", heard, err)
	}
	notes := filepath.Join(t.TempDir(), "notes.wav")
	if err := os.WriteFile(notes, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if heard, err = e.Tones(t.Context(), []trial.Spoken{{Files: []string{notes}}}, 1, quiet); err != nil || !strings.Contains(heard[0].Refused, "not a WAV file") {
		t.Errorf("got %+v, %v, want it refused with the reason", heard, err)
	}
}
