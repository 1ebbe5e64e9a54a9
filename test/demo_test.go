package test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"timbre/cmd/timbre/demo"
)

// The demo, as a newcomer runs it but faster: every result is right.
func TestDemoNamesEveryCaller(t *testing.T) {
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), exe, "demo", "--json", "--speed", "16")
	cmd.Stderr = testWriter{t}
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("the demo failed: %v", err)
	}
	var r demo.Result
	must(t, json.Unmarshal(out, &r))
	known := 0
	for _, c := range r.Calls {
		if !c.Right || !c.Confirmed {
			t.Errorf("%s: got name %q", c.Caller, c.Identified)
		}
		if c.Second && c.Identified != "" {
			known++
		}
	}
	if len(r.People) != 3 || len(r.Calls) != 6 || known != 2 {
		t.Errorf("got %d people, %d calls, %d identified; want 3, 6, 2", len(r.People), len(r.Calls), known)
	}
}

// The demo of bad lines: no caller is misnamed, and only a hopeless line leaves one without a name.
func TestDemoNamesCallersOnBadLines(t *testing.T) {
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), exe, "demo", "--lines", "--json", "--speed", "8")
	cmd.Stderr = testWriter{t}
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("the demo failed: %v", err)
	}
	var r demo.Result
	must(t, json.Unmarshal(out, &r))
	bad := 0
	for _, c := range r.Calls {
		if !c.Right || !c.Confirmed {
			t.Errorf("%s on the line %q: got name %q, message %q", c.Caller, c.Line, c.Identified, c.Message)
		}
		if c.Line != "" {
			bad++
		}
	}
	if len(r.People) != 3 || bad != 8 {
		t.Errorf("got %d people and %d calls on bad lines, want 3 and 8", len(r.People), bad)
	}
}
