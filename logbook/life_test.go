package logbook

import (
	"bufio"
	"context"
	"io"
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
	if n, err := l.Sweep(func() []environment.Span { return outlived }); n != 0 || err != nil {
		t.Errorf("without logs: got %d, %v, want none", n, err)
	}
	keptFor(l, now, 9, -4000, 8, 7, 1, 0)
	old := filepath.Join(folder, "c1", sipLog+before)
	keptFor(l, now)
	if err := os.WriteFile(old, []byte(`{"event_timestamp":1}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Sweep(func() []environment.Span { return outlived }); n != 3 || err != nil {
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
	if n, err := l.Sweep(func() []environment.Span { return outlived }); n != 0 || err != nil {
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
	if n, err := l.Sweep(func() []environment.Span { return nil }); n != 1 || err != nil {
		t.Errorf("got %d logs, %v, want 1", n, err)
	}
	if n := len(lines(t, path)); n != 1 {
		t.Errorf("got %d lines, want 1", n)
	}
}

func TestLogsGoWithTheirConnector(t *testing.T) {
	for name, erase := range map[string]func(l *Logs){
		"at once":                func(l *Logs) { l.Forget("c1") },
		"after a restart, swept": func(l *Logs) { _, _ = l.Sweep(func() []environment.Span { return nil }) },
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

// slow lets a test look while it is asked for the configuration of a connector.
type slow struct {
	settings
	asked, goOn chan struct{}
}

func (s slow) Logging(ctx context.Context, id string) (timbre.Logging, error) {
	if id == "slow" {
		s.asked <- struct{}{}
		<-s.goOn
	}
	return s.settings.Logging(ctx, id)
}

func TestLogsDoNotWaitForEachOther(t *testing.T) {
	s := slow{settings{"slow": {SIP: true}, "c1": {SIP: true}}, make(chan struct{}), make(chan struct{})}
	l, folder, _ := newLogs(t, 0, nil)
	l.settings = s
	written := make(chan struct{})
	go func() {
		defer close(written)
		l.Message("slow", "call", text("x"))
	}()
	<-s.asked // whether at all
	s.goOn <- struct{}{}
	<-s.asked // whether still, under the lock of the log
	l.Message("c1", "call", text("x"))
	l.Forget("c2")
	if n := len(lines(t, filepath.Join(folder, "c1", sipLog))); n != 1 {
		t.Errorf("got %d lines, want 1", n)
	}
	s.goOn <- struct{}{}
	<-written
	if n := len(l.locks.of); n != 0 {
		t.Errorf("got %d locks left, want none", n)
	}
}

func TestLinesAreAddedWhileALogIsSwept(t *testing.T) {
	now := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	outlived := []environment.Span{{After: environment.Ever, Until: now.AddDate(0, 0, -7)}}
	for name, c := range map[string]struct {
		ago     []int
		size    int64
		shorter bool
		lines   int
	}{
		"added":                  {[]int{9, 0}, 0, true, 2},
		"added to one that goes": {[]int{9}, 0, true, 1},
		"begun anew":             {[]int{9, 0}, 300, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l, folder, _ := newLogs(t, c.size, settings{"c1": {SIP: true}})
			keptFor(l, now, c.ago...)
			old, size, err := l.open("c1", sipLog)
			if err != nil {
				t.Fatal(err)
			}
			defer old.Close()
			kept, err := os.Create(filepath.Join(t.TempDir(), "kept"))
			if err != nil {
				t.Fatal(err)
			}
			defer kept.Close()
			keptFor(l, now, 0)
			if err := copyKept(kept, bufio.NewReader(io.LimitReader(old, size)), outlived); err != nil {
				t.Fatal(err)
			}
			if shorter, err := replace(old, kept); shorter != c.shorter || err != nil {
				t.Errorf("got shorter %v, %v, want %v", shorter, err, c.shorter)
			}
			if n := len(lines(t, filepath.Join(folder, "c1", sipLog))); n != c.lines {
				t.Errorf("got %d lines, want %d", n, c.lines)
			}
		})
	}
}
