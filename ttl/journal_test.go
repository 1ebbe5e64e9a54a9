package ttl_test

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"timbre/ttl"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func key(i int) ttl.Key { return sha256.Sum256([]byte(strconv.Itoa(i))) }

func open(t *testing.T, path string, now time.Time) *ttl.Journal {
	t.Helper()
	j, err := ttl.OpenJournal(path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func keys(j *ttl.Journal) map[ttl.Key]time.Time {
	all := map[ttl.Key]time.Time{}
	j.Each(ttl.FeedNonce, func(k ttl.Key, until time.Time) { all[k] = until })
	return all
}

func TestJournalKeepsWhatTheNextProcessWouldTake(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path, start)
	for i, last := range []time.Duration{-time.Second, 0, time.Minute, time.Hour} {
		if err := j.Keep(ttl.FeedNonce, key(i), start.Add(last), start.Add(2*time.Hour), start.Add(500*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	got := keys(open(t, path, start.Add(time.Minute)))
	if len(got) != 2 || !got[key(2)].Equal(start.Add(2*time.Hour)) || got[key(3)].IsZero() {
		t.Errorf("got %v, want those of a minute and of an hour", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a file for its owner alone", info, err)
	}
}

// A file grows with what is of use, and not with what was.
func TestJournalDropsWhatIsOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path, start)
	now := start
	for i := range 20_000 {
		now = start.Add(time.Duration(i) * time.Second)
		if err := j.Keep(ttl.FeedNonce, key(i), now, now, now); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > 5000*49 {
		t.Errorf("got a file of %d bytes, %v, want no more than of 5000 records", info.Size(), err)
	}
	if got := keys(open(t, path, now)); len(got) != 1 {
		t.Errorf("got %d keys, want the last", len(got))
	}
}

func TestJournalThatWasCutOffIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	for i := range 2 {
		if err := open(t, path, start).Keep(ttl.FeedNonce, key(i), start, start, start); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(path, 49+20); err != nil {
		t.Fatal(err)
	}
	if got := keys(open(t, path, start)); len(got) != 1 || got[key(0)].IsZero() {
		t.Errorf("got %v, want the first", got)
	}
}

func TestJournalGivesEachUserItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path, start)
	for i, kind := range []ttl.Kind{ttl.APISignature, ttl.FeedNonce, ttl.FeedNonce, 200} { // the last of another version
		if err := j.Keep(kind, key(i), start, start, start); err != nil {
			t.Fatal(err)
		}
	}
	j = open(t, path, start)
	for kind, want := range map[ttl.Kind]int{ttl.APISignature: 1, ttl.FeedNonce: 2, 200: 0} {
		got := 0
		j.Each(kind, func(ttl.Key, time.Time) { got++ })
		if got != want {
			t.Errorf("got %d keys of kind %d, want %d", got, kind, want)
		}
	}
}

func TestJournalInNoFolderIsAnError(t *testing.T) {
	if _, err := ttl.OpenJournal(filepath.Join(t.TempDir(), "none", "journal"), start); err == nil {
		t.Error("got no error")
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte("short"))
	f.Add(append([]byte{1}, make([]byte, 97)...))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "journal")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, most := len(keys(open(t, path, start))), len(text)/49; got > most {
			t.Errorf("got %d keys of %d bytes, want %d at most", got, len(text), most)
		}
	})
}
