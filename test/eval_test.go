package test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tool runs the program. It returns its output, its error output, and whether it succeeded.
func tool(ctx context.Context, t *testing.T, args ...string) (out, stderr string, ok bool) {
	t.Helper()
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(ctx, exe, args...)
	var stdout, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &errors
	err = cmd.Run()
	return stdout.String(), errors.String(), err == nil
}

// crowd makes a folder of people: the demo callers, each also at higher rates, which sound like other people. Each has two recordings.
func crowd(t *testing.T, rates ...uint32) string {
	t.Helper()
	dir := t.TempDir()
	for caller := 1; caller <= 5; caller++ {
		for _, rate := range rates {
			person := filepath.Join(dir, fmt.Sprintf("s%d-%d", caller, rate))
			must(t, os.Mkdir(person, 0o700))
			for name, seconds := range map[string]int{"enrol": 9, "second": 7} {
				wav, err := os.ReadFile(filepath.Join("..", "cmd", "timbre", "demo", "calls", fmt.Sprintf("s%d_%s_caller.wav", caller, name)))
				must(t, err)
				at := bytes.Index(wav, []byte("data")) + 8
				wav = wav[:at+seconds*8000]
				binary.LittleEndian.PutUint32(wav[24:], rate)
				binary.LittleEndian.PutUint32(wav[at-4:], uint32(seconds*8000))
				must(t, os.WriteFile(filepath.Join(person, name+".wav"), wav, 0o600))
			}
		}
	}
	return dir
}

// The eval and calibrate commands work as docs/evaluation.md says, on a few recordings.
func TestEvalAndCalibrate(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*timeout)
	defer cancel()
	data := t.TempDir()
	start(t, settings(t, data, newReceiver(t))) // it goes on running
	few := crowd(t, 8000)
	short := []string{"--data", data, "--enrol", "4s", "--test", "3s", "--pieces", "1"}
	run := func(args ...string) (string, string, bool) {
		t.Helper()
		return tool(ctx, t, append(args, short...)...)
	}

	page, scores := filepath.Join(data, "report.html"), filepath.Join(data, "scores.csv")
	out, stderr, ok := run("eval", few, "--json", "--html", page, "--scores", scores)
	var report struct {
		People  int
		Overall struct {
			Targets, NonTargets int
			EER                 struct{ Value, Low, High *float64 }
		}
	}
	if !ok || json.Unmarshal([]byte(out), &report) != nil || report.People != 5 || report.Overall.Targets != 5 || report.Overall.NonTargets != 20 || report.Overall.EER.High == nil {
		t.Fatalf("eval: got %s %s, want figures of 5 people", out, stderr)
	}
	html, err := os.ReadFile(page)
	must(t, err)
	if n := strings.Count(string(html), "<svg"); n != 4 {
		t.Errorf("got %d plots in the page, want 4", n)
	}
	csv, err := os.ReadFile(scores)
	must(t, err)
	if n := strings.Count(string(csv), "\n"); n != 26 {
		t.Errorf("got %d lines of scores, want a head and 25 trials", n)
	}

	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"too few people":    {[]string{"calibrate", few}, "5 people of at least 30; 25 more with two recordings on different days each are needed"},
		"nothing named":     {[]string{"calibrate"}, "name a folder or a list of trials"},
		"no such folder":    {[]string{"eval", filepath.Join(few, "none")}, "no such file"},
		"no such domain":    {[]string{"calibrate", few, "--domain", "0f1e2d3c-0000-4000-8000-000000000001"}, "0f1e2d3c-0000-4000-8000-000000000001"},
		"a person too few":  {[]string{"eval", filepath.Join(few, "s1-8000")}, "at least 2 are needed"},
		"no tone subfolder": {[]string{"eval", "--tone", few}, "positive, neutral, negative"},
	} {
		t.Run(name, func(t *testing.T) {
			if out, stderr, ok := run(c.args...); ok || !strings.Contains(stderr, c.want) {
				t.Errorf("got %s %s, want it refused: %s", out, stderr, c.want)
			}
		})
	}

	out, stderr, ok = run("calibrate", crowd(t, 8000, 8700, 9400, 10200, 11000, 12000))
	if !ok || !strings.Contains(out, "Stored as version 1 of server") {
		t.Fatalf("calibrate: got %s %s, want it stored", out, stderr)
	}
	listed := func(want string) {
		t.Helper()
		if out, stderr, ok := tool(ctx, t, "calibrate", "list", "--data", data); !ok || !strings.Contains(out, want) {
			t.Errorf("list: got %s %s, want %q", out, stderr, want)
		}
	}
	listed("in use")
	if out, _, _ := run("eval", few); !strings.Contains(out, "calibration of server, version 1") {
		t.Errorf("eval: got %s, want the fitted calibration used", out)
	}
	if out, stderr, ok := tool(ctx, t, "calibrate", "revoke", "--data", data); !ok || !strings.Contains(out, "Version 1 of server is revoked") {
		t.Errorf("revoke: got %s %s", out, stderr)
	}
	listed("revoked 2")
	if out, _, _ := run("eval", few); !strings.Contains(out, "calibration of the model") {
		t.Errorf("eval: got %s, want the model's calibration again", out)
	}
}
