package timbre_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// warning is a line of the log for each time that something happens.
var warning = regexp.MustCompile(`(?m)^.*\bLog\.Warn\(.*$`)

// What a peer does is counted after its first line: it can do so at will, in any number of calls.
func TestWarningsAboutPeersAreCounted(t *testing.T) {
	for _, stage := range []string{"sip", "rtp", "feed", "door", "admission"} {
		err := filepath.WalkDir(stage, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, line := range warning.FindAllString(string(text), -1) {
				t.Errorf("%s: got %s, want it counted by Repeats", path, strings.TrimSpace(line))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
