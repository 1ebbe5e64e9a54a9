package timbre_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)

// Every relative link of a page leads to a file. Links are checked without their fragments.
func TestLinksLeadToFiles(t *testing.T) {
	pages := 0
	err := filepath.WalkDir(".", func(page string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && page != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !strings.HasSuffix(page, ".md"):
			return nil
		}
		pages++
		for _, found := range link.FindAllStringSubmatch(readText(t, page), -1) {
			target := found[1]
			if strings.Contains(target, "://") {
				continue
			}
			path := filepath.Join(filepath.Dir(page), filepath.FromSlash(target))
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, target)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages < 20 {
		t.Errorf("got %d pages, want all of the repository", pages)
	}
}

var decisionFile = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)

// Decisions are numbered from 1 without gaps, and the index lists each.
func TestDecisionsAreNumberedWithoutGaps(t *testing.T) {
	const folder = "docs/decisions"
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	index, next := readText(t, folder+"/README.md"), 1
	for _, f := range files {
		if f.Name() == "README.md" {
			continue
		}
		m := decisionFile.FindStringSubmatch(f.Name())
		if m == nil || m[1] != fmt.Sprintf("%04d", next) {
			t.Errorf("got %s, want number %04d", f.Name(), next)
			continue
		}
		if !strings.HasPrefix(readText(t, filepath.Join(folder, f.Name())), fmt.Sprintf("# %d. ", next)) {
			t.Errorf("%s does not begin with its number", f.Name())
		}
		if !strings.Contains(index, "("+f.Name()+")") {
			t.Errorf("the index does not list %s", f.Name())
		}
		next++
	}
}

// Every page of docs is reachable: the README or the reference lists it.
func TestEveryPageIsListed(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) < 15 {
		t.Fatalf("got %d pages, want at least 15 (%v)", len(pages), err)
	}
	readme, reference := readText(t, "README.md"), readText(t, "docs/reference.md")
	for _, page := range pages {
		name := filepath.Base(page)
		if name != "reference.md" && !strings.Contains(readme, "(docs/"+name) && !strings.Contains(reference, "("+name) {
			t.Errorf("neither README.md nor docs/reference.md lists %s", name)
		}
	}
}
