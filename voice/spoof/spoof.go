// Package spoof scores whether a voice is synthetic, by a model of the operator's own. Voiced audio comes in; a warning goes out, or
// none. It decides nothing: an identification, or a voiceprint, is reported with its warning.
package spoof

import (
	"context"
	"fmt"
	"math"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
	"timbre/environment"
)

// Config of a Detector.
type Config struct {
	Threshold float64 // the score from which on it warns, above 0 and below 1
}

// Detector scores audio with one model. It is safe for concurrent use.
type Detector struct {
	env    environment.Environment
	cfg    Config
	model  timbre.WaveformModel
	checks *prometheus.CounterVec
}

// New makes a Detector.
func New(env environment.Environment, cfg Config, model timbre.WaveformModel) *Detector {
	d := &Detector{env: env.Complete(), cfg: cfg, model: model, checks: promauto.With(env.Metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_voice_spoof_checks_total", Help: "Voices that were checked for being synthetic, by result: clear, warned or failed.",
	}, []string{"result"})}
	for _, result := range []string{"clear", "warned", "failed"} {
		d.checks.WithLabelValues(result)
	}
	return d
}

// Warn returns a warning if the voice in pcm, at 8 kHz in [-1, 1), may be synthetic, and otherwise an empty one. A model that fails
// warns of nothing: it is logged and counted.
func (d *Detector) Warn(ctx context.Context, pcm []float32) string {
	score, err := d.score(ctx, pcm)
	switch {
	case err != nil:
		d.checks.WithLabelValues("failed").Inc()
		d.env.Log.WarnContext(ctx, "voice not checked for being synthetic", "error", err)
		return ""
	case score < d.cfg.Threshold:
		d.checks.WithLabelValues("clear").Inc()
		return ""
	}
	d.checks.WithLabelValues("warned").Inc()
	d.env.Log.InfoContext(ctx, "voice may be synthetic", "score", score, "threshold", d.cfg.Threshold)
	return fmt.Sprintf("the voice may be synthetic: score %.2f, warning from %.2f on", score, d.cfg.Threshold)
}

func (d *Detector) score(ctx context.Context, pcm []float32) (float64, error) {
	out, err := d.model.Wave(ctx, pcm)
	if err != nil {
		return 0, err
	}
	if len(out) != 1 || math.IsNaN(float64(out[0])) || out[0] < 0 || out[0] > 1 {
		return 0, timbre.Errorf(timbre.Internal, "spoof.Warn", "got %v from the model, want one score of 0 to 1", out)
	}
	return float64(out[0]), nil
}
