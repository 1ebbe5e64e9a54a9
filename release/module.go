package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// rename copies the files of a repository to a folder, as a Go module with another path.
func rename(from, to, module string) error {
	r := release{source: from}
	list, err := r.git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
	if err != nil {
		return fmt.Errorf("only a repository can be copied: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		switch {
		case name == "go.mod":
			text = bytes.Replace(text, []byte("module timbre\n"), []byte("module "+module+"\n"), 1)
		case filepath.Ext(name) == ".go":
			if text, err = reimport(text, module); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := write(target, text); err != nil {
			return err
		}
	}
	return nil
}

// reimport returns a Go file whose imports of this module are of another path. Nothing else in it changes.
func reimport(text []byte, module string) ([]byte, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, "", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	done := 0
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return nil, err
		}
		if path != "timbre" && !strings.HasPrefix(path, "timbre/") {
			continue
		}
		b.Write(text[done:positions.Position(i.Path.Pos()).Offset])
		b.WriteString(strconv.Quote(module + strings.TrimPrefix(path, "timbre")))
		done = positions.Position(i.Path.End()).Offset
	}
	b.Write(text[done:])
	return b.Bytes(), nil
}
