package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"timbre"
)

// markEvery is how often the mark is moved while there are commits. A loss is noticed if it includes a commit that is older.
const markEvery = time.Second

// markSuffix ends the name of the file of the mark.
const markSuffix = "-mark"

// mark is the number of commits that are known to be durable, in a file beside the database. SQLite reads a write-ahead log that is gone or
// cut as one that was never longer; the mark is then above the number of commits in the database. It is moved after commits, never
// before, and not by the goroutines that commit.
type mark struct {
	path    string
	commits atomic.Int64 // in the database
	lost    atomic.Int64 // that the database lacked at the start
	written int64
}

// countCommits counts the writers of a transaction in itself.
const countCommits = "UPDATE commits SET n = n + ? RETURNING n"

// compare reads the mark and says loudly what the database lacks. The server goes on: refusing would not bring it back.
func (s *Store) compare(ctx context.Context) error {
	var n int64
	if err := s.reader.QueryRowContext(ctx, "SELECT n FROM commits").Scan(&n); err != nil {
		return err
	}
	s.mark.commits.Store(n)
	text, err := os.ReadFile(s.mark.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var before int64
	if err == nil {
		before, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	}
	switch {
	case err != nil:
		s.log.Warn("the mark of the last commit cannot be read: a lost write-ahead log would not be noticed", "file", s.mark.path, "error", err)
	case before > n:
		s.mark.lost.Store(before - n)
		s.log.Error("the database has lost its last commits: its write-ahead log was lost or cut, or an older file was put in its place",
			"lost_commits", before-n, "has", n, "had", before)
		return skipNumbers(ctx, s.writer, (before-n)*timbre.NumberBlock) // each may have reserved a block
	}
	return nil
}

// move writes the mark if there were commits since. A mark that cannot be written stays where it was, which is safe.
func (m *mark) move() {
	n := m.commits.Load()
	if n == m.written {
		return
	}
	part := m.path + ".part"
	if err := writeSynced(part, strconv.FormatInt(n, 10)+"\n"); err != nil {
		return
	}
	if os.Rename(part, m.path) == nil {
		m.written = n
	}
}

func writeSynced(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// keep moves the mark until ctx ends, and then a last time.
func (m *mark) keep(ctx context.Context) {
	ticker := time.NewTicker(markEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.move()
		case <-ctx.Done():
			m.move()
			return
		}
	}
}
