package card_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"timbre"
	"timbre/models/card"
)

// A pipe is opened by nobody: this would wait for a writer for ever.
func TestPipeInPlaceOfACardIsRefused(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(folder, card.File), 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := card.Read(os.DirFS(folder))
		done <- err
	}()
	select {
	case err := <-done:
		if timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("got %v, want Invalid", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits")
	}
}
