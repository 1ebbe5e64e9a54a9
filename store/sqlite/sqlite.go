// Package sqlite stores durable state in one SQLite file: the store.Store of a single machine.
//
// All writes pass one connection, so a transaction that has read can write without another one in between. Reads have their own
// connections and never wait for writes. A commit is on disk before it returns (write-ahead log, synchronous=FULL). Deleted
// content is overwritten, and embeddings are stored sealed only.
//
// A Store locks its file against other processes; only a Reader may open it as well. The store has no clock: methods that need the
// time take it as a parameter.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"

	"timbre"
	"timbre/store"
)

// Store is a store.Store in a SQLite file. It is safe for concurrent use.
type Store struct {
	writer      *prepared // one connection
	reader      *prepared // several, which cannot write
	keys        store.Sealer
	log         *slog.Logger
	lockFile    io.Closer   // locks the file against other processes
	erasedInLog atomic.Bool // something erased may still be in the write-ahead log
	limits      atomic.Pointer[timbre.Limits]
	observers   observers
	settings    settings
	quarantine  quarantine
	outage      outage
	mark        mark
	pace        *pace
	group       *group
	inspection  inspection
	problems    atomic.Int64 // of the pages
	stop        context.CancelFunc
	background  sync.WaitGroup
}

var _ store.Store = (*Store)(nil)

// Close waits for operations in progress. The last checkpoint removes the write-ahead log. Close may be called again.
func (s *Store) Close() error {
	if s.stop != nil {
		s.stop()
	}
	s.background.Wait()
	err := errors.Join(s.reader.Close(), s.writer.Close())
	if e := s.lockFile.Close(); !errors.Is(e, fs.ErrClosed) {
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
// what it reads cannot change before it commits. The hooks are raised after the commit. An error is Unavailable while the disk takes no
// writes.
func (s *Store) write(ctx context.Context, op string, do func(q querier) error, raise ...func()) error {
	done := false
	err := s.commit(ctx, func(q querier) error {
		err := do(q)
		done = err == nil
		return err
	})
	if done {
		for _, hook := range raise { // also when the commit fails: its outcome may be unknown
			hook()
		}
	}
	err = wrap(op, err)
	s.outage.note(s.log, err)
	return err
}

// erase is a write that deletes secrets: it also removes them from the write-ahead log.
func (s *Store) erase(ctx context.Context, op string, do func(q querier) error, raise ...func()) error {
	if err := s.write(ctx, op, do, raise...); err != nil {
		return err
	}
	s.erasedInLog.Store(true)
	s.truncateLog(context.WithoutCancel(ctx)) // the erasure is done, even if the caller has gone
	return nil
}
