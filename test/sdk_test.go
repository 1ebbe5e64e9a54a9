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
	"timbre/test/needs"
)

// sdkRunner is an SDK other than Go's, with the program that runs conformance scripts by it.
type sdkRunner struct{ interpreter, program string }

func boto3(t *testing.T) sdkRunner {
	t.Helper()
	exe, err := filepath.Abs(filepath.Join("..", ".venv", "bin", "python"))
	must(t, err)
	needs.Program(t, exe, "the tests' Python environment (make test makes it)")
	return sdkRunner{exe, filepath.Join("boto3", "operations.py")}
}

// javaScript is the AWS SDK for JavaScript, version 3.
func javaScript(t *testing.T) sdkRunner {
	t.Helper()
	needs.Program(t, "node", "node (Debian's package nodejs)")
	needs.Program(t, filepath.Join("js", "node_modules", "@aws-sdk", "client-chime-sdk-voice", "package.json"), "the AWS SDK for JavaScript (make test installs it)")
	return sdkRunner{"node", filepath.Join("js", "operations.mjs")}
}

// Every operation with an effect on calls succeeds and fails by boto3 as by the SDK for Go.
func TestBoto3RunsEveryOperation(t *testing.T) { everyOperation(t, boto3(t)) }

// The same by the SDK for JavaScript.
func TestJavaScriptRunsEveryOperation(t *testing.T) { everyOperation(t, javaScript(t)) }

// scriptState is the input and output of a runner's program.
type scriptState struct {
	Script  json.RawMessage      `json:"script,omitempty"`
	Known   map[string]any       `json:"known"`
	Results []conformance.Result `json:"results,omitempty"`
}

func newScriptState() scriptState {
	return scriptState{Known: conformance.Variables("judge", hookARN)}
}

// play runs the steps of a script for one moment of a call, signed with a key, and updates the variables.
func (r sdkRunner) play(ctx context.Context, t *testing.T, endpoint, key string, script []byte, moment string, state *scriptState) {
	t.Helper()
	state.Script = script
	in, err := json.Marshal(state)
	must(t, err)
	cmd := exec.CommandContext(ctx, r.interpreter, r.program, "http://"+endpoint, moment)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+key, "AWS_SECRET_ACCESS_KEY="+secret)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.program, err, stderr.String())
	}
	*state = scriptState{}
	must(t, json.Unmarshal(out, state))
	checkResults(t, state.Results)
	if len(state.Results) == 0 {
		t.Error("got no results, want one a step")
	}
}

// everyOperation runs the conformance scripts by another SDK, with a live call for the steps about calls.
func everyOperation(t *testing.T, sdk sdkRunner) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	state := newScriptState()
	play := func(script, moment string) {
		t.Helper()
		text, err := conformance.Script(script)
		must(t, err)
		sdk.play(ctx, t, n.API, keyID, text, moment, &state)
	}
	for _, script := range conformance.Scripts() {
		if script != "tasks" {
			play(script, "")
		}
	}
	play("tasks", "before")
	c := placeCall(ctx, t, n.SIP[0], "s2_enrol")
	started := hook.wait(ctx, t, "the caller's stream", func(e event) bool {
		return of(c.TransactionID, "STARTED")(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller
	})
	state.Known["transaction"], state.Known["stream"] = c.TransactionID, started.Detail.StreamARN
	play("tasks", "live")
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	play("tasks", "over")
}
