package archive

import (
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"timbre/search"
)

// Reader gives searches the calibration of a domain. It reads a folder again when it has changed, so what another process adds or
// revokes holds for the next search. It is safe for concurrent use.
type Reader struct {
	archive Archive
	model   string
	log     *slog.Logger

	mu     sync.Mutex
	scopes map[string]cached
}

// cached is what a folder held when it was last read.
type cached struct {
	changed time.Time
	current *search.Calibration // nil: none applies
}

// NewReader returns a Reader of the calibrations for a model's scores.
func NewReader(a Archive, model string, log *slog.Logger) *Reader {
	return &Reader{archive: a, model: model, log: log, scopes: map[string]cached{}}
}

// Calibration is the newest one of the domain that is not revoked, or else of the server; nil if there is none. Equal pointers are equal
// calibrations.
func (r *Reader) Calibration(domainID string) *search.Calibration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.newest(domainID); c != nil {
		return c
	}
	return r.newest(Server)
}

func (r *Reader) newest(scope string) *search.Calibration {
	dir, err := r.archive.folder(scope)
	if err != nil {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil { // mostly there is none
		delete(r.scopes, scope)
		return nil
	}
	known, read := r.scopes[scope]
	if read && known.changed.Equal(info.ModTime()) {
		return known.current
	}
	c, err := r.archive.current(scope, r.model)
	if err == nil {
		err = r.archive.broken(scope)
	}
	if err != nil && !read { // after a start, the newest that can be read applies
		r.log.Error("a calibration cannot be read: searches use the newest that can", "scope", scope, "error", err)
	} else if err != nil { // the last one that could be read still applies
		r.log.Error("a calibration cannot be read: searches go on without the change", "scope", scope, "error", err)
		c = known.current
	}
	r.scopes[scope] = cached{info.ModTime(), c}
	return c
}

// broken says which files of a scope cannot be read.
func (a Archive) broken(scope string) (err error) {
	all, err := a.List(scope)
	for _, e := range all {
		err = errors.Join(err, e.Err)
	}
	return err
}

// current is the newest calibration of a scope for a model that is not revoked; nil: there is none.
func (a Archive) current(scope, model string) (*search.Calibration, error) {
	e, err := a.Current(scope, model)
	if err != nil || e == nil {
		return nil, err
	}
	c, err := search.ParseCalibration(e.Calibration)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// Current is the newest calibration of a scope for a model that is not revoked; nil: there is none.
func (a Archive) Current(scope, model string) (*Entry, error) {
	all, err := a.List(scope)
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Err == nil && all[i].Revoked == nil && all[i].Model == model {
			return &all[i], nil
		}
	}
	return nil, nil
}
