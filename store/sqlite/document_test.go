package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
)

// The documents in testdata were written by version 1. A field that has since been renamed or given another form would
// be lost on its way in, and so be missing on its way out.
func TestDocumentsOfEarlierVersionsAreReadWhole(t *testing.T) {
	for name, again := range map[string]func(string) (string, error){
		"connector":     rewrite[timbre.Connector],
		"streaming":     rewrite[timbre.Streaming],
		"termination":   rewrite[timbre.Termination],
		"configuration": rewrite[timbre.Configuration],
		"domain":        rewrite[timbre.Domain],
		"profile":       rewrite[timbre.Profile],
		"task":          rewrite[timbre.Task],
		"call":          rewrite[timbre.Call],
	} {
		was, err := os.ReadFile(filepath.Join("testdata", "v1", name+".json"))
		ok(t, err)
		if is, err := again(string(was)); err != nil || is != string(was) {
			t.Errorf("%s: %v\nwas %s\n is %s", name, err, was, is)
		}
	}
}

func rewrite[T any](doc string) (string, error) {
	v, err := read[T](doc)
	if err != nil {
		return "", err
	}
	return document(v)
}

// Fields that have been renamed since keep their names in documents.
func TestRenamedFieldsKeepTheirNamesInDocuments(t *testing.T) {
	got, err := document(timbre.Call{Bridged: true})
	ok(t, err)
	if want := `"Through":true`; !strings.Contains(got, want) {
		t.Errorf("got document %s, want %s in it", got, want)
	}
}
