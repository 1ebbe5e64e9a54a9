// Package file appends notices to files of JSON lines. Settings give each file its name; targets have the name, never a path.
package file

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"timbre"
	"timbre/environment"
	"timbre/notify"
)

// Config of a Sink.
type Config struct {
	Files map[string]string // paths by name
}

const (
	maxBatch   = 1000
	maxRequest = 8 << 20
)

// Sink appends to any number of files. It is a notify.Batcher.
type Sink struct{ files map[string]*lines }

// lines is a file. One batch at a time is written, by who has put a value into busy.
type lines struct {
	path string
	busy chan struct{}
}

// New returns a Sink. A file is made when the first notice is written to it.
func New(_ environment.Environment, cfg Config) *Sink {
	s := &Sink{files: map[string]*lines{}}
	for name, path := range cfg.Files {
		s.files[name] = &lines{path, make(chan struct{}, 1)}
	}
	return s
}

// Check implements timbre.TargetChecker.
func (s *Sink) Check(target string) error {
	if name := nameOf(target); s.files[name] == nil {
		return timbre.Errorf(timbre.NotFound, "", "no file is named %s", name)
	}
	return nil
}

func nameOf(target string) string { return target[strings.LastIndexByte(target, ':')+1:] }

// Batch implements notify.Batcher.
func (*Sink) Batch() (notices, bytes int) { return maxBatch, maxRequest }

// Send implements notify.Sink. Its errors are notify.Failures.
func (s *Sink) Send(ctx context.Context, n timbre.Notice) error {
	return s.SendBatch(ctx, []timbre.Notice{n})[0]
}

// SendBatch implements notify.Batcher: all lines are on the disk, or none.
func (s *Sink) SendBatch(ctx context.Context, notices []timbre.Notice) []error {
	err := s.append(ctx, notices)
	errs := make([]error, len(notices))
	for i := range errs {
		errs[i] = err
	}
	return errs
}

func (s *Sink) append(ctx context.Context, notices []timbre.Notice) error {
	target := notices[0].Target
	if err := s.Check(target); err != nil {
		return &notify.Failure{Kind: notify.Refused, Err: err}
	}
	var text bytes.Buffer
	for _, n := range notices {
		if err := json.Compact(&text, n.Payload); err != nil { // a line must contain no other
			return &notify.Failure{Kind: notify.Refused, Err: timbre.Errorf(timbre.Invalid, "", "file %s: the event is not JSON", nameOf(target))}
		}
		text.WriteByte('\n')
	}
	if err := s.files[nameOf(target)].write(ctx, text.Bytes()); err != nil {
		return &notify.Failure{Err: timbre.Errorf(timbre.Unavailable, "", "file %s: %w", nameOf(target), withoutPath(err))}
	}
	return nil
}

// withoutPath removes the path from an error: whoever reads a target's errors need not know the disk.
func withoutPath(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// write appends text and waits until the disk has it. The file is opened for each batch, so it can be renamed or removed at any time. What
// an earlier write has left unfinished was never reported as delivered, so it is cut off.
func (l *lines) write(ctx context.Context, text []byte) (err error) {
	select {
	case l.busy <- struct{}{}:
		defer func() { <-l.busy }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := l.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	end, err := lastLine(f)
	if err != nil {
		return err
	}
	if err := f.Truncate(end); err != nil {
		return err
	}
	_, err = f.WriteAt(text, end)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(end))
	}
	return nil
}

// open opens the file, or makes it.
func (l *lines) open() (*os.File, error) {
	switch info, err := os.Stat(l.path); {
	case err == nil && !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case err == nil:
		return os.OpenFile(l.path, os.O_RDWR, 0)
	}
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(l.path)); err != nil {
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

// lastLine returns where the last whole line ends.
func lastLine(f *os.File) (int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	block := make([]byte, 4096)
	for err == nil && end > 0 {
		from := max(0, end-int64(len(block)))
		part := block[:end-from]
		if _, err = f.ReadAt(part, from); err != nil {
			break
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		end = from
	}
	return end, err
}
