package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

// profiled creates a database with a domain "d" and a profile "vp", and returns the server that has it open.
func profiled(t *testing.T, path string, v *vault.Vault, now time.Time) *sqlite.Store {
	t.Helper()
	server, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	task := timbre.Task{ID: "t", Kind: timbre.SpeakerSearch, TransactionID: "x", DomainID: "d", Created: now}
	profile := timbre.Profile{
		ID: "vp", DomainID: "d", Created: now, Expires: now.Add(time.Hour),
		Voiceprint: timbre.Voiceprint{Embedding: make(timbre.Embedding, 256), Model: "m", Net: 20 * time.Second},
	}
	profile.Voiceprint.Embedding[7] = 1
	if err := errors.Join(server.CreateDomain(t.Context(), timbre.Domain{ID: "d"}), server.CreateTask(t.Context(), task),
		server.EnrolProfile(t.Context(), profile, "t")); err != nil {
		t.Fatal(err)
	}
	return server
}

func TestReaderReadsBesideAServer(t *testing.T) {
	path, v, now := filepath.Join(t.TempDir(), "timbre.db"), keys(t), time.Unix(1_700_000_000, 0)
	server := profiled(t, path, v, now)
	defer func() { _ = server.Close() }()
	r, err := sqlite.OpenReader(t.Context(), path, v)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := r.Domain(t.Context(), "none"); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("unknown domain: got error %v, want NotFound", err)
	}
	got, err := r.Voiceprints(t.Context(), "d", now)
	if err != nil || len(got) != 1 {
		t.Fatalf("got %d voiceprints and error %v, want 1", len(got), err)
	}
	if got[0].ID != "vp" || got[0].Voiceprint.Embedding[7] != 1 {
		t.Errorf("got %+v, want the enrolled profile", got[0])
	}
	if err := server.DeleteProfile(t.Context(), "vp"); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Voiceprints(t.Context(), "d", now); err != nil || len(got) != 0 {
		t.Errorf("after a deletion: got %+v and error %v, want none", got, err)
	}
}

func TestReaderChangesNothing(t *testing.T) {
	path, v, now := filepath.Join(t.TempDir(), "timbre.db"), keys(t), time.Unix(1_700_000_000, 0)
	if err := profiled(t, path, v, now).Close(); err != nil {
		t.Fatal(err)
	}
	before := text(t, path)
	r, err := sqlite.OpenReader(t.Context(), path, v)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Voiceprints(t.Context(), "d", now); err != nil || len(got) != 1 {
		t.Errorf("got %d voiceprints and error %v, want 1", len(got), err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if text(t, path) != before {
		t.Error("got a changed database, want it unchanged")
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOpenReaderErrorsAreOneSentence(t *testing.T) {
	folder := t.TempDir()
	path, v := filepath.Join(folder, "timbre.db"), keys(t)
	refused := func(path, want string) {
		t.Helper()
		r, err := sqlite.OpenReader(t.Context(), path, v)
		if err == nil {
			_ = r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("got error %v, want %q and the path in it", err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "text.db"), []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(filepath.Join(folder, "text.db"), "is not a database")
	refused(filepath.Join(folder, "none.db"), "cannot be opened")
	if _, err := os.Stat(filepath.Join(folder, "none.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v, want no file created", err)
	}
	s, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	v = keys(t)
	refused(path, "another key file")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	refused(path, "version 9999")
	if _, err := sqlite.OpenStopped(t.Context(), path, v, nil); err == nil || !strings.Contains(err.Error(), "version 9999") {
		t.Errorf("a tool: got error %v, want that the tables have another version", err)
	}
}
