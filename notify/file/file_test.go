package file_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/file"
)

const events = "arn:timbre:file:us-east-1:000000000000:events"

func open(t *testing.T) (s *file.Sink, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "events.jsonl")
	return file.New(environment.Environment{}, file.Config{Files: map[string]string{"events": path}}, file.Deps{}), path
}

func notice(id string) timbre.Notice {
	return timbre.Notice{ID: id, Key: "task", Target: events, Payload: fmt.Appendf(nil, `{"id":%q}`, id)}
}

func wantText(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func send(t *testing.T, s *file.Sink, ids ...string) {
	t.Helper()
	var notices []timbre.Notice
	for _, id := range ids {
		notices = append(notices, notice(id))
	}
	for _, err := range s.SendBatch(t.Context(), notices) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A file that is renamed, as by logrotate, is made anew.
func TestLinesAreAppendedAndAFileCanBeRenamed(t *testing.T) {
	s, path := open(t)
	send(t, s, "1", "2")
	send(t, s, "3")
	wantText(t, path, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	send(t, s, "4")
	wantText(t, path, "{\"id\":\"4\"}\n")
}

func TestTornLineOfACrashIsCutOff(t *testing.T) {
	for name, torn := range map[string]string{"short": `{"id":`, "long": `{"id":"` + strings.Repeat("x", 9000), "none": ""} {
		t.Run(name, func(t *testing.T) {
			s, path := open(t)
			if err := os.WriteFile(path, []byte("{\"id\":\"1\"}\n"+torn), 0o600); err != nil {
				t.Fatal(err)
			}
			send(t, s, "2")
			wantText(t, path, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n")
		})
	}
}

func TestEventOfSeveralLinesBecomesOne(t *testing.T) {
	s, path := open(t)
	n := notice("1")
	n.Payload = []byte("{\n \"id\": \"1\"\n}")
	if err := s.Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	wantText(t, path, "{\"id\":\"1\"}\n")
}

// An event that cannot be a line is refused alone.
func TestEventThatIsNotJSONIsRefusedAlone(t *testing.T) {
	s, path := open(t)
	notices := []timbre.Notice{notice("1"), notice("2"), notice("3")}
	notices[1].Payload = []byte(`{"id":`)
	errs := s.SendBatch(t.Context(), notices)
	if errs[0] != nil || errs[2] != nil || errs[1] == nil || notify.FailureOf(errs[1]).Kind != notify.Refused {
		t.Errorf("got %v, want the second refused", errs)
	}
	wantText(t, path, "{\"id\":\"1\"}\n{\"id\":\"3\"}\n")
}

func TestFailuresHaveTheirKinds(t *testing.T) {
	s, path := open(t)
	lost := notice("1")
	lost.Target = strings.Replace(events, ":events", ":lost", 1)
	if err := s.Send(t.Context(), lost); err == nil || notify.FailureOf(err).Kind != notify.Refused || !strings.Contains(err.Error(), "lost") {
		t.Errorf("got %v, want a refusal that names the file", err)
	}
	if s.Check(lost.Target) == nil || s.Check(events) != nil {
		t.Error("got the wrong target checked, want events alone known")
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), notice("1")); err == nil || notify.FailureOf(err).Kind != notify.ForNow || strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want a failure for now without the path", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, notice("1")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of the context", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	send(t, s, "2")
	wantText(t, path, "{\"id\":\"2\"}\n")
}

// What is no file could block for ever, as a pipe without a reader does.
func TestOnlyRegularFilesAreWritten(t *testing.T) {
	s := file.New(environment.Environment{}, file.Config{Files: map[string]string{"events": os.DevNull}}, file.Deps{})
	if err := s.Send(t.Context(), notice("1")); err == nil || notify.FailureOf(err).Kind != notify.ForNow {
		t.Errorf("got %v, want a failure for now", err)
	}
}

func TestConcurrentBatchesStayWhole(t *testing.T) {
	s, path := open(t)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() { send(t, s, fmt.Sprint(i, "a"), fmt.Sprint(i, "b")) })
	}
	all.Wait()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 32 {
		t.Fatalf("got %d lines, want 32", len(lines))
	}
	for i := 0; i < len(lines); i += 2 {
		if a, b := lines[i], lines[i+1]; strings.Replace(a, "a", "b", 1) != b {
			t.Errorf("got %s beside %s, want batches whole", a, b)
		}
	}
}
