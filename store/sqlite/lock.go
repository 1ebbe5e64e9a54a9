package sqlite

import (
	"errors"
	"os"
	"syscall"

	"timbre"
)

// lock makes the file at path this process's own until the lock is closed, or the process ends in whatever way. The
// engine's locks alone would let a second server in, which would end every call and task of the first as lost.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, timbre.Errorf(timbre.Unavailable, "", "is in use by another server.")
		}
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return f, nil
}
