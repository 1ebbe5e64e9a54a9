package logbook

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"timbre"
	"timbre/environment"
)

// Forget erases the logs of a connector that is no more.
func (l *Logs) Forget(connectorID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed(connectorID, l.remove(connectorID))
}

func (l *Logs) remove(connectorID string) (err error) {
	folder := filepath.Join(l.cfg.Folder, filepath.Base(connectorID))
	for _, name := range []string{sipLog, mediaLog} {
		for _, path := range []string{name, name + before} {
			if e := os.Remove(filepath.Join(folder, path)); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}
	_ = os.Remove(folder) // unless somebody has put something else there
	return err
}

// Sweep erases the lines of the days that lie in one of the spans, and the logs of connectors that are no more: it returns the number of
// logs that have become shorter or are gone.
func (l *Logs) Sweep(outlived []environment.Span) (logs int, err error) {
	for _, name := range []string{sipLog, sipLog + before, mediaLog, mediaLog + before} {
		found, e := fs.Glob(os.DirFS(l.cfg.Folder), "*/"+name)
		err = errors.Join(err, e)
		for _, path := range found {
			shorter, e := l.shorten(filepath.Dir(path), filepath.Base(path), outlived)
			if err = errors.Join(err, e); shorter {
				logs++
			}
		}
	}
	return logs, err
}

// shorten erases what has outlived its days of a log. Its first line decides whether any has, so that a log is written anew once a day at most.
func (l *Logs) shorten(connectorID, name string, outlived []environment.Span) (shorter bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.settings.Logging(context.Background(), connectorID); timbre.KindOf(err) == timbre.NotFound && err != nil {
		return true, l.remove(connectorID)
	}
	path := filepath.Join(l.cfg.Folder, connectorID, name)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewReader(f)
	line, err := lines.ReadBytes('\n')
	if keeps(line, outlived) || err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return true, rewrite(path, lines, outlived)
}

// rewrite replaces a log by the rest of its lines that are still kept; without one the log goes.
func rewrite(path string, lines *bufio.Reader, outlived []environment.Span) error {
	kept, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	some := false
	for err == nil {
		var line []byte
		if line, err = lines.ReadBytes('\n'); keeps(line, outlived) {
			_, e := kept.Write(line)
			err = errors.Join(err, e)
			some = true
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	err = errors.Join(err, kept.Close())
	switch {
	case err == nil && some:
		err = os.Rename(kept.Name(), path)
	case err == nil:
		err = os.Remove(path)
	}
	_ = os.Remove(kept.Name())
	return err
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
