package timbre_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"timbre"
	"timbre/config"
)

var (
	recipeItem = regexp.MustCompile("(?m)^- `([^`]+)`")
	codeSpan   = regexp.MustCompile("`([^` ]+)`")
)

// recipes returns the recipes of CONTRIBUTING.md: by title, the paths of the files each touches.
func recipes(t *testing.T) map[string][]string {
	t.Helper()
	_, page, ok := strings.Cut(readText(t, "CONTRIBUTING.md"), "\n## Recipes\n")
	if !ok {
		t.Fatal("CONTRIBUTING.md has no section Recipes")
	}
	all := map[string][]string{}
	for section := range strings.SplitSeq(page, "\n### ") {
		title, text, _ := strings.Cut(section, "\n")
		for _, item := range recipeItem.FindAllStringSubmatch(text, -1) {
			all[title] = append(all[title], item[1])
		}
	}
	return all
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// In a recipe, placeholders are names in capitals.
var placeholders = []string{"SINK", "CODEC", "SERVICE", "STAGE"}

func TestRecipesNameExistingPaths(t *testing.T) {
	all := recipes(t)
	for _, title := range []string{
		"Add a sink", "Add a codec", "Add an API operation", "Add a setting", "Add a metric", "Change a retention period", "Add a SIPREC vendor",
	} {
		t.Run(title, func(t *testing.T) {
			if len(all[title]) < 3 {
				t.Fatalf("got %d files, want the recipe's files", len(all[title]))
			}
			for _, path := range all[title] {
				pattern := path
				for _, name := range placeholders {
					pattern = strings.ReplaceAll(pattern, name, "*")
				}
				if found, err := filepath.Glob(strings.TrimSuffix(pattern, "/")); err != nil || len(found) == 0 {
					t.Errorf("%s: no such file or folder (%v)", path, err)
				}
			}
		})
	}
}

// covers says whether a recipe names a file, or its folder with a slash at the end.
func covers(recipe []string, file string) bool {
	return slices.ContainsFunc(recipe, func(item string) bool {
		return item == file || strings.HasSuffix(item, "/") && strings.HasPrefix(file, item)
	})
}

// filled returns a recipe with a name in place of a placeholder.
func filled(recipe []string, placeholder, name string) []string {
	out := slices.Clone(recipe)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], placeholder, name)
	}
	return out
}

// The product's files that import a sink are those that the recipe names.
func TestSinkRecipeIsComplete(t *testing.T) {
	files, err := filepath.Glob("notify/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	sinks := map[string]bool{}
	for _, f := range files {
		if name := filepath.Base(filepath.Dir(f)); filepath.Base(f) == name+".go" && !strings.HasSuffix(name, "test") {
			sinks[name] = true // a folder without such a file is what sinks have in common
		}
	}
	if len(sinks) < 2 {
		t.Fatalf("got sinks %v, want at least two", sinks)
	}
	for name := range sinks {
		t.Run(name, func(t *testing.T) {
			recipe := filled(recipes(t)["Add a sink"], "SINK", name)
			for _, path := range recipe {
				if _, err := os.Stat(path); err != nil {
					t.Errorf("the recipe names a file that this sink lacks: %v", err)
				}
			}
			imports := 0
			walk(t, func(file string) {
				file = filepath.ToSlash(file)
				if product(file) && importsPath(t, file, "timbre/notify/"+name) {
					imports++
					if !covers(recipe, file) {
						t.Errorf("%s imports the sink, and the recipe does not name it", file)
					}
				}
			})
			if imports == 0 {
				t.Error("nothing registers the sink")
			}
			if !strings.Contains(readText(t, "notify/target.go"), strconv.Quote(name)) {
				t.Error("notify/target.go does not name the kind")
			}
		})
	}
}

// product says whether a file is part of the server: no test, no test suite, no benchmark, no client of the server.
func product(file string) bool {
	folder := filepath.Base(filepath.Dir(file))
	return !strings.HasSuffix(file, "_test.go") && !strings.HasSuffix(folder, "test") && !within(file, "test", "bench", "cmd", "conformance")
}

func importsPath(t *testing.T, file, path string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
}

// codecConstants are the names of the audio codecs in the code.
var codecConstants = map[timbre.Codec]string{timbre.PCMU: "PCMU", timbre.PCMA: "PCMA", timbre.G722: "G722", timbre.Opus: "Opus"}

// A codec is known to its line in the table and to its decoder, and to nothing else that is specific to it.
func TestCodecRecipeIsComplete(t *testing.T) {
	mentions := map[string][]string{} // by constant: product files outside the table
	walk(t, func(file string) {
		file = filepath.ToSlash(file)
		if !product(file) || file == "codec.go" {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "timbre" {
					mentions[s.Sel.Name] = append(mentions[s.Sel.Name], file)
				}
			}
			return true
		})
	})
	recipe := recipes(t)["Add a codec"]
	if !slices.Contains(recipe, "codec.go") || !slices.Contains(recipe, "rtp/codec/CODEC.go") {
		t.Errorf("got recipe %v, want the table and the decoder", recipe)
	}
	for _, c := range timbre.Codecs() {
		if c.Kind() != timbre.AudioPayload {
			continue
		}
		t.Run(c.Name(), func(t *testing.T) {
			name, ok := codecConstants[c]
			if !ok {
				t.Fatalf("add %v to codecConstants", c)
			}
			files := slices.Compact(mentions[name])
			if len(files) != 1 || filepath.Dir(files[0]) != "rtp/codec" {
				t.Errorf("got %v, want one decoder in rtp/codec", files)
			}
		})
	}
}

