package logbook

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"timbre"
	"timbre/environment"
)

// Forget erases the logs of a connector that is no more.
func (l *Logs) Forget(connectorID string) { l.failed(connectorID, l.remove(connectorID)) }

func (l *Logs) remove(connectorID string) (err error) {
	folder := filepath.Join(l.cfg.Folder, filepath.Base(connectorID))
	for _, name := range []string{sipLog, mediaLog} {
		unlock := l.lock(connectorID, name)
		for _, path := range []string{name, name + before} {
			if e := os.Remove(filepath.Join(folder, path)); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
		unlock()
	}
	_ = os.Remove(folder) // unless somebody has put something else there
	return err
}

// Sweep implements sweep.Files. It erases the lines of the days that lie in one of the spans, and the logs of connectors that are no more: it returns the number of
// logs that have become shorter or are gone.
func (l *Logs) Sweep(outlived func() []environment.Span) (logs int, err error) {
	for _, name := range []string{sipLog, sipLog + before, mediaLog, mediaLog + before} {
		found, e := fs.Glob(os.DirFS(l.cfg.Folder), "*/"+name)
		err = errors.Join(err, e)
		for _, path := range found {
			shorter, e := l.sweepLog(filepath.Dir(path), filepath.Base(path), outlived)
			if err = errors.Join(err, e); shorter {
				logs++
			}
		}
	}
	return logs, err
}

// sweepLog erases what has outlived its days of a log, or all of it.
func (l *Logs) sweepLog(connectorID, name string, outlived func() []environment.Span) (shorter bool, err error) {
	if _, err := l.settings.Logging(context.Background(), connectorID); timbre.KindOf(err) == timbre.NotFound && err != nil {
		return true, l.remove(connectorID)
	}
	shorter, err = l.shorten(connectorID, name, outlived)
	if errors.Is(err, fs.ErrNotExist) { // it has gone meanwhile
		err = nil
	}
	return shorter, err
}

// keeps reports whether a line is one, and its day is not over.
func keeps(line []byte, outlived []environment.Span) bool {
	var stamp struct {
		Time int64 `json:"event_timestamp"`
	}
	if json.Unmarshal(line, &stamp) != nil {
		return false
	}
	return !dayOver(time.UnixMilli(stamp.Time), outlived)
}

// dayOver reports whether the whole day of a time lies in one of the spans.
func dayOver(at time.Time, outlived []environment.Span) bool {
	begin := at.UTC().Truncate(24 * time.Hour)
	return slices.ContainsFunc(outlived, func(s environment.Span) bool { return s.Has(begin) && s.Has(begin.AddDate(0, 0, 1)) })
}
