package environment_test

import (
	"log/slog"
	"strings"
	"testing"

	"timbre/environment"
)

func TestOutageIsOneLineAndItsEndAnotherWithTheNumber(t *testing.T) {
	var text strings.Builder
	log := slog.New(slog.NewTextHandler(&text, nil))
	var o environment.Outage
	o.Over(log, "works again")
	for range 2 {
		for range 3 {
			o.Failed(log, "fails", "error", "disk full")
		}
		o.Over(log, "works again", "of", "x")
		o.Over(log, "works again")
	}
	got := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(got) != 4 {
		t.Fatalf("got %d lines, want 4:\n%s", len(got), text.String())
	}
	for i, want := range []string{`msg=fails error="disk full"`, `msg="works again" of=x failures=3`} {
		if !strings.Contains(got[i], want) || !strings.Contains(got[i+2], want) {
			t.Errorf("got %q and %q, want %s", got[i], got[i+2], want)
		}
	}
}
