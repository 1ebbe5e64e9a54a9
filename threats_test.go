package timbre_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"timbre/config"
)

// testName is what a test or fuzz target is called. Everything else in code that shows how an attack is stopped is a setting.
var testName = regexp.MustCompile(`^(Test|Fuzz)[A-Z]`)

// tests returns the names of all tests and fuzz targets.
func tests(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv == nil && testName.MatchString(f.Name.Name) {
				names = append(names, f.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// attacks returns the lines of the tables of attacks: the attack, what stops it, what shows that.
func attacks(page string) (lines [][]string) {
	for table := range strings.SplitSeq(page, "\n\n") {
		if !strings.HasPrefix(table, "| attack |") {
			continue
		}
		for _, line := range strings.Split(table, "\n")[2:] {
			lines = append(lines, strings.Split(strings.Trim(line, "| "), " | "))
		}
	}
	return lines
}

// Behind every line of the page on threats is a test or a setting that exists.
func TestThreatsNameTestsAndSettings(t *testing.T) {
	known, settings := tests(t), config.Keys()
	all := attacks(readText(t, "docs/threats.md"))
	if len(all) < 50 {
		t.Errorf("got %d attacks, want those on every door", len(all))
	}
	for _, line := range all {
		names := codeSpan.FindAllStringSubmatch(line[len(line)-1], -1)
		if len(line) != 3 || len(names) == 0 {
			t.Errorf("%s: got neither a test nor a setting, want one", line[0])
		}
		for _, n := range names {
			among := settings
			if testName.MatchString(n[1]) {
				among = known
			}
			if !slices.Contains(among, n[1]) {
				t.Errorf("%s: got %s, which does not exist", line[0], n[1])
			}
		}
	}
}
