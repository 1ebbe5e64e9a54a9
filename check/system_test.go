package check

import (
	"path/filepath"
	"testing"
)

// What is read of the operating system is reported.
func TestThisSystemTells(t *testing.T) {
	s, folder := thisSystem(), t.TempDir()
	if v, err := s.volume(folder); err != nil || v.free <= 0 {
		t.Errorf("got %+v, %v of the file system", v, err)
	}
	if _, err := s.volume(filepath.Join(folder, "absent")); err == nil {
		t.Error("got a file system of a path that is not there")
	}
	if err := s.sync(filepath.Join(folder, "file")); err != nil {
		t.Errorf("got %v of a write", err)
	}
	if limit, streams := s.room(); limit > 0 && streams == 0 {
		t.Errorf("got no streams with %d descriptors", limit)
	}
	if _, err := s.clock(); err != nil {
		t.Logf("clock: %v", err)
	}
	if s.cores < 1 || len(s.kernel("sys/net/core/rmem_max")) > 1 || s.kernel("absent") != nil {
		t.Errorf("got %d cores", s.cores)
	}
}
