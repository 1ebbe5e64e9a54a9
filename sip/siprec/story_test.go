package siprec

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"timbre"
)

// stories are calls: the bodies of an INVITE and of the requests after it, with the legs expected after each.
func stories(t testing.TB) map[string][]vector {
	t.Helper()
	files, err := filepath.Glob("testdata/story/*.txt")
	if err != nil || len(files) < 15 {
		t.Fatalf("got %d stories, %v", len(files), err)
	}
	all := map[string][]vector{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		for _, step := range bytes.Split(raw, []byte("%%%\n"))[1:] {
			all[name] = append(all[name], readVector(step))
		}
	}
	return all
}

func TestLegsFollowUpdates(t *testing.T) {
	const maxLines = 3 // as a recording session takes
	for name, steps := range stories(t) {
		var lines []Line
		var m *Metadata
		var legs []timbre.Leg
		for i, v := range steps {
			b, err := Read(v.contentType, v.body)
			if err != nil {
				t.Fatalf("%s, step %d: %v", name, i+1, err)
			}
			for _, l := range audioLines(b.SDP) {
				if at := slices.IndexFunc(lines, func(o Line) bool { return o.Index == l.Index }); at >= 0 {
					lines[at] = l
				} else if len(lines) < maxLines {
					lines = append(lines, l)
				}
			}
			warnings := b.Warnings
			if b.Metadata != "" {
				m = Parse(b.Metadata).After(m)
				warnings = append(warnings, m.Warnings...)
			}
			var doubts []string
			legs, doubts = Map(lines, m, Known{Before: legs})
			warnings = append(warnings, doubts...)
			if got := written(legs); got != v.want {
				t.Errorf("%s, step %d: got %s, want %s; warnings %q", name, i+1, got, v.want, warnings)
			}
			if m != nil && m.Group != v.group {
				t.Errorf("%s, step %d: got group %q, want %q", name, i+1, m.Group, v.group)
			}
			if all := strings.Join(warnings, "\n"); len(warnings) != len(v.warn) || slices.ContainsFunc(v.warn, func(w string) bool { return !strings.Contains(all, w) }) {
				t.Errorf("%s, step %d: got warnings %q, want %q", name, i+1, warnings, v.warn)
			}
		}
	}
}
