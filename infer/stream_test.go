package infer_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"timbre"
	"timbre/infer"
	"timbre/models"
	"timbre/models/modelstest"
)

const second = timbre.SampleRate

func apart(a, b []float32) (d float64) {
	for i := range a {
		d = max(d, math.Abs(float64(a[i]-b[i])))
	}
	return d
}

func TestStreamMakesEachFrameOnce(t *testing.T) {
	m, x := load(t, open(t, 1), models.Tone(), infer.Long), buzz(60*second)
	var kept timbre.Past
	for _, c := range []struct {
		name       string
		first, end int
	}{
		{"the first look", 0, 5 * second},
		{"more", 0, 10*second + 1},
		{"the same again", 0, 10*second + 1},
		{"it has moved, by no number of whole frames", 6*second + 17, 36*second + 255},
		{"a minute, of which the last half counts", 0, 60 * second},
		{"all that was is over", 50 * second, 60 * second},
		{"what was before", 10 * second, 40 * second},
		{"fewer samples from the same on", 10 * second, 39*second + 70},
	} {
		t.Run(c.name, func(t *testing.T) {
			var none timbre.Past
			want, err := m.Stream(t.Context(), c.first, x[c.first:c.end], &none)
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Stream(t.Context(), c.first, x[c.first:c.end], &kept)
			if err != nil || apart(got, want) > 1e-6 {
				t.Errorf("got %v, %v with what is kept, want %v", got, err, want)
			}
			if kept.First != none.First || len(kept.Rows) != len(none.Rows) {
				t.Errorf("keeps %d values from frame %d on, want %d from %d on", len(kept.Rows), kept.First, len(none.Rows), none.First)
			}
		})
	}
}

func TestStreamFromAFrameOnIsWave(t *testing.T) {
	m, x := load(t, open(t, 1), models.Tone(), infer.Long), buzz(10*second)
	want, err := m.Wave(t.Context(), x[80:])
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range []int{1, 80} {
		if got, err := m.Stream(t.Context(), first, x[first:], new(timbre.Past)); err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v from %d on, want %v", got, err, first, want)
		}
	}
}

func TestFailedStreamKeepsThePast(t *testing.T) {
	m, x := load(t, open(t, 1), models.Tone(), infer.Long), buzz(20*second)
	var past timbre.Past
	if _, err := m.Stream(t.Context(), 0, x[:10*second], &past); err != nil {
		t.Fatal(err)
	}
	before := past.Rows
	free := m.Occupy()
	defer free()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Stream(ctx, 5*second, x[5*second:], &past); timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got %v, want Unavailable", err)
	}
	if _, err := m.Stream(t.Context(), 0, x[:2*second], &past); timbre.KindOf(err) != timbre.Unprocessable {
		t.Errorf("got %v of 2 s, want Unprocessable", err)
	}
	if past.First != 0 || !slices.Equal(past.Rows, before) {
		t.Error("got another past, want what it was")
	}
}

func TestModelWithoutFramesTakesAllAnew(t *testing.T) {
	m, x := load(t, open(t, 1), tiny(t, modelstest.Forms()[0]), infer.Long), buzz(4*second)
	var past timbre.Past
	want, err := m.Wave(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Stream(t.Context(), 33, x, &past); err != nil || !slices.Equal(got, want) || past.Rows != nil {
		t.Errorf("got %v, %v and %d values kept, want those of all samples and none kept", got, err, len(past.Rows))
	}
}

func TestFramesThatAreNotAsTheCardSaysAreAnError(t *testing.T) {
	r := open(t, 1)
	for name, f := range map[string]timbre.Frames{
		"a longer hop":     {Length: 320, Hop: 160, Values: 38},
		"a shorter frame":  {Length: 160, Hop: 80, Values: 38},
		"fewer values":     {Length: 320, Hop: 80, Values: 37},
		"a network of one": {Length: 24000, Hop: 12000, Values: 1},
	} {
		t.Run(name, func(t *testing.T) {
			m := models.Tone()
			m.Input.Frames = f
			if got, err := load(t, r, m, infer.Long).Wave(t.Context(), buzz(10*second)); timbre.KindOf(err) != timbre.Internal {
				t.Errorf("got %v, %v, want Internal", got, err)
			}
		})
	}
}
