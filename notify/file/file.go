// Package file appends notices to files of JSON lines. Settings give each file its name; targets have the name, never a path.
package file

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"

	"timbre"
	"timbre/environment"
	"timbre/notify"
)

// Config of a Sink.
type Config struct {
	Files map[string]string // paths by name
}

// Deps of a Sink.
type Deps struct {
	Disk Disk // nil: the file system
}

const (
	maxBatch   = 1000
	maxRequest = 8 << 20 // bytes; also of one line
)

// Sink appends to any number of files. It is a notify.Batcher.
type Sink struct{ files map[string]*lines }

// New returns a Sink. A file is made when the first notice is written to it.
func New(_ environment.Environment, cfg Config, deps Deps) *Sink {
	if deps.Disk == nil {
		deps.Disk = system{}
	}
	s := &Sink{files: map[string]*lines{}}
	for name, path := range cfg.Files {
		s.files[name] = &lines{deps.Disk, path, make(chan struct{}, 1)}
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

// SendBatch implements notify.Batcher: all lines are on the disk, or none. Notices that no line can hold are left out.
func (s *Sink) SendBatch(ctx context.Context, notices []timbre.Notice) []error {
	target := notices[0].Target
	errs := make([]error, len(notices))
	if err := s.Check(target); err != nil {
		return fill(errs, &notify.Failure{Kind: notify.Refused, Err: err})
	}
	var text bytes.Buffer
	for i, n := range notices {
		errs[i] = add(&text, n)
	}
	if text.Len() == 0 {
		return errs
	}
	if err := s.files[nameOf(target)].write(ctx, text.Bytes()); err != nil {
		return fill(errs, &notify.Failure{Err: timbre.Errorf(timbre.Unavailable, "", "file %s: %w", nameOf(target), withoutPath(err))})
	}
	return errs
}

// fill makes one error that of each notice which has none.
func fill(errs []error, err error) []error {
	for i := range errs {
		if errs[i] == nil {
			errs[i] = err
		}
	}
	return errs
}

// add adds the line of a notice, which must contain no other.
func add(text *bytes.Buffer, n timbre.Notice) error {
	if len(n.Payload) > maxRequest {
		return refused(n, "too large: %d bytes, the limit is %d", len(n.Payload), maxRequest)
	}
	if err := json.Compact(text, n.Payload); err != nil {
		return refused(n, "the event is not JSON")
	}
	text.WriteByte('\n')
	return nil
}

func refused(n timbre.Notice, format string, args ...any) error {
	err := timbre.Errorf(timbre.Invalid, "", format, args...)
	return &notify.Failure{Kind: notify.Refused, Err: timbre.Errorf(timbre.Invalid, "", "file %s: %w", nameOf(n.Target), err)}
}

// withoutPath removes the path from an error: whoever reads a target's errors need not know the disk.
func withoutPath(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	return err
}
