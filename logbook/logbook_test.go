package logbook

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

type settings map[string]timbre.Logging

func (s settings) Logging(_ context.Context, id string) (timbre.Logging, error) {
	if l, ok := s[id]; ok {
		return l, nil
	}
	return timbre.Logging{}, timbre.Errorf(timbre.NotFound, "", "no connector")
}

type text string

func (t text) String() string { return string(t) }

func newLogs(t *testing.T, maxSize int64, s settings) (*Logs, string, *bytes.Buffer) {
	log, folder := &bytes.Buffer{}, filepath.Join(t.TempDir(), "logs")
	env := environment.Environment{
		Region: "us-east-1", Log: slog.New(slog.NewTextHandler(log, nil)),
		Now: func() time.Time { return time.UnixMilli(1795571803280) },
	}
	return New(env, Config{Folder: folder, MaxSize: maxSize}, s), folder, log
}

func lines(t *testing.T, path string) (list []map[string]any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		list = append(list, m)
	}
	return list
}

// wantFields compares the fields of the only line of a log that want names.
func wantFields(t *testing.T, path string, want map[string]any) {
	t.Helper()
	got := lines(t, path)
	if len(got) != 1 {
		t.Fatalf("%s: got %d lines, want 1", path, len(got))
	}
	for name, value := range want {
		if got[0][name] != value {
			t.Errorf("%s: got %s %v, want %v", path, name, got[0][name], value)
		}
	}
}

func TestConfigurationTakesEffectWithNextLine(t *testing.T) {
	s := settings{"c1": {SIP: true}, "c2": {Media: true}}
	b, folder, _ := newLogs(t, 0, s)
	const invite = "INVITE sip:x SIP/2.0\r\n\r\n\"é\""
	for _, c := range []string{"c1", "c2", "none"} {
		b.Message(c, "call@pbx", text(invite))
		b.Reception(c, timbre.Reception{TransactionID: "tx", From: "+1", To: "+2", Label: "1", Codec: "PCMU", Packets: 3000, Jitter: 1234567})
	}
	sipLog, mediaLog := filepath.Join(folder, "c1", "sip.jsonl"), filepath.Join(folder, "c2", "media.jsonl")
	wantFields(t, sipLog, map[string]any{
		"voice_connector_id": "c1", "aws_region": "us-east-1", "event_timestamp": 1795571803280.0, "call_id": "call@pbx", "sip_message": invite,
	})
	if got := len(lines(t, sipLog)[0]); got != 5 {
		t.Errorf("got %d fields in a SIP log line, want 5", got)
	}
	wantFields(t, mediaLog, map[string]any{
		"call_id": "tx", "from_sip_user": "+1", "to_sip_user": "+2", "rtp_packets_received": 3000.0, "codec": "PCMU", "jitter": 1.235, "mos": 4.41,
	})
	all, _ := filepath.Glob(filepath.Join(folder, "*", "*"))
	if len(all) != 2 {
		t.Errorf("got files %v, want the SIP log of c1 and the media log of c2", all)
	}
	for _, path := range all {
		if is, err := os.Stat(path); err != nil || is.Mode().Perm() != 0o600 {
			t.Errorf("%s: got mode %v and error %v, want 0600", path, is.Mode(), err)
		}
	}
	s["c1"] = timbre.Logging{}
	b.Message("c1", "again", text("x"))
	if got := len(lines(t, sipLog)); got != 1 {
		t.Errorf("got %d lines after logging was disabled, want 1", got)
	}
}

func TestLogIsRotated(t *testing.T) {
	const maxSize = 2000
	b, folder, _ := newLogs(t, maxSize, settings{"c1": {SIP: true}})
	for range 100 {
		b.Message("c1", "call", text(strings.Repeat("x", 100)))
	}
	paths, _ := filepath.Glob(filepath.Join(folder, "c1", "*"))
	if len(paths) != 2 {
		t.Fatalf("%v", paths)
	}
	for _, path := range paths {
		is, err := os.Stat(path)
		if err != nil || is.Size() > maxSize {
			t.Errorf("%s: %d bytes, %v", path, is.Size(), err)
		}
		if len(lines(t, path)) == 0 {
			t.Errorf("%s is empty", path)
		}
	}
}

func TestFirstFailureInARowIsLogged(t *testing.T) {
	b, folder, log := newLogs(t, 0, settings{"c1": {SIP: true}})
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	for range 3 {
		b.Message("c1", "call", text("x"))
	}
	if n := strings.Count(log.String(), "cannot write"); n != 1 {
		t.Errorf("got %d log lines, want 1", n)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	b.Message("c1", "call", text("x"))
	if n := len(lines(t, filepath.Join(folder, "c1", "sip.jsonl"))); n != 1 {
		t.Errorf("got %d lines after the failure, want 1", n)
	}
}

func TestMessagesOfACallAreRead(t *testing.T) {
	l, folder, _ := newLogs(t, 400, settings{"abc": {SIP: true}}) // three lines fill a file
	at := l.env.Now()
	for _, id := range []string{"one", "two", "one", "one", "two"} {
		l.Message("abc", id, text("INVITE of "+id+" sip:\"one\""))
	}
	got, err := l.Messages("abc", "one", time.Time{}, at, 10)
	if err != nil || len(got) == 0 || len(got) > 3 {
		t.Fatalf("got %v, %v, want what the two files have of the call", got, err)
	}
	for _, m := range got {
		if m.Text != "INVITE of one sip:\"one\"" || m.Time.UnixMilli() != 1795571803280 {
			t.Errorf("got %+v", m)
		}
	}
	if got, err := l.Messages("abc", "one", time.Time{}, at, 1); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want one", got, err)
	}
	for _, connector := range []string{"", "none", ".", "..", "../abc", "a/b"} {
		if got, err := l.Messages(connector, "one", time.Time{}, at, 10); err != nil || len(got) != 0 {
			t.Errorf("%q: got %v, %v, want none", connector, got, err)
		}
	}
	path := filepath.Join(folder, "abc", sipLog)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString(`{"call_id":"one","sip_mess`) // cut off by a crash
	_ = f.Close()
	if again, err := l.Messages("abc", "one", time.Time{}, at, 10); err != nil || len(again) != len(got) {
		t.Errorf("got %v, %v, want those before", again, err)
	}
}
