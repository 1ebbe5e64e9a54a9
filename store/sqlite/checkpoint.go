package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

const (
	// checkpointEvery is how often the write-ahead log is moved into the database while there are commits.
	checkpointEvery = time.Second
	// longLog is how many pages the log may have before writes wait for the rest of it to be moved.
	longLog = 4096
	// tooLong is how many pages it may have before an inspection is broken off, which keeps it from being written again.
	tooLong = 8 * longLog
	// scrubTries is how often emptying the log is tried while reads are in progress, and scrubWait for how long writes wait for such reads
	// each time: as long as they have the database to themselves until the next try.
	scrubTries, scrubWait = 6, 20 * time.Millisecond
)

// scrubTimeout is scrubWait for the engine.
const scrubTimeout = "busy_timeout(20)"

// checkpoints moves the log into the database until ctx ends, beside the writer: the engine itself would do it in a commit, which then takes
// as long as a disk needs for a thousand pages.
func (s *Store) checkpoints(ctx context.Context) {
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	var failed bool
	for moved := s.mark.commits.Load(); ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		n := s.mark.commits.Load()
		if n == moved {
			continue
		}
		err := s.moveLog(ctx)
		if err == nil {
			moved = n
		} else if !failed && ctx.Err() == nil {
			s.log.Warn("cannot move the write-ahead log into the database; it grows until that can be done", "error", wrap("store.moveLog", err))
		}
		failed = err != nil
	}
}

// moveLog moves what is in the log. The engine writes it from its beginning again once all of it has been moved, which commits without a
// pause prevent. Of a log that has become long, what they have added meanwhile is moved while they wait: that is little.
func (s *Store) moveLog(ctx context.Context) error {
	pages, err := move(ctx, s.reader.DB)
	if pages > tooLong {
		s.inspection.end(errLongLog)
	}
	if err == nil && pages > longLog {
		_, err = move(ctx, s.writer.DB)
	}
	return err
}

// move moves what no read is in the way of. It returns how many pages the log had when that began.
func move(ctx context.Context, db *sql.DB) (pages int, err error) {
	var busy bool
	var moved int
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &moved)
	return pages, err
}

// truncateLog moves the log into the database, where deleted content has been overwritten, and empties it. It fails while a read is in
// progress; the next erasure or sweep then tries again.
func (s *Store) truncateLog(ctx context.Context) {
	busy, err := s.emptyLog(ctx)
	if err != nil {
		s.log.Warn("cannot empty the write-ahead log; the next sweep tries again", "error", wrap("store.truncateLog", err))
		return
	}
	if !busy {
		s.erasedInLog.Store(false)
	}
}

// emptyLog does what it can beside the writer, and waits for reads while writes wait for a short time only.
func (s *Store) emptyLog(ctx context.Context) (busy bool, err error) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for range scrubTries {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return true, ctx.Err()
		}
		if _, err := move(ctx, s.reader.DB); err != nil {
			return true, err
		}
		if busy, err = s.truncate(ctx); err != nil || !busy {
			return busy, err
		}
		pause.Reset(scrubWait)
	}
	return busy, nil
}

// truncate empties the log if no read is in progress or ends in scrubWait.
func (s *Store) truncate(ctx context.Context) (busy bool, err error) {
	c, err := s.writer.Conn(ctx)
	if err != nil {
		return true, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err := c.ExecContext(ctx, "PRAGMA "+scrubTimeout); err != nil {
		return true, err
	}
	var pages, moved int
	err = c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	_, again := c.ExecContext(ctx, "PRAGMA "+busyTimeout)
	return busy, errors.Join(err, again)
}
