package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"syscall"
	"time"

	"timbre"
)

// lockPoll is how often a start looks whether the server before has ended.
const lockPoll = 50 * time.Millisecond

// waiting is the wait for a lock that another server holds.
type waiting struct {
	path   string
	log    *slog.Logger
	atMost time.Duration
}

// lock is the function lock, but waits while another server has the file.
func (w waiting) lock(ctx context.Context) (*os.File, error) {
	f, err := lock(w.path)
	if timbre.KindOf(err) != timbre.Unavailable || err == nil || w.atMost <= 0 {
		return f, err
	}
	w.log.Info("waiting for the server that has the database open", "database", w.path, "at_most", w.atMost)
	timeout := time.NewTimer(w.atMost)
	defer timeout.Stop()
	poll := time.NewTicker(lockPoll)
	defer poll.Stop()
	for begun := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timeout.C:
			return nil, timbre.Errorf(timbre.Unavailable, "", "is in use by another server, which has not ended within %s", w.atMost)
		case <-poll.C:
		}
		if f, err = lock(w.path); timbre.KindOf(err) != timbre.Unavailable || err == nil {
			w.log.Info("the server before has closed the database", "waited", time.Since(begun).Round(time.Millisecond))
			return f, err
		}
	}
}

// lock claims the file at path for this process until it ends, in whatever way, or closes the lock. The locks of the engine would let a
// second server in, which would end all calls and tasks of the first as lost.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, timbre.Errorf(timbre.Unavailable, "", "is in use by another server")
		}
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return f, nil
}