var handled = regexp.MustCompile(`rest\.Handle\([^)]*"([A-Z]\w+)", s\.`)

// Every operation with a handler is in the files that the recipe names.
func TestOperationRecipeIsComplete(t *testing.T) {
	recipe := recipes(t)["Add an API operation"]
	for _, want := range []string{"api/SERVICE/", "conformance/script/", "docs/coverage.md", "docs/exceptions.md"} {
		if !slices.Contains(recipe, want) {
			t.Errorf("the recipe does not name %s", want)
		}
	}
	scripts, err := filepath.Glob("conformance/script/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, f := range scripts {
		script.WriteString(readText(t, f))
	}
	table, coverage := readText(t, "api/rest/table_gen.go"), readText(t, "docs/coverage.md")
	for service, file := range map[string]string{"voice": "api/voice/voice.go", "media": "api/pipelines/pipelines.go"} {
		operations := handled.FindAllStringSubmatch(readText(t, file), -1)
		if len(operations) < 10 {
			t.Errorf("got %d operations in %s, want more", len(operations), file)
		}
		for _, o := range operations {
			t.Run(service+"."+o[1], func(t *testing.T) {
				for where, has := range map[string]bool{
					"api/rest/table_gen.go": strings.Contains(table, strconv.Quote(o[1])),
					"docs/coverage.md":      strings.Contains(coverage, "| "+o[1]+" |"),
					"conformance/script":    strings.Contains(script.String(), `"`+service+"."+o[1]+`"`),
				} {
					if !has {
						t.Errorf("%s does not have the operation", where)
					}
				}
			})
		}
	}
}

// Every setting is on the generated page, and every field is read by the node or by the settings themselves.
func TestSettingRecipeIsComplete(t *testing.T) {
	page := readText(t, "docs/settings.md")
	var code strings.Builder
	for _, pattern := range []string{"node/*.go", "config/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f, "_test.go") {
				code.WriteString(readText(t, f))
			}
		}
	}
	var fields func(s reflect.Type, prefix string)
	fields = func(s reflect.Type, prefix string) {
		for i := range s.NumField() {
			f := s.Field(i)
			if embedded, ok := f.Tag.Lookup("prefix"); ok && f.Type.Kind() == reflect.Struct {
				fields(f.Type, prefix+embedded)
				continue
			}
			if !f.IsExported() {
				continue
			}
			name := f.Tag.Get("name")
			if name == "" {
				name = strings.ToLower(f.Name)
			}
			if name == "config" { // names the file of settings
				continue
			}
			t.Run(prefix+name, func(t *testing.T) {
				if !strings.Contains(page, "`"+prefix+name+"`") {
					t.Error("docs/settings.md does not have the setting")
				}
				if !regexp.MustCompile(`\.` + f.Name + `\b`).MatchString(code.String()) {
					t.Errorf("neither node nor config reads the field %s", f.Name)
				}
			})
		}
	}
	fields(reflect.TypeFor[config.Settings](), "")
}

// Every dialect of the table has message bodies, every body has a place in the table, and the page for users names each vendor.
func TestVendorRecipeIsComplete(t *testing.T) {
	const folder = "sip/siprec/testdata/"
	if recipe := recipes(t)["Add a SIPREC vendor"]; !covers(recipe, folder+"dialect/x.txt") || !covers(recipe, folder+"README.md") {
		t.Fatalf("got recipe %v, want the bodies and their table", recipe)
	}
	bodies, err := filepath.Glob(folder + "dialect/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(readText(t, folder+"README.md"), "| dialect |")
	listed := map[string]bool{}
	for _, span := range codeSpan.FindAllStringSubmatch(table, -1) {
		for _, b := range bodies {
			if ok, _ := filepath.Match(span[1]+".txt", filepath.Base(b)); ok {
				listed[b] = true
			}
		}
	}
	for _, b := range bodies {
		if !listed[b] {
			t.Errorf("%s is in no row of %sREADME.md", b, folder)
		}
	}
	dialects, _, _ := strings.Cut(table, "| trap |")
	page := readText(t, "docs/siprec.md")
	vendor := regexp.MustCompile(`(?m)^\| (?:draft: |none: )?([A-Za-z]+(?: 7865)?)[^|]* \| (.*) \|$`)
	rows := vendor.FindAllStringSubmatch(dialects, -1)
	if len(rows) < 8 {
		t.Fatalf("got %d dialects, want at least 8", len(rows))
	}
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			if !strings.Contains(page, row[1]) {
				t.Error("docs/siprec.md does not name the vendor")
			}
			for _, span := range codeSpan.FindAllStringSubmatch(row[2], -1) {
				if found, _ := filepath.Glob(folder + "dialect/" + span[1] + ".txt"); len(found) == 0 {
					t.Errorf("no body %s", span[1])
				}
			}
		})
	}
}
