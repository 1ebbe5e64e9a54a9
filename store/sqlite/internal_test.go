package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"timbre"
	"timbre/store/storetest"
	"timbre/vault"
)

func begin(t testing.TB, folder string) *Store {
	t.Helper()
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestConnectionsAreSetUpForDurability(t *testing.T) {
	s := begin(t, t.TempDir())
	for _, c := range []struct {
		db           *sql.DB
		pragma, want string
	}{
		{s.writer.DB, "journal_mode", "wal"},
		{s.writer.DB, "synchronous", "2"},
		{s.writer.DB, "foreign_keys", "1"},
		{s.writer.DB, "secure_delete", "1"},
		{s.writer.DB, "wal_autocheckpoint", "0"},
		{s.writer.DB, "busy_timeout", "5000"},
		{s.writer.DB, "query_only", "0"},
		{s.reader.DB, "foreign_keys", "1"},
		{s.reader.DB, "busy_timeout", "5000"},
		{s.reader.DB, "query_only", "1"},
		{s.writer.DB, "cache_size", "-16384"}, // docs/operations.md says what memory they take
		{s.reader.DB, "cache_size", "-2000"},
	} {
		t.Run(c.pragma, func(t *testing.T) {
			var got string
			ok(t, c.db.QueryRow("PRAGMA "+c.pragma).Scan(&got))
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if n := s.writer.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("got %d writing connections, want 1", n)
	}
	if _, err := s.reader.Exec("DELETE FROM call"); err == nil {
		t.Error("got no error of a write by a reading connection, want one")
	}
}

func TestOpenRefusesDatabaseOfALaterVersion(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	_, err := s.writer.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
	ok(t, err)
	ok(t, s.Close())
	path := filepath.Join(folder, "timbre.db")
	was, err := os.ReadFile(path)
	ok(t, err)
	_, err = Open(t.Context(), path, s.keys, nil)
	files, _ := migrations.ReadDir("migrations")
	last, _ := strconv.Atoi(strings.Split(files[len(files)-1].Name(), "_")[0])
	want := fmt.Sprintf("was created by a later version of Timbre (tables of version 999, this version knows %d)", last)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q in it", err, want)
	}
	if is, _ := os.ReadFile(path); string(is) != string(was) {
		t.Error("got a changed database, want it unchanged")
	}
}

func TestFullDiskRefusesOnlyWhatDoesNotFit(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: "fits"}, nil))
	var pages int
	ok(t, s.writer.QueryRow("PRAGMA page_count").Scan(&pages))
	_, err := s.writer.Exec("PRAGMA max_page_count = 1") // no larger than the database is
	ok(t, err)
	big := timbre.Call{TransactionID: "too big", Metadata: strings.Repeat("x", 100_000)}
	err = s.SaveCall(t.Context(), big, []timbre.Notice{{ID: "n", Key: "k", Target: "t"}})
	if e := new(timbre.Error); !errors.As(err, &e) || e.Kind != timbre.Unavailable || e.Op != "store.SaveCall" ||
		!strings.HasPrefix(e.Msg, "the disk that holds the database is full") {
		t.Errorf("got error %v, want Unavailable: the disk is full", err)
	}
	if _, err := s.Call(t.Context(), "fits"); err != nil {
		t.Error(err)
	}
	if some, err := s.Depths(t.Context()); len(some) > 0 || err != nil {
		t.Errorf("got a notice of the refused write: %v, error %v", some, err)
	}
	_, err = s.writer.Exec("PRAGMA max_page_count = 1000000")
	ok(t, err)
	ok(t, s.SaveCall(t.Context(), big, nil))
}

func TestSealedBytesOpenInTheirOwnRowOnly(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	ok(t, s.CreateDomain(ctx, timbre.Domain{ID: "d"}))
	for _, id := range []string{"1", "2"} {
		v := timbre.Voiceprint{Embedding: timbre.Embedding{1, 2, 3}}
		ok(t, s.CreateTask(ctx, timbre.Task{ID: id, Kind: timbre.SpeakerSearch, TransactionID: id, DomainID: "d", Voiceprint: &v}))
		ok(t, s.EnrolProfile(ctx, timbre.Profile{ID: id, DomainID: "d", Voiceprint: v, Expires: v1}, id))
	}
	for _, tamper := range []string{
		"UPDATE profile SET sealed = (SELECT sealed FROM profile WHERE id = '1') WHERE id = '2'",
		"UPDATE profile SET sealed = (SELECT sealed FROM task WHERE id = '2') WHERE id = '2'",
		"UPDATE profile SET sealed = x'00' WHERE id = '2'",
	} {
		_, err := s.writer.Exec(tamper)
		ok(t, err)
		if list, err := storetest.AllVoices(ctx, s, "d", v0); err != nil || len(list) != 1 || list[0].ID != "1" {
			t.Errorf("%s: got %v and error %v, want the profile that was not tampered with", tamper, list, err)
		}
	}
	_, err := s.writer.Exec("UPDATE task SET sealed = (SELECT sealed FROM task WHERE id = '1') WHERE id = '2'")
	ok(t, err)
	if task, err := s.Task(ctx, timbre.SpeakerSearch, "2"); err != nil || task.Voiceprint != nil {
		t.Errorf("got the voiceprint %v and error %v, want neither that of another task nor an error", task.Voiceprint, err)
	}
}
