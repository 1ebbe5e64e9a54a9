package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The golden events are what the server sends: see the tests of package event. Consumers in the field read them with the formats that the
// readers of this test use.
func TestConsumersReadGoldenEvents(t *testing.T) {
	golden, err := filepath.Glob("../event/testdata/*.json")
	must(t, err)
	out, err := exec.Command("python3", "consumer/read.py", "../event/testdata").CombinedOutput()
	if want := fmt.Sprintf("%d events read", len(golden)); err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("got %s (%v), want %q", out, err, want)
	}
}

// An event that a consumer cannot read fails the readers, so that they prove something.
func TestConsumersRefuseOtherForms(t *testing.T) {
	for name, c := range map[string]struct{ golden, from, to string }{
		"microseconds":      {"streaming_started", `45Z"`, `45.563441Z"`},
		"an id that is not": {"pipeline_created", `"id":"6f0c`, `"id":"Id-6f0c`},
		"no fraction":       {"tone", `45.563Z"`, `45Z"`},
		"a score as text":   {"tone", `"positive":0.13`, `"positive":"0.13"`},
		"fields nested":     {"ready", `"callId":`, `"call":`},
		"confidence text":   {"identified", `0.94567853`, `"0.94567853"`},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile("../event/testdata/" + c.golden + ".json")
			must(t, err)
			if !strings.Contains(string(b), c.from) {
				t.Fatalf("%s has no %s", c.golden, c.from)
			}
			folder := t.TempDir()
			must(t, os.WriteFile(filepath.Join(folder, "event.json"), []byte(strings.ReplaceAll(string(b), c.from, c.to)), 0o600))
			if out, err := exec.Command("python3", "consumer/read.py", folder).CombinedOutput(); err == nil {
				t.Errorf("got %s, want a failure", out)
			}
		})
	}
}
