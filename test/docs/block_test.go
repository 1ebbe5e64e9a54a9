// Package docs tests the pages: every command on them is run, every file is loaded, and the site of them can be built.
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// block is a fenced block of a page.
type block struct {
	Language string `json:"language"`
	Text     string `json:"text"`
	Line     int    `json:"line"` // of the fence
}

// first is the line by which the block is known.
func (b block) first() string {
	line, _, _ := strings.Cut(b.Text, "\n")
	return line
}

var fence = regexp.MustCompile("^( *)```(.*)$")

// pages returns the blocks of each page for users, by its path in the repository.
func pages(t *testing.T) map[string][]block {
	t.Helper()
	all := map[string][]block{}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "decisions" || d.Name() == "site"):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".md"):
			name, _ := filepath.Rel(root, path)
			all[filepath.ToSlash(name)] = blocks(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "SECURITY.md", "CHANGELOG.md", "monitoring/README.md", "train/README.md", "bench/README.md"} {
		all[name] = blocks(t, filepath.Join(root, name))
	}
	return all
}

func blocks(t *testing.T, path string) []block {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	var open *block
	var indent string // of the block, within a list
	for i, line := range strings.Split(string(text), "\n") {
		found := fence.FindStringSubmatch(line)
		switch {
		case open != nil && found != nil:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.Text += strings.TrimPrefix(line, indent) + "\n"
		case found != nil:
			open, indent = &block{Language: found[2], Line: i + 1}, found[1]
		}
	}
	if open != nil {
		t.Errorf("%s: line %d opens a block that nothing closes", path, open.Line)
	}
	return all
}
