package file

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Disk is where files are.
type Disk interface {
	// Open opens the file at a path, or makes it.
	Open(path string) (File, error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Seeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// system is the file system.
type system struct{}

// Open implements Disk. Other than regular files are refused: a pipe without a reader would block for ever.
func (system) Open(path string) (File, error) {
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case err == nil:
		return os.OpenFile(path, os.O_RDWR, 0)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
