package notify

import (
	"errors"
	"fmt"
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

func TestDeadLettersOfMoreTargetsThanAreToldApartAreCountedTogether(t *testing.T) {
	var text strings.Builder
	h := newHealth(slog.New(slog.NewTextHandler(&text, nil)))
	now := time.Unix(1000, 0)
	for i := range 3 * maxDeaths {
		h.died(timbre.Pending{Notice: timbre.Notice{Target: fmt.Sprint(i)}}, timbre.CauseRefused, errors.New("no"), now)
	}
	if got := strings.Count(text.String(), "\n"); got != maxDeaths+1 || len(h.deaths) != maxDeaths+1 {
		t.Errorf("got %d lines and %d targets remembered, want those of %d and one of the others", got, len(h.deaths), maxDeaths)
	}
	h.died(timbre.Pending{Notice: timbre.Notice{Target: "late"}}, timbre.CauseRefused, errors.New("no"), now.Add(logEvery))
	if len(h.deaths) != 1 {
		t.Errorf("got %d targets remembered a minute later, want 1", len(h.deaths))
	}
}

func TestATargetThatFlapsIsALineAnHourAndOneAtTheEnd(t *testing.T) {
	var text strings.Builder
	h := newHealth(slog.New(slog.NewTextHandler(&text, nil)))
	now := time.Unix(1000, 0)
	for range 2 * 360 { // two hours
		h.failing("a", errors.New("no"), now)
		h.succeeded("a", now.Add(time.Second))
		now = now.Add(10 * time.Second)
	}
	h.succeeded("a", now.Add(logEvery))
	for line, want := range map[string]int{
		"msg=\"notification target fails": 1, "msg=\"notification target still fails\" target=a failures=360": 1,
		"msg=\"notification target works again\" target=a failures=359": 1, "\n": 3,
	} {
		if got := strings.Count(text.String(), line); got != want {
			t.Errorf("%q: got %d lines, want %d:\n%s", line, got, want, text.String())
		}
	}
}
