package sqlite

import (
	"errors"
	"os"
	"syscall"

	"timbre"
)

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
