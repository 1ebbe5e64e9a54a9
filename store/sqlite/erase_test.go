package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"timbre"
)

var (
	v0 = time.Date(2026, time.November, 25, 9, 30, 0, 0, time.UTC)
	v1 = v0.Add(timbre.ProfileLife)
)

// enrol creates a profile from a task with the same id.
func enrol(t testing.TB, s *Store, domainID, id string) {
	t.Helper()
	v := timbre.Voiceprint{Embedding: make(timbre.Embedding, 256), Net: 20 * time.Second, Model: "m"}
	ok(t, s.CreateTask(context.Background(), timbre.Task{
		ID: id, Kind: timbre.SpeakerSearch, TransactionID: id, DomainID: domainID, Voiceprint: &v,
		VoiceprintMade: v0, Ended: v0, Created: v0,
	}))
	ok(t, s.EnrolProfile(context.Background(), timbre.Profile{ID: id, DomainID: domainID, Voiceprint: v, Created: v0, Expires: v1}, id))
}

// secrets returns the sealed embeddings of a profile and of the task that it came from, and the domain's wrapped key.
func secrets(t testing.TB, s *Store, id string) [][]byte {
	t.Helper()
	var profile, task, key []byte
	ok(t, s.reader.QueryRow(`SELECT p.sealed, t.sealed, d.wrapped FROM profile p, task t, domain d
		WHERE p.id = ?1 AND t.id = ?1 AND d.id = p.domain_id`, id).Scan(&profile, &task, &key))
	return [][]byte{profile, task, key}
}

// left counts the secrets of which any 24 bytes are in the files.
func left(t testing.TB, folder string, secrets [][]byte) (n int) {
	t.Helper()
	for _, name := range []string{"timbre.db", "timbre.db-wal"} {
		file, err := os.ReadFile(filepath.Join(folder, name))
		ok(t, err)
		for _, secret := range secrets {
			for at := 0; at+24 <= len(secret); at += 24 {
				if bytes.Contains(file, secret[at:at+24]) {
					n++
					break
				}
			}
		}
	}
	return n
}

func TestErasedBytesLeaveAllFiles(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		erase func(s *Store) error
		stays int // the domain's key, where the domain stays, and the profile, where only the task's voice goes
	}{
		"profile deleted": {func(s *Store) error { return s.DeleteProfile(ctx, "p") }, 1},
		"domain deleted":  {func(s *Store) error { return s.DeleteDomain(ctx, "d") }, 0},
		"profile expired": {func(s *Store) error { return sweep(ctx, s, v1) }, 1},
		"task swept":      {func(s *Store) error { return sweep(ctx, s, v0.Add(timbre.VoiceprintLife)) }, 2},
		"profile renewed": {func(s *Store) error {
			return s.RenewProfile(ctx, timbre.Profile{ID: "p", Voiceprint: timbre.Voiceprint{Embedding: timbre.Embedding{1}}}, "p")
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s := begin(t, folder)
			ok(t, s.CreateDomain(ctx, timbre.Domain{ID: "d"}))
			enrol(t, s, "d", "p")
			marks := secrets(t, s, "p")
			if n := left(t, folder, marks); n != 3 {
				t.Fatalf("got %d secrets before the erasure, want 3", n)
			}
			ok(t, c.erase(s))
			if n := left(t, folder, marks); n != c.stays {
				t.Errorf("got %d secrets after the erasure, want %d", n, c.stays)
			}
		})
	}
}

func TestErasedBytesLeaveFullPagesInAnyOrder(t *testing.T) {
	const many = 200
	ctx, folder := context.Background(), t.TempDir()
	s := begin(t, folder)
	ok(t, s.CreateDomain(ctx, timbre.Domain{ID: "d"}))
	var marks [][][]byte
	for i := range many {
		enrol(t, s, "d", fmt.Sprint("p", i))
		marks = append(marks, secrets(t, s, fmt.Sprint("p", i))[:2])
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	order := rnd.Perm(many)
	for _, i := range order[:many-20] {
		ok(t, s.DeleteProfile(ctx, fmt.Sprint("p", i)))
	}
	for n, i := range order {
		if want := map[bool]int{true: 0, false: 2}[n < many-20]; left(t, folder, marks[i]) != want {
			t.Errorf("got %d secrets of profile %d, want %d", left(t, folder, marks[i]), i, want)
		}
	}
}

func TestErasureDuringAReadIsCompletedByTheNextSweep(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	s := begin(t, folder)
	ok(t, s.CreateDomain(ctx, timbre.Domain{ID: "d"}))
	enrol(t, s, "d", "p")
	marks := secrets(t, s, "p")
	reading, err := s.reader.Begin()
	ok(t, err)
	var id string
	ok(t, reading.QueryRow("SELECT id FROM profile").Scan(&id))
	ok(t, s.DeleteProfile(ctx, "p"))
	if !s.erasedInLog.Load() {
		t.Error("got erasedInLog false, want true")
	}
	if _, err := s.Profile(ctx, "p"); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got error %v, want NotFound", err)
	}
	ok(t, reading.Rollback())
	ok(t, sweep(ctx, s, v0))
	if n := left(t, folder, marks); n != 1 {
		t.Errorf("got %d secrets after the sweep, want the domain's key only", n)
	}
	if s.erasedInLog.Load() {
		t.Error("got erasedInLog true after the sweep, want false")
	}
	var timeout int
	ok(t, s.writer.QueryRow("PRAGMA busy_timeout").Scan(&timeout))
	if timeout != 5000 {
		t.Errorf("got busy_timeout %d, want 5000", timeout)
	}
}

func TestOpenRemovesErasedBytesLeftByACrash(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	s := begin(t, folder)
	ok(t, s.CreateDomain(ctx, timbre.Domain{ID: "d"}))
	enrol(t, s, "d", "p")
	marks := secrets(t, s, "p")
	ok(t, s.write(ctx, "", func(q querier) error { // an erasure without the truncation of the log
		_, err := q.ExecContext(ctx, "DELETE FROM domain; UPDATE task SET sealed = NULL")
		return err
	}))
	crashed := copied(t, folder)
	if n := left(t, crashed, marks); n < 3 {
		t.Fatalf("got %d secrets before Open, want 3", n)
	}
	begin(t, crashed)
	if n := left(t, crashed, marks); n != 0 {
		t.Errorf("got %d secrets after Open, want none", n)
	}
}

// copied is a folder with what a crash leaves of another.
func copied(t testing.TB, folder string) string {
	t.Helper()
	crashed := t.TempDir()
	for _, name := range []string{"key", "timbre.db", "timbre.db-wal"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		ok(t, err)
		ok(t, os.WriteFile(filepath.Join(crashed, name), b, 0o600))
	}
	return crashed
}
