// Package logbook writes down what happens on the calls of the connectors that ask for it (their logging configuration):
// SIP messages and the figures of their audio come in; lines of JSON go out, into two files for each connector, sip.jsonl
// and media.jsonl. It also writes a record of every call that has ended, each a file of its own. The names of the fields are
// those of the original's logs and records.
//
// A log that has become too large takes the place of its predecessor, which is gone then; records go after some days. What
// cannot be written is lost: a call does not wait for its log.
package logbook

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"timbre"
)

// Config of a Book. Zero values: the clock of the machine, no log.
type Config struct {
	Folder string // made when something is written
	Region string
	Most   int64 // bytes of a file, save that no line is cut; 0: DefaultMost
	Now    func() time.Time
	Log    *slog.Logger
}

// DefaultMost is how large a file may become.
const DefaultMost = 16 << 20

// Book writes. It is for any number of goroutines.
type Book struct {
	cfg      Config
	settings timbre.LoggingReader
	mu       sync.Mutex // one line at a time
	failing  bool
}

// New makes a Book; it opens nothing.
func New(cfg Config, settings timbre.LoggingReader) *Book {
	if cfg.Most == 0 {
		cfg.Most = DefaultMost
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Book{cfg: cfg, settings: settings}
}

// message is a line of sip.jsonl.
type message struct {
	Connector string `json:"voice_connector_id"`
	Region    string `json:"aws_region"`
	Time      int64  `json:"event_timestamp"` // milliseconds since 1970
	Call      string `json:"call_id"`
	Message   string `json:"sip_message"`
}

// Message writes a SIP message of a call, which it names by its Call-ID, if the connector wants it.
func (b *Book) Message(connectorID, callID string, text fmt.Stringer) {
	if l := b.wanted(connectorID); l.SIP {
		b.write(connectorID, "sip.jsonl", message{connectorID, b.cfg.Region, b.cfg.Now().UnixMilli(), callID, text.String()})
	}
}

// wanted asks anew each time, so that a change has effect at once.
func (b *Book) wanted(connectorID string) timbre.Logging {
	l, err := b.settings.Logging(context.Background(), connectorID)
	if err != nil && timbre.KindOf(err) != timbre.NotFound {
		b.cfg.Log.Error("a connector's logging configuration cannot be read", "connector", connectorID, "error", err)
	}
	return l
}

// write appends a line. It complains of the first failure in a row alone.
func (b *Book) write(connectorID, name string, line any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.append(filepath.Join(b.cfg.Folder, connectorID), name, line)
	if err != nil && !b.failing {
		b.cfg.Log.Error("the log of a connector's calls cannot be written", "connector", connectorID, "error", err)
	}
	b.failing = err != nil
}

func (b *Book) append(folder, name string, line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(folder, name)
	if is, err := os.Stat(path); err == nil && is.Size()+int64(len(text))+1 > b.cfg.Most {
		if err := os.Rename(path, path+".1"); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
