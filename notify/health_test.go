package notify

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"timbre"
)

func TestDeadLettersOfATargetAreOneLineAMinuteWithTheirNumber(t *testing.T) {
	var text strings.Builder
	h := newHealth(slog.New(slog.NewTextHandler(&text, nil)))
	now := time.Unix(1000, 0)
	for _, at := range []time.Duration{0, time.Second, 59 * time.Second, time.Minute} {
		for _, target := range []string{"a", "b"} {
			h.died(timbre.Pending{Notice: timbre.Notice{ID: "x", Target: target}}, timbre.CauseRefused, errors.New("no"), now.Add(at))
		}
	}
	for _, target := range []string{"a", "b"} {
		first, second := strings.Count(text.String(), "target="+target+" cause=refused attempts=1 others_before=0"), strings.Count(text.String(), "target="+target+" cause=refused attempts=1 others_before=2")
		if first != 1 || second != 1 {
			t.Errorf("%s: got %d first lines and %d that count two others, want 1 and 1:\n%s", target, first, second, text.String())
		}
	}
}
