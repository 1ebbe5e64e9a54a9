package task

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// declared returns the names of the types that a file declares with a method, which are the members of its sealed set, or
// the constants of a type.
func declared(t *testing.T, file string, pick func(ast.Spec) []string) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		if g, is := d.(*ast.GenDecl); is {
			for _, s := range g.Specs {
				names = append(names, pick(s)...)
			}
		}
	}
	return names
}

// structs picks the struct types of a file.
func structs(s ast.Spec) []string {
	if t, is := s.(*ast.TypeSpec); is {
		if _, is := t.Type.(*ast.StructType); is {
			return []string{t.Name.Name}
		}
	}
	return nil
}

// phases picks the constants of type phase.
func phases(s ast.Spec) (names []string) {
	if v, is := s.(*ast.ValueSpec); is {
		if t, is := v.Type.(*ast.Ident); is && t.Name == "phase" {
			for _, n := range v.Names {
				names = append(names, n.Name)
			}
		}
	}
	return names
}

func typeName(v any) string { return strings.TrimPrefix(fmt.Sprintf("%T", v), "task.") }

// The tables of docs/task.md are derived from the cases of these tests, so the cases must cover the sealed sets.
func TestCasesCoverEveryInputEffectAndPhase(t *testing.T) {
	seen := map[string]bool{"legScore": true} // part of an input
	for _, m := range machines {
		for _, s := range m.states() {
			seen[string(s.phase)] = true
			for _, in := range m.inputs() {
				seen[typeName(in.in)] = true
				_, _, effects := s.state.step(in.in, startTime)
				for _, e := range effects {
					seen[typeName(e)] = true
				}
			}
		}
	}
	want := slices.Concat(declared(t, "input.go", structs), declared(t, "effect.go", structs), declared(t, "state.go", phases))
	if len(want) < 25 {
		t.Errorf("got %d declarations, want at least 25: %v", len(want), want)
	}
	for _, name := range want {
		if !seen[name] {
			t.Errorf("got no case with %s, want one", name)
		}
	}
}
