package sqlite_test

import (
	"path/filepath"
	"testing"

	"timbre"
	"timbre/store/sqlite"
)

func TestSecondServerIsRefusedUntilTheFirstCloses(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "timbre.db"), keys(t)
	first, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.CreateConnector(t.Context(), timbre.Connector{ID: "c"}); err != nil {
		t.Fatal(err)
	}
	want := "the database " + path + " is in use by another server"
	if _, err := sqlite.Open(t.Context(), path, v, nil); err == nil || err.Error() != want {
		t.Errorf("second server: got error %v, want %q", err, want)
	}
	if _, err := first.Connector(t.Context(), "c"); err != nil {
		t.Errorf("first server afterwards: got error %v, want none", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
