package timbre_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// seam is an interface with the methods that its declaration spells out, embedded ones aside.
type seam struct {
	stage, name string
	methods     []string // sorted, as name(parameter types) (result types)
}

// TestSeamsAreDeclaredOnce fails when two stages declare the same interface, or a stage repeats a method of an interface of
// the root: such interfaces stand in the root, and stages embed them.
func TestSeamsAreDeclaredOnce(t *testing.T) {
	seams := declaredSeams(t)
	root := map[string]string{} // method → interface
	for _, s := range seams {
		if s.stage != "." {
			continue
		}
		for _, m := range s.methods {
			if first, repeated := root[m]; repeated {
				t.Errorf("%s and %s of the root both declare %s: embed one in the other", first, s.name, m)
			}
			root[m] = s.name
		}
	}
	for i, s := range seams {
		if s.stage == "." {
			continue
		}
		for _, m := range s.methods {
			if at, repeated := root[m]; repeated {
				t.Errorf("%s.%s repeats %s: embed timbre.%s", s.stage, s.name, m, at)
			}
		}
		for _, other := range seams[:i] {
			if other.stage != "." && other.stage != s.stage && alike(s.methods, other.methods) {
				t.Errorf("%s.%s and %s.%s declare the same methods: move them to the root", other.stage, other.name, s.stage, s.name)
			}
		}
	}
}

// alike reports whether two interfaces have the same methods, or two or more in common.
func alike(a, b []string) bool {
	common := 0
	for _, m := range a {
		if slices.Contains(b, m) {
			common++
		}
	}
	return common > 1 || common > 0 && slices.Equal(a, b)
}

// declaredSeams lists the named interfaces of the root and of all stages that have methods of their own.
func declaredSeams(t *testing.T) (all []seam) {
	t.Helper()
	walk(t, func(file string) {
		stage, _, below := strings.Cut(filepath.ToSlash(file), "/")
		if !below {
			stage = "."
		}
		if strings.HasSuffix(file, "_test.go") || below && !slices.Contains(stages, stage) {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if i, ok := spec.Type.(*ast.InterfaceType); ok {
				if methods := ownMethods(i); len(methods) > 0 {
					all = append(all, seam{stage, spec.Name.Name, methods})
				}
			}
			return true
		})
	})
	return all
}

func ownMethods(i *ast.InterfaceType) (methods []string) {
	for _, field := range i.Methods.List {
		f, ok := field.Type.(*ast.FuncType)
		if !ok {
			continue // embedded
		}
		for _, name := range field.Names {
			methods = append(methods, name.Name+"("+fieldTypes(f.Params)+") ("+fieldTypes(f.Results)+")")
		}
	}
	slices.Sort(methods)
	return methods
}

// fieldTypes spells the types of parameters or results as the root does.
func fieldTypes(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	var all []string
	for _, field := range list.List {
		spelled := strings.ReplaceAll(types.ExprString(field.Type), "timbre.", "")
		for range max(1, len(field.Names)) {
			all = append(all, spelled)
		}
	}
	return strings.Join(all, ", ")
}
