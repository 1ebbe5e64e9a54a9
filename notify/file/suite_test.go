package file_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"timbre/environment"
	"timbre/notify"
	"timbre/notify/file"
	"timbre/notify/notifytest"
)

// disk is one that fails on request. A request is a file that is opened.
type disk struct {
	*notifytest.Faults
	mu      sync.Mutex
	changed chan struct{} // closed when the faults change, which ends those that hang
}

func (d *disk) Fail(f notifytest.Fault, count int) {
	d.Faults.Fail(f, count)
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.changed)
	d.changed = make(chan struct{})
}

// change is closed when the faults change.
func (d *disk) change() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

// Vanish takes the disk away, as a server of the network that is gone: all hangs until it is back.
func (d *disk) Vanish() { d.Fail(notifytest.Hang, -1) }

func (d *disk) Stop() { d.Fail(notifytest.RefusedForever, -1) }

// Open implements file.Disk.
func (d *disk) Open(path string) (file.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	changed, fault := d.change(), d.Next()
	refused := map[notifytest.Fault]error{
		notifytest.RefusedForever: syscall.ENOENT, notifytest.RefusedForNow: syscall.ENOSPC, notifytest.BadCredentials: syscall.EACCES,
		notifytest.Hang: syscall.EIO,
	}[fault]
	switch fault {
	case notifytest.Hang:
		d.Hang()
		<-changed
	case notifytest.Drop:
		return torn{f}, nil
	}
	if refused != nil {
		_ = f.Close()
		return nil, &os.PathError{Op: "open", Path: path, Err: refused}
	}
	return f, nil
}

// torn is a file whose disk goes away in the middle of a write.
type torn struct{ *os.File }

func (f torn) WriteAt(p []byte, at int64) (int, error) {
	n, _ := f.File.WriteAt(p[:len(p)/2], at)
	_ = f.File.Close()
	return n, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.EIO}
}

// What is wrong with a file can be mended in its place, so nothing but an event is refused for ever.
func TestSinkKeepsItsPromises(t *testing.T) {
	notifytest.Run(t, func(t *testing.T) notifytest.Backend {
		path := filepath.Join(t.TempDir(), "hidden", "events.jsonl")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		d := &disk{Faults: notifytest.NewFaults(), changed: make(chan struct{})}
		return notifytest.Backend{
			Sink:    file.New(environment.Environment{}, file.Config{Files: map[string]string{"events": path}}, file.Deps{Disk: d}),
			Service: d, Target: events, Unknown: strings.Replace(events, ":events", ":lost", 1),
			Received: func() []string { return whole(t, path) }, MaxPayload: 8 << 20, Secrets: []string{"hidden"},
			Kinds: map[string]notify.FailureKind{"refused for ever": notify.ForNow},
		}
	})
}

// whole returns the lines of a file that are finished.
func whole(t *testing.T, path string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		if body, finished := bytes.CutSuffix(line, []byte("\n")); finished {
			all = append(all, string(body))
		}
	}
	return all
}
