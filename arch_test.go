package timbre_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is the output of `go list` for a package.
type listed struct {
	ImportPath, Name, Doc, Dir         string
	Imports, TestImports, XTestImports []string
}

// folder is the package's folder in the repository; empty for the root.
func (p listed) folder() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "timbre"), "/")
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Doc,Dir,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// stages are the folders that may import from this module only the root, shared packages and their own subfolders.
var stages = []string{
	"sip", "feed", "rtp", "call", "speech", "infer", "voice", "tone", "search", "task", "pipeline", "event", "notify", "api",
	"logbook", "trace", "summary", "sweep", "evaluate", "store", "vault", "config", "models", "admission", "toll", "door", "load", "console",
}

// programs are the folders that may import all others.
var programs = []string{"cmd", "check", "node", "conformance", "test", "bench", "release"}

// sharedPackages are used by several stages. They import nothing from this module.
var sharedPackages = []string{"build", "environment", "halfband", "offheap", "plainyaml", "ttl"}

// forTests are packages that the tests of any stage may import: models and their runtime, codecs and recordings, network
// impairments, keys, and admission.
var forTests = []string{"timbre/admission", "timbre/admission/source", "timbre/models", "timbre/models/card", "timbre/models/modelstest", "timbre/infer", "timbre/rtp", "timbre/rtp/codec", "timbre/rtp/impair", "timbre/vault", "timbre/toll"}

// within says whether a package or folder is one of names or below it.
func within(path string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return path == n || strings.HasPrefix(path, n+"/") })
}

func TestRootImportsOnlyStandardLibrary(t *testing.T) {
	for _, p := range packages(t) {
		if p.folder() != "" {
			continue
		}
		for _, i := range p.Imports {
			if strings.Contains(strings.Split(i, "/")[0], ".") || within(i, "timbre") {
				t.Errorf("timbre imports %s", i)
			}
		}
	}
}

func TestStagesImportOnlyRootAndOwnPackages(t *testing.T) {
	for _, p := range packages(t) {
		top, _, _ := strings.Cut(p.folder(), "/")
		switch {
		case top == "" || within(top, programs...):
			continue
		case slices.Contains(sharedPackages, top):
			for _, i := range p.Imports {
				if within(i, "timbre") {
					t.Errorf("shared package %s imports %s", p.ImportPath, i)
				}
			}
			continue
		case !slices.Contains(stages, top):
			t.Errorf("%s is neither a stage nor a program: see docs/architecture.md", p.ImportPath)
			continue
		}
		foreign := func(i string) bool {
			own := i == "timbre" || within(i, "timbre/"+top) || slices.Contains(sharedPackages, strings.TrimPrefix(i, "timbre/"))
			return within(i, "timbre") && !own
		}
		for _, i := range p.Imports {
			if foreign(i) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
		for _, i := range slices.Concat(p.TestImports, p.XTestImports) {
			if foreign(i) && !slices.Contains(forTests, i) {
				t.Errorf("a test of %s imports %s", p.ImportPath, i)
			}
		}
	}
}

func TestDriversAreImportedOnlyByTheirStage(t *testing.T) {
	rules := []struct {
		driver string // a prefix of import paths
		homes  []string
	}{
		{"github.com/aws/aws-sdk-go-v2/service/chime", []string{"api", "check", "conformance", "test", "cmd", "bench"}},
		{"github.com/yalue/onnxruntime_go", []string{"infer"}},
		{"github.com/k2-fsa/", []string{"infer"}},
		{"C", []string{"infer"}},
		{"github.com/gotranspile/g722", []string{"rtp", "bench"}},
		{"github.com/thesyncim/gopus", []string{"rtp", "bench"}},
		{"gopkg.in/hraban/opus", []string{"rtp/codec"}},
		{"github.com/cwbudde/wav", []string{"rtp/codec"}},
		{"github.com/go-audio/", []string{"rtp/codec"}},
		{"github.com/nyaruka/phonenumbers", []string{"logbook", "toll"}},
		{"go.opentelemetry.io/", []string{"trace", "test"}},
	}
	for _, p := range packages(t) {
		for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for _, r := range rules {
				if (i == r.driver || r.driver != "C" && strings.HasPrefix(i, r.driver)) && !within(p.folder(), r.homes...) {
					t.Errorf("%s imports %s, want it imported only in %s", p.ImportPath, i, strings.Join(r.homes, ", "))
				}
			}
		}
	}
}

func TestEveryPackageHasComment(t *testing.T) {
	for _, p := range packages(t) {
		if p.Name != "" && p.Doc == "" && !onlyTests(p) {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func onlyTests(p listed) bool {
	files, _ := filepath.Glob(filepath.Join(p.Dir, "*.go"))
	return !slices.ContainsFunc(files, func(f string) bool { return !strings.HasSuffix(f, "_test.go") })
}

func TestFoldersAreNamedAfterTheirContent(t *testing.T) {
	vagueNames := []string{"util", "utils", "common", "helper", "helpers", "types", "pkg", "misc", "shared", "internal", "lib"}
	walk(t, func(file string) {
		for _, part := range strings.Split(path.Dir(filepath.ToSlash(file)), "/") {
			if slices.Contains(vagueNames, part) {
				t.Errorf("%s: name the folder after its content, not %q", file, part)
			}
		}
	})
}

func TestNoCodeSleeps(t *testing.T) {
	walk(t, func(file string) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Sleep" {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" {
					t.Errorf("%s: time.Sleep; wait on a channel or a timer, and test with testing/synctest", fset.Position(n.Pos()))
				}
			}
			return true
		})
	})
}

// walk visits the Go files of the repository.
func walk(t *testing.T, visit func(file string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(file, ".go"):
			visit(file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
