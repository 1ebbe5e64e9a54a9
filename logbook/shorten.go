package logbook

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"timbre/environment"
)

// shorten erases what has outlived its days of a log. The first line decides whether any has, so that a log is written anew once a day at
// most. Lines are added to it meanwhile: it is locked only while its new form takes its place.
func (l *Logs) shorten(connectorID, name string, outlived func() []environment.Span) (shorter bool, err error) {
	old, size, err := l.open(connectorID, name)
	if err != nil {
		return false, err
	}
	defer func() { _ = old.Close() }()
	spans := outlived()
	lines := bufio.NewReader(io.LimitReader(old, size))
	line, err := lines.ReadBytes('\n')
	if keeps(line, spans) || err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	kept, err := os.CreateTemp(filepath.Dir(old.Name()), ".new-*") // 0600
	if err != nil {
		return false, err
	}
	defer func() {
		_ = kept.Close()
		_ = os.Remove(kept.Name()) // unless it has taken the place of the log
	}()
	if err := copyKept(kept, lines, spans); err != nil {
		return false, err
	}
	defer l.lock(connectorID, name)()
	return replace(old, kept)
}

// open opens a log, and returns its size, at which a line ends.
func (l *Logs) open(connectorID, name string) (log *os.File, size int64, err error) {
	defer l.lock(connectorID, name)()
	if log, err = os.Open(filepath.Join(l.cfg.Folder, connectorID, name)); err != nil {
		return nil, 0, err
	}
	info, err := log.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, log.Close())
	}
	return log, info.Size(), nil
}

// copyKept copies the lines that are still kept.
func copyKept(to io.Writer, lines *bufio.Reader, outlived []environment.Span) error {
	for {
		line, err := lines.ReadBytes('\n')
		if keeps(line, outlived) {
			if _, err := to.Write(line); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// replace adds to kept what has been added to a log since, and puts it in its place. A log without lines goes. One that is another file
// now, which began anew, is left to the next sweep.
func replace(old, kept *os.File) (replaced bool, err error) {
	path := old.Name()
	was, err := old.Stat()
	if err != nil {
		return false, err
	}
	if is, err := os.Stat(path); err != nil || !os.SameFile(was, is) {
		return false, err
	}
	if _, err := io.Copy(kept, old); err != nil {
		return false, err
	}
	size, err := kept.Seek(0, io.SeekCurrent)
	switch {
	case err != nil:
		return false, err
	case size == 0:
		return true, os.Remove(path)
	}
	return true, os.Rename(kept.Name(), path)
}
