package ttl

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

var errFull = errors.New("the disk is full")

// full is a file that takes part of a record.
type full struct{ io.WriteCloser }

func (f full) Write(b []byte) (int, error) {
	n, _ := f.WriteCloser.Write(b[:20])
	return n, errFull
}

// onFullDisk opens a journal in a folder of its own, whose file is full.
func onFullDisk(t *testing.T, now time.Time) *Journal {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	j := opened(t, filepath.Join(folder, "journal"), now)
	j.file = full{j.file}
	return j
}

func opened(t *testing.T, path string, now time.Time) *Journal {
	t.Helper()
	j, err := OpenJournal(path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func number(i int) Key { return sha256.Sum256([]byte(strconv.Itoa(i))) }

// moved hides the folder of a journal, so that its file cannot be replaced, until back is called.
func moved(t *testing.T, j *Journal) (back func()) {
	t.Helper()
	folder := filepath.Dir(j.path)
	rename := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	rename(folder, folder+"-moved")
	return func() { rename(folder+"-moved", folder) }
}

func TestJournalIsReplacedAfterAShortWrite(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	j := onFullDisk(t, now)
	keep := func(i int) error { return j.Keep(FeedNonce, number(i), now.Add(time.Hour), now.Add(time.Hour), now) }
	back := moved(t, j)
	for i := range 3 {
		if err := keep(i); err == nil {
			t.Errorf("got no error of record %d, want one", i)
		}
	}
	back()
	if err := keep(3); !errors.Is(err, errFull) {
		t.Errorf("got %v, want a pause before the next try", err)
	}
	now = now.Add(retryAfter)
	for i := 4; i < 6; i++ {
		if err := keep(i); err != nil {
			t.Errorf("got %v of record %d, want a new file", err, i)
		}
	}
	got := map[Key]bool{}
	opened(t, j.path, now).Each(FeedNonce, func(k Key, _ time.Time) { got[k] = true })
	for i := range 6 {
		if !got[number(i)] {
			t.Errorf("got no record %d in %d, want all that were taken", i, len(got))
		}
	}
	if len(got) != 6 {
		t.Errorf("got %d records, want 6", len(got))
	}
}

func TestJournalThatCannotBeWrittenForgetsWhatIsOver(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	j := onFullDisk(t, now)
	moved(t, j)
	for i := range 3 * leastKept {
		if err := j.Keep(FeedNonce, number(i), now, now, now); err == nil {
			t.Fatal("got no error, want one")
		}
		now = now.Add(time.Second)
	}
	if len(j.kept) > leastKept {
		t.Errorf("got %d records, want %d at most", len(j.kept), leastKept)
	}
}
