package siprec

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
)

// vector is a message body with what is expected of it.
type vector struct {
	contentType, want string
	warn              []string
	body              []byte
}

func vectors(t testing.TB) map[string]vector {
	t.Helper()
	files, err := filepath.Glob("testdata/dialect/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d vectors, %v", len(files), err)
	}
	all := map[string]vector{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := bytes.Cut(raw, []byte("\n\n"))
		v := vector{body: body}
		for line := range strings.Lines(string(head)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch key {
			case "Content-Type":
				v.contentType = value
			case "Want":
				v.want = value
			case "Warn":
				v.warn = append(v.warn, value)
			}
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = v
	}
	return all
}

// audioLines are the m-lines of an SDP, well enough for tests.
func audioLines(sdp []byte) []Line {
	var lines []Line
	for l := range strings.Lines(string(sdp)) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "m=audio") {
			lines = append(lines, Line{Index: len(lines)})
		} else if label, ok := strings.CutPrefix(l, "a=label:"); ok && len(lines) > 0 {
			lines[len(lines)-1].Label = strings.TrimSpace(label)
		}
	}
	return lines
}

func written(legs []timbre.Leg) string {
	var s []string
	for _, l := range legs {
		party := l.Party
		if party == "" {
			party = "-"
		}
		s = append(s, fmt.Sprintf("%d %s %s", l.Index, l.Side, party))
	}
	return strings.Join(s, ", ")
}

func mapped(b Body) ([]timbre.Leg, []string) {
	if b.Metadata == "" {
		return Map(audioLines(b.SDP), nil, "")
	}
	m := Parse(b.Metadata)
	legs, warnings := Map(audioLines(b.SDP), m, "")
	return legs, append(m.Warnings, warnings...)
}

func TestEveryDialectIsUnderstood(t *testing.T) {
	for name, v := range vectors(t) {
		for ending, body := range map[string][]byte{"LF": v.body, "CRLF": bytes.ReplaceAll(v.body, []byte("\n"), []byte("\r\n"))} {
			t.Run(name+" "+ending, func(t *testing.T) {
				b, err := Read(v.contentType, body)
				if err != nil {
					t.Fatal(err)
				}
				legs, warnings := mapped(b)
				if got := written(legs); got != v.want {
					t.Errorf("legs %q, want %q; warnings %q", got, v.want, warnings)
				}
				all := strings.Join(warnings, "\n")
				for _, w := range v.warn {
					if !strings.Contains(all, w) {
						t.Errorf("no warning of %q in %q", w, warnings)
					}
				}
				if len(v.warn) == 0 && len(warnings) > 0 {
					t.Errorf("a warning for nothing: %q", warnings)
				}
			})
		}
	}
}

func TestARealClientIsUnderstood(t *testing.T) {
	files, err := filepath.Glob("testdata/opensips/*.txt")
	if err != nil || len(files) != 6 {
		t.Fatalf("%d recorded messages, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		b, err := Read("multipart/mixed;boundary=OSS-unique-boundary-42", body)
		if err != nil {
			t.Fatal(err)
		}
		legs, warnings := mapped(b)
		if got := written(legs); got != "0 caller sip:+13605550100@127.0.0.1:5080, 1 callee sip:+12065550199@127.0.0.1:5060" || len(warnings) > 0 {
			t.Errorf("%s: %s, %q", file, got, warnings)
		}
		if legs[0].Label != "1" || legs[1].Label != "0" {
			t.Errorf("%s: labels %q and %q", file, legs[0].Label, legs[1].Label)
		}
	}
}
