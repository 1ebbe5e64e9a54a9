package logbook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"timbre"
)

const (
	longestLine = 1 << 20  // of a log that is read: a SIP message of 64 KiB, in JSON
	mostText    = 1 << 20  // of the messages of a call
	mostRead    = 16 << 20 // of the logs, for the messages of a call
)

// Messages returns the SIP messages of a call on a connector that were logged from one time to another, the oldest first. They are at most
// most, as many as are a mebibyte of text, and those among the first 16 MiB of that time. Who writes the log does not wait for it.
func (l *Logs) Messages(connectorID, callID string, from, to time.Time, most int) (list []timbre.LoggedMessage, err error) {
	files, err := l.readable(connectorID, sipLog+before, sipLog)
	quoted, _ := json.Marshal(callID) // a text always encodes
	text, left := mostText, mostRead
	for _, f := range files {
		e := seek(f, from)
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, longestLine)
		for e == nil && left > 0 && text > 0 && len(list) < most && lines.Scan() {
			line := lines.Bytes()
			left -= len(line)
			at := timeOf(line)
			if at > to.UnixMilli() {
				break
			}
			var m message
			if at < from.UnixMilli() || !bytes.Contains(line, quoted) || json.Unmarshal(line, &m) != nil || m.Call != callID { // a crash cuts a line off
				continue
			}
			text -= len(m.Message)
			list = append(list, timbre.LoggedMessage{Time: time.UnixMilli(m.Time).UTC(), Text: m.Message})
		}
		err = errors.Join(err, e, lines.Err(), f.Close())
	}
	return list, err
}

// readable opens logs of a connector, those that there are. They stay readable when they are replaced.
func (l *Logs) readable(connectorID string, names ...string) (files []*os.File, err error) {
	if filepath.Base(connectorID) != connectorID || !filepath.IsLocal(connectorID) {
		return nil, nil
	}
	defer l.lock(connectorID, sipLog)()
	for _, name := range names {
		f, e := os.Open(filepath.Join(l.cfg.Folder, connectorID, name))
		switch {
		case e == nil:
			files = append(files, f)
		case !errors.Is(e, fs.ErrNotExist):
			err = e
		}
	}
	return files, err
}
