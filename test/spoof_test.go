package test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"timbre"
	"timbre/models/modelstest"
)

func TestIdentificationAndVoiceprintWarnOfSyntheticVoice(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Spoof = "warn"
	refusesToStart(t, s, "spoof is warn: there is no spoof model")

	for _, c := range []struct {
		name, message, metric string
		limit                 float32 // a magnitude
	}{
		{"always", "the voice may be synthetic: score 1.00, warning from 0.50 on", `timbre_voice_spoof_checks_total{result="warned"} 2`, 0.0001},
		{"never", "", `timbre_voice_spoof_checks_total{result="clear"} 2`, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Data = t.TempDir()
			onnx := modelstest.Loudness(c.limit)
			out, err := modelsCommand(ctx, t, s.Data, "add", modelstest.WriteOther(t, modelstest.SpoofCard(c.name, onnx), onnx))
			wantWords(t, out, err, "a spoof model of 1 values")
			out, err = modelsCommand(ctx, t, s.Data, "verify", c.name)
			wantWords(t, out, err, "score of a live caller")
			out, err = modelsCommand(ctx, t, s.Data, "use", c.name)
			wantWords(t, out, err, c.name+"@1 is the spoof model")
			n := start(t, s)
			h := setUp(ctx, t, n.API, hookARN)
			search := h.call(ctx, t, hook, n.SIP[0], "s1_enrol", timbre.IdentificationNoMatches)
			for _, status := range []string{timbre.IdentificationNoMatches, timbre.VoiceprintGenerationSuccess} {
				e := hook.wait(ctx, t, status, of(search, status))
				if got := e.Detail.StatusMessage; (got == "") != (c.message == "") || !strings.Contains(got, c.message) {
					t.Errorf("%s: got message %q, want %q in it", status, got, c.message)
				}
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Admin+"/metrics", nil)
			must(t, err)
			resp, err := new(http.Client).Do(req)
			must(t, err)
			text, err := io.ReadAll(resp.Body)
			must(t, err)
			_ = resp.Body.Close()
			if !strings.Contains(string(text), c.metric) {
				t.Errorf("got metrics without %s", c.metric)
			}
		})
	}
}
