//go:build !linux

package check

import (
	"errors"
	"syscall"
)

// kernelClock does not know.
func kernelClock() (clockState, error) { return clockState{}, errors.ErrUnsupported }

// statVolume looks at the file system of a path.
func statVolume(path string) (volume, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return volume{}, err
	}
	return volume{free: int64(s.Bavail) * int64(s.Bsize), inodes: -1}, nil
}
