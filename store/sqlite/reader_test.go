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
)

func TestAReaderSeesWhatAServerWritesAndChangesNothing(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "timbre.db"), keys(t)
	server, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sqlite.OpenReader(t.Context(), path, v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Domain(t.Context(), "d"); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("no domain: %v", err)
	}
	now := time.Unix(1_700_000_000, 0)
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
	voices, err := r.Voiceprints(t.Context(), "d", now)
	if err != nil || len(voices) != 1 || voices[0].ID != "vp" || voices[0].Voiceprint.Embedding[7] != 1 {
		t.Errorf("%+v, %v", voices, err)
	}
	mine, err := r.Generation(t.Context(), "d")
	if its, e := server.Generation(t.Context(), "d"); err != nil || e != nil || mine != its {
		t.Errorf("generation %d, %v", mine, err)
	}
	if err := errors.Join(r.Close(), server.DeleteProfile(t.Context(), "vp"), server.Close()); err != nil {
		t.Error(err)
	}
	before := text(t, path)
	if r, err = sqlite.OpenReader(t.Context(), path, v); err != nil { // without a server
		t.Fatal(err)
	}
	if voices, err := r.Voiceprints(t.Context(), "d", now); err != nil || len(voices) != 0 {
		t.Errorf("%+v, %v", voices, err)
	}
	if err := r.Close(); err != nil || text(t, path) != before {
		t.Errorf("the database has changed: %v", err)
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

func TestAReaderRefusesInOneSentence(t *testing.T) {
	folder := t.TempDir()
	path, v := filepath.Join(folder, "timbre.db"), keys(t)
	refused := func(path, want string) {
		t.Helper()
		r, err := sqlite.OpenReader(t.Context(), path, v)
		if err == nil {
			_ = r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "text.db"), []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(filepath.Join(folder, "text.db"), "is not a database")
	refused(filepath.Join(folder, "none.db"), "cannot be opened")
	if _, err := os.Stat(filepath.Join(folder, "none.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it has made the file: %v", err)
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
}
