package feed

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// transcript is what a sender of a dialect writes, and what is expected of it: see testdata/dialect/README.md.
type transcript struct {
	file, dialect string
	legs          []string // side, track and milliseconds
	fields        map[string]string
	warnings      []string
	messages      []string
}

func transcripts(t testing.TB) (all []transcript) {
	t.Helper()
	files, err := filepath.Glob("testdata/dialect/*.txt")
	if err != nil || len(files) < len(kinds) {
		t.Fatalf("got %d transcripts, %v; want one of each of %d dialects", len(files), err, len(kinds))
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, readTranscript(t, filepath.Base(f), string(text)))
	}
	return all
}

func readTranscript(t testing.TB, file, text string) transcript {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	s := transcript{file: file, fields: map[string]string{}, messages: strings.Split(strings.TrimSpace(body), "\n")}
	for line := range strings.SplitSeq(head, "\n") {
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "Dialect":
			s.dialect = value
		case "Leg":
			s.legs = append(s.legs, value)
		case "Warn":
			s.warnings = append(s.warnings, value)
		case "Field":
			i := strings.LastIndex(value, " ")
			s.fields[value[:i]] = value[i+1:]
		default:
			t.Fatalf("%s: unknown line %q", file, line)
		}
	}
	return s
}

// play sends a line of a transcript.
func (s *sender) play(line string) {
	s.t.Helper()
	n := 0
	if _, err := fmt.Sscanf(line, "binary %d", &n); err == nil {
		s.audio(make([]byte, n))
		return
	}
	s.text(line)
}

func TestTranscriptsAreCalls(t *testing.T) {
	for _, c := range transcripts(t) {
		t.Run(c.file, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			s := b.connect("/feed/here")
			for _, m := range c.messages {
				s.play(m)
			}
			_ = s.Close(websocket.StatusNormalClosure, "")
			if failure := b.wait(t); failure != "" {
				t.Errorf("got failure %q, want none", failure)
			}
			checkFields(t, fields(b.calls[0]), c.fields)
			if got := b.calls[0].Warnings; !slices.Equal(got, c.warnings) {
				t.Errorf("got warnings %q, want %q", got, c.warnings)
			}
			var legs []string
			for _, l := range b.legs {
				legs = append(legs, fmt.Sprint(l.Side, " ", l.Label, " ", len(l.pcm())/8))
			}
			if !slices.Equal(legs, c.legs) {
				t.Errorf("got legs %q, want %q", legs, c.legs)
			}
			if got := testutil.ToFloat64(b.server.metrics.started.WithLabelValues(c.dialect)); got != 1 {
				t.Errorf("got %v calls counted of dialect %s, want 1", got, c.dialect)
			}
		})
	}
}

func TestEveryDialectHasATranscript(t *testing.T) {
	var have []string
	for _, c := range transcripts(t) {
		have = append(have, c.dialect)
	}
	for _, k := range kinds {
		if !slices.Contains(have, k.name) {
			t.Errorf("got no transcript of dialect %s, want one", k.name)
		}
	}
}

// What is common to all dialects, whatever their messages are.
func TestDialectsRefuseWhatIsOutOfOrder(t *testing.T) {
	for _, c := range transcripts(t) {
		media := slices.IndexFunc(c.messages, func(m string) bool {
			return strings.HasPrefix(m, "binary ") || strings.Contains(m, `":"media"`)
		})
		for name, lines := range map[string][]string{
			"audio first":        c.messages[media:],
			"started twice":      slices.Concat(c.messages[:media], c.messages[:media]),
			"started in a call":  slices.Concat(c.messages[:media+1], c.messages[:media]),
			"no JSON":            append(slices.Clone(c.messages[:media]), "{"),
			"JSON but no object": append(slices.Clone(c.messages[:media]), "[]"),
			"impossible audio":   append(slices.Clone(c.messages[:media]), `{"event":"media","eventType":"media","payload":"%","media":{"timestamp":1e999}}`),
		} {
			t.Run(c.file+", "+name, func(t *testing.T) {
				t.Parallel() // a dialect may have the sender end the feed, which this one does not do
				b := start(t, Config{}, oneConnector())
				s := b.connect("/feed/here")
				for _, m := range lines {
					s.play(m)
				}
				if _, status := s.closed(); status != websocket.StatusPolicyViolation {
					t.Errorf("got close status %v, want %v", status, websocket.StatusPolicyViolation)
				}
			})
		}
	}
}
