package sqlite

import (
	"os"
	"path/filepath"
	"syscall"
)

// Disk is the file system that holds the database.
type Disk struct {
	Size, Free       int64 // bytes; those free are free for this process
	Files, FreeFiles int64 // inodes; 0 of 0 where the file system has no bound
}

// Disk looks at the file system that holds the database.
func (s *Store) Disk() (Disk, error) {
	var d syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(s.file()), &d); err != nil {
		return Disk{}, wrap("store.Disk", err)
	}
	block := int64(d.Bsize) //nolint:unconvert // other on other systems
	return Disk{Size: int64(d.Blocks) * block, Free: int64(d.Bavail) * block, Files: int64(d.Files), FreeFiles: int64(d.Ffree)}, nil
}

// logFrame is the size of a page in the write-ahead log, with its header.
const logFrame = 4096 + 24

// Log is the size of the write-ahead log's file, and the size beyond which something keeps it from being written from its beginning again.
// Both are bytes.
func (s *Store) Log() (size, limit int64) {
	if info, err := os.Stat(s.file() + "-wal"); err == nil {
		size = info.Size()
	}
	return size, tooLong * logFrame
}
