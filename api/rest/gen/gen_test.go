package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTableOfAModel(t *testing.T) {
	out := filepath.Join(t.TempDir(), "table.go")
	if err := run("testdata/model.json", "testdata/model.json", out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/table.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got:\n%s", got)
	}
}

func TestUnsupportedModelsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":          `{`,
		"two literals":     `{"operations":{"A":{"http":{"method":"GET","requestUri":"/a?b=c&d=e"}}}}`,
		"literal alone":    `{"operations":{"A":{"http":{"method":"GET","requestUri":"/a?b"}}}}`,
		"recursion":        `{"operations":{"A":{"http":{"method":"GET","requestUri":"/a"},"input":{"shape":"S"}}},"shapes":{"S":{"type":"structure","members":{"M":{"shape":"S"}}}}}`,
		"unknown type":     `{"operations":{"A":{"http":{"method":"GET","requestUri":"/a"},"input":{"shape":"S"}}},"shapes":{"S":{"type":"blob"}}}`,
		"unknown location": `{"operations":{"A":{"http":{"method":"GET","requestUri":"/a"},"input":{"shape":"S"}}},"shapes":{"S":{"type":"structure","members":{"M":{"shape":"T","location":"header"}}},"T":{"type":"string"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "model.json")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := run(file, file, filepath.Join(t.TempDir(), "table.go")); err == nil {
				t.Error("got no error, want one")
			}
		})
	}
}

func TestCommittedTableMatchesTheModels(t *testing.T) {
	const models = "../../../../shared/reference/models/"
	out := filepath.Join(t.TempDir(), "table.go")
	err := run(models+"chime-sdk-voice/2022-08-03/service-2.json", models+"chime-sdk-media-pipelines/2021-07-15/service-2.json", out)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the service models are not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../table_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("api/rest/table_gen.go is not up to date with the models")
	}
	if n := strings.Count(string(want), "Method:"); n != 127 {
		t.Errorf("got %d operations", n)
	}
}
