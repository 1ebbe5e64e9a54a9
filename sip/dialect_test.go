package sip

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/siprec"
)

// body is one of siprec's vectors: what a message carries, and what is to be understood.
type body struct {
	head    map[string][]string
	content string
}

func readBody(raw string) body {
	head, content, _ := strings.Cut(raw, "\n\n")
	b := body{map[string][]string{}, content}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		b.head[key] = append(b.head[key], value)
	}
	return b
}

func (b body) one(key string) string { return strings.Join(b.head[key], "") }

func bodies(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("siprec/testdata/" + folder + "/*.txt")
	if err != nil || len(files) < 15 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	all := map[string]string{}
	for _, f := range files {
		all[filepath.Base(f)] = text(t, f)
	}
	return all
}

// invite is the INVITE that carries b.
func (b body) invite() message {
	m := message{
		method: "INVITE", seq: 1, callID: "call-1", from: strings.Replace(b.one("From"), ";tag=1", ";tag=theirs", 1),
		headers: []string{"Require: siprec"}, contentType: b.one("Content-Type"), body: b.content,
	}
	for _, p := range b.head[siprec.RecordingParticipant] {
		m.headers = append(m.headers, siprec.RecordingParticipant+": "+p)
	}
	return m
}

// method of a request within a call that carries b.
func (b body) method() string {
	if strings.Contains(b.content, "m=audio") {
		return "INVITE"
	}
	return "UPDATE"
}

func written(legs []timbre.Leg) string {
	var all []string
	for _, l := range legs {
		party := l.Party
		if party == "" {
			party = "-"
		}
		all = append(all, fmt.Sprintf("%d %s %s", l.Index, l.Side, party))
	}
	return strings.Join(all, ", ")
}

// check compares a call with what is expected of it.
func (b body) check(t *testing.T, name string, legs []timbre.Leg, group string, warnings []string) {
	t.Helper()
	if got := written(legs); got != b.one("Want") {
		t.Errorf("%s: got legs %q, want %q", name, got, b.one("Want"))
	}
	if group != b.one("Group") {
		t.Errorf("%s: got group %q, want %q", name, group, b.one("Group"))
	}
	for _, w := range b.head["Warn"] {
		if !slices.ContainsFunc(warnings, func(s string) bool { return strings.Contains(s, w) }) {
			t.Errorf("%s: got warnings %q, want %q among them", name, warnings, w)
		}
	}
	if len(warnings) != len(b.head["Warn"]) {
		t.Errorf("%s: got warnings %q", name, warnings)
	}
}

func inBubble(f func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, f) }
}

func TestDialects(t *testing.T) {
	for name, raw := range bodies(t, "dialect") {
		t.Run(name, inBubble(func(t *testing.T) {
			s, b := newBench(t), readBody(raw)
			answer := string(s.call(t, b.invite(), true).tx.last().Body())
			c := s.calls.call(0)
			b.check(t, name, c.Legs, c.Group, c.Warnings)
			for line := range strings.Lines(b.content) {
				if label := strings.TrimSpace(line); strings.HasPrefix(label, "a=label:") && !strings.Contains(answer, label+"\r\n") {
					t.Errorf("%s: got no label %s in the answer", name, label)
				}
			}
			if strings.Count(answer, "\r\nm=") != strings.Count(b.content, "\nm=") {
				t.Errorf("%s: got another number of m-lines:\n%s", name, answer)
			}
			s.close()
		}))
	}
}

func TestLegsFollowUpdates(t *testing.T) {
	for name, raw := range bodies(t, "story") {
		t.Run(name, inBubble(func(t *testing.T) {
			s := newBench(t)
			steps := strings.Split(raw, "%%%\n")[1:]
			first := readBody(steps[0])
			a := s.call(t, first.invite(), true)
			c := s.calls.call(0)
			first.check(t, name, c.Legs, c.Group, c.Warnings)
			for i, step := range steps[1:] {
				b := readBody(step)
				if res := a.again(t, b.method(), i+2, b.one("Content-Type"), b.content, ""); res.StatusCode != gosip.StatusOK {
					t.Fatalf("%s, step %d: got %s", name, i+2, res)
				}
				u := a.updates()[i]
				c.Legs = merged(c.Legs, u.Legs)
				b.check(t, fmt.Sprintf("%s, step %d", name, i+2), c.Legs, u.Group, u.Warnings)
			}
			s.close()
		}))
	}
}

// The bodies that real systems sent, which are not part of this repository.
func TestOutsideBodies(t *testing.T) {
	dir := ""
	for _, d := range []string{os.Getenv("TIMBRE_SHARED"), "../../shared"} {
		if _, err := os.Stat(filepath.Join(d, "vectors/siprec/README.md")); err == nil {
			dir = d
		}
	}
	if dir == "" {
		t.Skip("the outside vectors are not here: set TIMBRE_SHARED")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "vectors/siprec/*/*.[tx]*"))
	if len(files) < 20 {
		t.Fatalf("got %d files", len(files))
	}
	for _, file := range files {
		for i, raw := range strings.Split(text(t, file), "__split_here__") {
			t.Run(fmt.Sprint(filepath.Base(file), " ", i+1), inBubble(func(t *testing.T) {
				b, m := newBench(t), message{method: "INVITE", seq: 1, headers: []string{"Require: siprec"}}
				switch _, content, ok := strings.Cut(raw, "\n\n"); {
				case strings.HasSuffix(file, ".xml"):
					m.contentType, m.body = mixed, both(twoLines, raw+"\n")
				case ok && strings.HasPrefix(raw, "INVITE"):
					m.body = content
				default:
					m.body = strings.TrimLeft(raw, "\n")
				}
				c := b.call(t, m, true)
				if legs := b.calls.call(0).Legs; len(legs) != strings.Count(string(c.tx.last().Body()), "\r\nm=audio 2") {
					t.Errorf("got %d legs for\n%s", len(legs), c.tx.last().Body())
				}
				b.close()
			}))
		}
	}
}

// merged are legs as the registry keeps them: known by their index, new ones last.
func merged(legs, said []timbre.Leg) []timbre.Leg {
	for _, l := range said {
		if i := slices.IndexFunc(legs, func(o timbre.Leg) bool { return o.Index == l.Index }); i >= 0 {
			legs[i] = l
		} else {
			legs = append(legs, l)
		}
	}
	return legs
}
