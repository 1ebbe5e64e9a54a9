package transport

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"timbre/environment"
)

func TestAFloodOfRefusalsIsALineForEachReason(t *testing.T) {
	var lines strings.Builder
	v := &verdicts{}
	s, err := New(environment.Environment{Log: slog.New(slog.NewTextHandler(&lines, nil))}, Config{}, Deps{Sources: v, Handle: ok})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, v.unknown = range []bool{true, false} {
		for range 1000 {
			s.Refuse(request(t, askedBy("INVITE")), &transaction{}, Refuse(403, "forbidden", "x"))
			s.Refuse(request(t, askedBy("INVITE")), &transaction{}, Refuse(404, "no_connector", "x"))
			s.unparsable("192.0.2.1", errors.New("no"))
		}
	}
	if got := strings.Count(lines.String(), "\n"); got != 5 {
		t.Errorf("got %d lines, want one for each of two reasons, of strangers and of known peers, and one of what cannot be parsed:\n%s", got, lines.String())
	}
}

func TestAnotherVersionIsRefusedInThisOne(t *testing.T) {
	req := request(t, strings.Replace(askedBy("INVITE"), "SIP/2.0\r\n", "SIP/3.0\r\n", 1))
	if got := Refuse(505, "malformed", "x").Response(req).String(); !strings.HasPrefix(got, "SIP/2.0 505 ") {
		t.Errorf("got\n%s\nwant SIP/2.0", got)
	}
}

func askedBy(method string) string { return text(method, "127.0.0.1:5099") }
