package siprec

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"timbre"
)

// vector is a message body with the legs, hints and warnings expected of it.
type vector struct {
	contentType, want string
	from              string   // the header of the INVITE
	participants      []string // its headers RecordingParticipant
	group             string
	hints             []string // calling and called parties by extensions
	warn              []string
	body              []byte
}

func readVector(raw []byte) vector {
	head, body, _ := bytes.Cut(raw, []byte("\n\n"))
	v := vector{body: body}
	for line := range strings.Lines(string(head)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "Content-Type":
			v.contentType = value
		case "From":
			v.from = value
		case RecordingParticipant:
			v.participants = append(v.participants, value)
		case "Want":
			v.want = value
		case "Group":
			v.group = value
		case "Hint":
			v.hints = append(v.hints, value)
		case "Warn":
			v.warn = append(v.warn, value)
		}
	}
	return v
}

func vectors(t testing.TB) map[string]vector {
	t.Helper()
	files, err := filepath.Glob("testdata/dialect/*.txt")
	if err != nil || len(files) < 80 {
		t.Fatalf("got %d vectors, %v", len(files), err)
	}
	all := map[string]vector{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = readVector(raw)
	}
	return all
}

// audioLines are the m-lines of an SDP that carry audio, as far as tests need them.
func audioLines(sdp []byte) []Line {
	var lines []Line
	index, audio := -1, false
	for l := range strings.Lines(string(sdp)) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "m=") {
			index++
			if audio = strings.HasPrefix(l, "m=audio") && !strings.HasPrefix(l, "m=audio 0 "); audio {
				lines = append(lines, Line{Index: index})
			}
		} else if label, ok := strings.CutPrefix(l, "a=label:"); ok && audio {
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
	legs, _, warnings := vector{}.mapped(b)
	return legs, warnings
}

// mapped are the legs of a vector's body and headers.
func (v vector) mapped(b Body) ([]timbre.Leg, *Metadata, []string) {
	m := FromHeaders(v.from, v.participants)
	if b.Metadata != "" {
		m = Parse(b.Metadata)
	}
	legs, doubts := Map(audioLines(b.SDP), m, Known{})
	if m == nil {
		return legs, newMetadata(), doubts
	}
	return legs, m, append(append(b.Warnings, m.Warnings...), doubts...)
}

func TestDialects(t *testing.T) {
	for name, v := range vectors(t) {
		for ending, body := range map[string][]byte{"LF": v.body, "CRLF": bytes.ReplaceAll(v.body, []byte("\n"), []byte("\r\n"))} {
			t.Run(name+" "+ending, func(t *testing.T) {
				b, err := Read(v.contentType, body)
				if err != nil {
					t.Fatal(err)
				}
				legs, m, warnings := v.mapped(b)
				if got := written(legs); got != v.want {
					t.Errorf("got legs %q, want %q; warnings %q", got, v.want, warnings)
				}
				v.check(t, m, warnings)
			})
		}
	}
}

// check compares group, hints and warnings.
func (v vector) check(t *testing.T, m *Metadata, warnings []string) {
	t.Helper()
	if m.Group != v.group {
		t.Errorf("got group %q, want %q", m.Group, v.group)
	}
	if got := hints(m); !slices.Equal(got, v.hints) {
		t.Errorf("got hints %q, want %q", got, v.hints)
	}
	all := strings.Join(warnings, "\n")
	for _, w := range v.warn {
		if !strings.Contains(all, w) {
			t.Errorf("got warnings %q, want %q among them", warnings, w)
		}
	}
	if len(warnings) != len(v.warn) {
		t.Errorf("got %d warnings, want %d: %q", len(warnings), len(v.warn), warnings)
	}
}

// hints are the calling and called parties by extensions, as text.
func hints(m *Metadata) (all []string) {
	for _, p := range m.Participants {
		if p.Calling != Unknown {
			all = append(all, fmt.Sprintf("%s %s", p.ID, map[Tristate]string{Yes: "calls", No: "does not call"}[p.Calling]))
		}
	}
	for _, n := range m.Calling {
		all = append(all, "calling "+n)
	}
	for _, n := range m.Called {
		all = append(all, "called "+n)
	}
	return all
}

func TestMessagesOfOpenSIPS(t *testing.T) {
	files, err := filepath.Glob("testdata/opensips/*.txt")
	if err != nil || len(files) != 6 {
		t.Fatalf("got %d recorded messages, %v", len(files), err)
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
			t.Errorf("%s: got %s with warnings %q", file, got, warnings)
		}
		if legs[0].Label != "1" || legs[1].Label != "0" {
			t.Errorf("%s: got labels %q and %q, want 1 and 0", file, legs[0].Label, legs[1].Label)
		}
	}
}
