package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
)

// The documents in testdata were written by version 1. A field that has been renamed or changed since would be lost when they
// are read, and so be missing when they are written.
func TestDocumentsOfEarlierVersionsAreReadCompletely(t *testing.T) {
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
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", "v1", name+".json"))
			ok(t, err)
			if got, err := again(string(want)); err != nil || got != string(want) {
				t.Errorf("error %v\n got %s\nwant %s", err, got, want)
			}
		})
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
