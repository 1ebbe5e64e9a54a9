package environment_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"timbre/environment"
)

func TestWhatHappensAgainIsALineAMinuteWithTheNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		log := slog.New(slog.NewTextHandler(&text, nil))
		tally := environment.NewTally()
		go tally.Run(t.Context())
		for range 100 {
			tally.Count(log, "forbidden", "refused", "source", "192.0.2.1")
			tally.CountAt(log, slog.LevelInfo, "get", "read")
		}
		<-time.After(61 * time.Second) // of the bubble
		for range 3 {
			tally.Count(log, "forbidden", "refused")
		}
		<-time.After(5 * time.Minute)
		tally.Count(log, "forbidden", "refused")
		<-time.After(2 * time.Minute)
		want := []string{
			"level=WARN msg=refused source=192.0.2.1", "level=INFO msg=read", `level=WARN msg="refused again" kind=forbidden times=99`,
			`level=INFO msg="read again" kind=get times=99`, `level=WARN msg="refused again" kind=forbidden times=3`, "level=WARN msg=refused",
		}
		synctest.Wait()
		got := strings.Split(strings.TrimSpace(text.String()), "\n")
		if len(got) != len(want) {
			t.Fatalf("got %d lines, want %d:\n%s", len(got), len(want), text.String())
		}
		for _, w := range want { // sums of one instant have no order
			if !strings.Contains(text.String(), w) {
				t.Errorf("got no %q in\n%s", w, text.String())
			}
		}
	})
}

func TestKeysThatPeersChooseAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		log := slog.New(slog.NewTextHandler(&text, nil))
		tally := environment.NewTally()
		go tally.Run(t.Context())
		for i := range 5000 {
			tally.Count(log, fmt.Sprint(i), "refused")
		}
		<-time.After(2 * time.Minute)
		synctest.Wait()
		if got := strings.Count(text.String(), "\n"); got > 1002 {
			t.Errorf("got %d lines for 5000 keys, want about 1000", got)
		}
	})
}
