package logbook

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncFiles brings to the disk what was written to the file system of a folder.
func syncFiles(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}
