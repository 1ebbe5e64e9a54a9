// Package sqlite keeps durable state in one SQLite file: the store.Store of a single machine. What the other packages
// want kept comes in; it goes out again after a restart, also one that nobody asked for.
//
// All writes pass one connection, so that a transaction that has read may write without another one in between; reads
// have connections of their own and never wait for writes. A commit is on the disk before it returns (write-ahead log,
// synchronous=FULL). What is deleted is overwritten, and embeddings are written only sealed.
//
// A Store does not share its file with that of another process, which it keeps out; a Reader may look on. It has no clock:
// every method that needs the time is told.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"sync/atomic"

	"timbre"
	"timbre/store"
)

// Store is a store.Store in a SQLite file. It is safe for concurrent use.
type Store struct {
	writer    *prepared // one connection
	reader    *prepared // several, which cannot write
	keys      store.Sealer
	log       *slog.Logger
	held      io.Closer   // the lock that keeps other processes out
	residue   atomic.Bool // something erased may still be in the write-ahead log
	limits    atomic.Pointer[timbre.Limits]
	observers observers
}

var _ store.Store = (*Store)(nil)

// Close waits for what is under way. The last checkpoint leaves no write-ahead log behind. It may be called again.
func (s *Store) Close() error {
	err := errors.Join(s.reader.Close(), s.writer.Close())
	if e := s.held.Close(); !errors.Is(e, fs.ErrClosed) {
		err = errors.Join(err, e)
	}
	return wrap("store.Close", err)
}

// querier is a transaction or a pool.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// write runs do in a transaction: all of it takes effect, durably, or nothing. The transaction begins with the write lock, so
// what it reads cannot change before it commits. The hooks are raised after the commit.
func (s *Store) write(ctx context.Context, op string, do func(q querier) error, raise ...func()) error {
	tx, err := s.writer.begin(ctx)
	if err != nil {
		return wrap(op, err)
	}
	defer func() { _ = tx.Rollback() }() // of no effect after a commit
	if err := do(tx); err != nil {
		return wrap(op, err)
	}
	err = tx.Commit()
	for _, hook := range raise { // also when the commit fails: its outcome may be unknown
		hook()
	}
	return wrap(op, err)
}

// erase is a write that takes embeddings away: what it deletes also leaves the write-ahead log.
func (s *Store) erase(ctx context.Context, op string, do func(q querier) error, raise ...func()) error {
	if err := s.write(ctx, op, do, raise...); err != nil {
		return err
	}
	s.residue.Store(true)
	s.scrub(context.WithoutCancel(ctx)) // the erasure has happened, whoever still waits for it
	return nil
}

// scrub empties the write-ahead log into the database, where deleted content has been overwritten. While a read is under
// way it cannot; the next erasure or sweep then does it.
func (s *Store) scrub(ctx context.Context) {
	busy, err := s.checkpoint(ctx)
	if err != nil {
		s.log.Warn("the write-ahead log cannot be emptied; the next sweep tries again", "error", wrap("store.scrub", err))
		return
	}
	if !busy {
		s.residue.Store(false)
	}
}

// checkpoint waits for reads for a tenth of a second only, because no write goes on meanwhile.
func (s *Store) checkpoint(ctx context.Context) (busy bool, err error) {
	c, err := s.writer.Conn(ctx)
	if err != nil {
		return true, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err := c.ExecContext(ctx, "PRAGMA busy_timeout(100)"); err != nil {
		return true, err
	}
	var frames, moved int
	err = c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	_, again := c.ExecContext(ctx, "PRAGMA "+busyTimeout)
	return busy, errors.Join(err, again)
}
