package test

import (
	"context"
	"encoding/json"
	"testing"

	"timbre"
)

// The two Start calls by boto3, and what it reads back after the call: first for a
// caller that is unknown and then enrolled, then of the same caller again.
func TestBoto3RunsSeedCalls(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	var enrolled []string
	for _, name := range []string{"s2_enrol", "s2_second"} {
		c := placeCall(ctx, t, n.SIP[1], name) // over TCP
		var started struct{ Search, Tone string }
		must(t, json.Unmarshal(python(ctx, t, "seed_calls.py", "http://"+n.API, h.connector, c.TransactionID, h.domain, name), &started))
		must(t, c.Play(ctx))
		must(t, c.Hangup(ctx))
		hook.wait(ctx, t, "a voiceprint", of(started.Search, timbre.VoiceprintGenerationSuccess))
		hook.wait(ctx, t, "both tones completed", func(event) bool { return len(hook.all(of(started.Tone, timbre.ToneCompleted))) == 2 })

		var results struct{ Profile string }
		args := append([]string{"http://" + n.API, h.connector, c.TransactionID, started.Search, started.Tone}, enrolled...)
		must(t, json.Unmarshal(python(ctx, t, "results.py", args...), &results))
		enrolled = []string{results.Profile}
	}
}
