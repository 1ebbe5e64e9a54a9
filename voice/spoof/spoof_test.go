package spoof

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/environment"
)

// fixed is a model with one output.
type fixed struct {
	out []float32
	err error
}

func (f fixed) Wave(context.Context, []float32) ([]float32, error) { return f.out, f.err }

func TestWarnsFromTheThresholdOn(t *testing.T) {
	for _, c := range []struct {
		name   string
		model  fixed
		result string
		words  string
	}{
		{"below", fixed{out: []float32{0.74}}, "clear", ""},
		{"at", fixed{out: []float32{0.75}}, "warned", "the voice may be synthetic: score 0.75, warning from 0.75 on"},
		{"above", fixed{out: []float32{0.99}}, "warned", "score 0.99"},
		{"no number", fixed{out: []float32{float32(math.NaN())}}, "failed", ""},
		{"no score", fixed{out: []float32{7}}, "failed", ""},
		{"two scores", fixed{out: []float32{0.9, 0.1}}, "failed", ""},
		{"a failing model", fixed{err: errors.New("broken")}, "failed", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := New(environment.Environment{}, Config{Threshold: 0.75}, c.model)
			got := d.Warn(t.Context(), make([]float32, 8000))
			if (got == "") != (c.words == "") || !strings.Contains(got, c.words) {
				t.Errorf("got warning %q, want %q in it", got, c.words)
			}
			if n := testutil.ToFloat64(d.checks.WithLabelValues(c.result)); n != 1 {
				t.Errorf("got %v checks %s, want 1", n, c.result)
			}
		})
	}
}
