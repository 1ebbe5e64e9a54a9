package logbook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

// keptFor writes a line of each of some days into both logs of a connector.
func keptFor(l *Logs, now time.Time, ago ...int) {
	for _, days := range ago {
		l.env.Now = func() time.Time { return now.AddDate(0, 0, -days) }
		l.Message("c1", "call", text("x"))
		l.Reception("c1", timbre.Reception{})
	}
}

func TestSweepErasesLinesOfExpiredDays(t *testing.T) {
	now := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	l, folder, _ := newLogs(t, 0, settings{"c1": {SIP: true, Media: true}})
	outlived := []environment.Span{{After: environment.Ever, Until: now.AddDate(0, 0, -7)}, {After: now.AddDate(1, 0, 0), Until: environment.Never}}
	if n, err := l.Sweep(outlived); n != 0 || err != nil {
		t.Errorf("without logs: got %d, %v, want none", n, err)
	}
	keptFor(l, now, 9, -4000, 8, 7, 1, 0)
	old := filepath.Join(folder, "c1", sipLog+before)
	keptFor(l, now)
	if err := os.WriteFile(old, []byte(`{"event_timestamp":1}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Sweep(outlived); n != 3 || err != nil {
		t.Errorf("got %d logs, %v, want 3", n, err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("got %v for a log whose days are all over, want it gone", err)
	}
	for _, name := range []string{sipLog, mediaLog} {
		path := filepath.Join(folder, "c1", name)
		if n := len(lines(t, path)); n != 3 { // the day of the end of the life is not over
			t.Errorf("%s: got %d lines, want 3", name, n)
		}
		if is, err := os.Stat(path); err != nil || is.Mode().Perm() != 0o600 {
			t.Errorf("%s: got mode %v, %v, want 0600", name, is.Mode(), err)
		}
	}
	if n, err := l.Sweep(outlived); n != 0 || err != nil {
		t.Errorf("a second time: got %d logs, %v, want none written anew", n, err)
	}
	if all, _ := filepath.Glob(filepath.Join(folder, "c1", ".new*")); len(all) != 0 {
		t.Errorf("got %v left behind", all)
	}
}

// A process that ends in the middle of a line leaves one that is none.
func TestSweepErasesWhatIsNoLine(t *testing.T) {
	now := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	l, folder, _ := newLogs(t, 0, settings{"c1": {SIP: true}})
	path := filepath.Join(folder, "c1", sipLog)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"event_timest`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	keptFor(l, now, 0)
	if n, err := l.Sweep(nil); n != 1 || err != nil {
		t.Errorf("got %d logs, %v, want 1", n, err)
	}
	if n := len(lines(t, path)); n != 1 {
		t.Errorf("got %d lines, want 1", n)
	}
}

func TestLogsGoWithTheirConnector(t *testing.T) {
	for name, erase := range map[string]func(l *Logs){
		"at once":                func(l *Logs) { l.Forget("c1") },
		"after a restart, swept": func(l *Logs) { _, _ = l.Sweep(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			s := settings{"c1": {SIP: true, Media: true}, "c2": {SIP: true}}
			l, folder, _ := newLogs(t, 300, s)
			for range 9 {
				keptFor(l, time.Now(), 0)
			}
			l.Message("c2", "call", text("x"))
			delete(s, "c1")
			erase(l)
			keptFor(l, time.Now(), 0) // such as the end of its last call
			all, _ := filepath.Glob(filepath.Join(folder, "*"))
			if got := strings.Join(all, " "); got != filepath.Join(folder, "c2") {
				t.Errorf("got %s, want the logs of c2 alone", got)
			}
		})
	}
}

func TestNoLogsAreWrittenIfTheyAreKeptForNoTime(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "logs")
	l := New(environment.Environment{}, Config{Folder: folder, Off: true}, settings{"c1": {SIP: true, Media: true}})
	keptFor(l, time.Now(), 0)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("got %v, want no folder", err)
	}
}
