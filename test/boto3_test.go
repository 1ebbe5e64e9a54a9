package test

import (
	"context"
	"encoding/json"
	"testing"

	"timbre"
)

// The two calls that started it all, word for word, by boto3, and what it reads back when the call is over.
func TestBoto3RunsTheSeedCalls(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	endpoint := "http://" + n.API

	c := dial(ctx, t, n.SIP[1], "s2_enrol") // over TCP
	var started struct{ Search, Tone string }
	must(t, json.Unmarshal(python(ctx, t, "seed_calls.py", endpoint, h.connector, c.TransactionID, h.domain), &started))
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	hook.wait(ctx, t, "a voiceprint", of(started.Search, timbre.VoiceprintGenerationSuccess))
	hook.wait(ctx, t, "both tones completed", func(event) bool { return len(hook.all(of(started.Tone, timbre.ToneCompleted))) == 2 })

	var results struct {
		Profile string
		Matches []any
	}
	must(t, json.Unmarshal(python(ctx, t, "results.py", endpoint, h.connector, started.Search, started.Tone), &results))
	if results.Profile == "" || len(results.Matches) != 0 {
		t.Errorf("boto3 read %+v", results)
	}
}
