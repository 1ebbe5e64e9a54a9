package test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"timbre/conformance"
)

// Every operation that is about calls, its happy path and each exception that can be provoked, by boto3.
func TestBoto3RunsEveryOperation(t *testing.T) {
	exe, err := filepath.Abs(filepath.Join("..", ".venv", "bin", "python"))
	must(t, err)
	needs(t, exe, "the tests' Python environment (make test makes it)")
	everyOperation(t, exe, filepath.Join("boto3", "operations.py"))
}

// The same by the AWS SDK for JavaScript, version 3.
func TestJavaScriptRunsEveryOperation(t *testing.T) {
	needs(t, "node", "node (Debian's package nodejs)")
	needs(t, filepath.Join("js", "node_modules", "@aws-sdk", "client-chime-sdk-voice", "package.json"), "the AWS SDK for JavaScript (make test installs it)")
	everyOperation(t, "node", filepath.Join("js", "operations.mjs"))
}

// judgement is what an SDK's judge takes and gives.
type judgement struct {
	Script  json.RawMessage      `json:"script,omitempty"`
	Known   map[string]any       `json:"known"`
	Lacks   map[string]string    `json:"lacks"`
	Results []conformance.Result `json:"results,omitempty"`
}

// everyOperation runs the scripts of the conformance suite by another SDK; the steps about a call on a live one.
func everyOperation(t *testing.T, interpreter, judge string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	state := judgement{Known: conformance.Variables("judge", hookARN), Lacks: map[string]string{}}
	play := func(script, moment string) {
		t.Helper()
		text, err := conformance.Script(script)
		must(t, err)
		state.Script = text
		in, err := json.Marshal(state)
		must(t, err)
		cmd := exec.CommandContext(ctx, interpreter, judge, "http://"+n.API, moment)
		cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret)
		var stderr bytes.Buffer
		cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", script, moment, err, stderr.String())
		}
		state = judgement{}
		must(t, json.Unmarshal(out, &state))
		asExpected(t, state.Results)
		if len(state.Results) == 0 {
			t.Errorf("%s %s: no step was run", script, moment)
		}
	}
	for _, script := range conformance.Scripts() {
		if script != "tasks" {
			play(script, "")
		}
	}
	play("tasks", "before")
	c := dial(ctx, t, n.SIP[0], "s2_enrol")
	started := hook.wait(ctx, t, "the caller's stream", func(e event) bool {
		return of(c.TransactionID, "STARTED")(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller
	})
	state.Known["transaction"], state.Known["stream"] = c.TransactionID, started.Detail.StreamARN
	play("tasks", "live")
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	play("tasks", "over")
}
