// Package logbook writes the logs of connectors that ask for them (their logging configuration) and the records of ended calls.
// SIP messages and reception figures come in; lines of JSON go out, into sip.jsonl and media.jsonl for each connector. An ended
// call comes in; a file with its record goes out. The field names are those of AWS's logs and records.
//
// A log that reaches its size replaces its predecessor. Lines and records are erased after their retention, the logs of a connector
// with it. What cannot be written is lost: a call never waits for its log.
package logbook

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"timbre"
	"timbre/environment"
)

// Config of Logs.
type Config struct {
	Folder  string // created with the first line
	MaxSize int64  // bytes per file; lines are never split; 0: DefaultMaxSize
	Off     bool   // logs are kept for no time at all: none are written
}

// The names of the logs of a connector, in a folder of its own, and what is added to the name of the one before.
const (
	sipLog   = "sip.jsonl"
	mediaLog = "media.jsonl"
	before   = ".1"
)

// DefaultMaxSize is 16 MiB.
const DefaultMaxSize = 16 << 20

// Logs writes the SIP and media logs of connectors. It is safe for concurrent use.
type Logs struct {
	env      environment.Environment
	cfg      Config
	settings timbre.LoggingReader
	locks    locks
	writing  environment.Outage
	reading  environment.Outage
}

// New returns Logs. It opens no file.
func New(env environment.Environment, cfg Config, settings timbre.LoggingReader) *Logs {
	if cfg.MaxSize == 0 {
		cfg.MaxSize = DefaultMaxSize
	}
	return &Logs{env: env.Complete(), cfg: cfg, settings: settings}
}

// message is a line of sip.jsonl.
type message struct {
	Connector string `json:"voice_connector_id"`
	Region    string `json:"aws_region"`
	Time      int64  `json:"event_timestamp"` // milliseconds since 1970
	Call      string `json:"call_id"`
	Message   string `json:"sip_message"`
}

// Message writes a SIP message of the call with a Call-ID, if the connector asks for SIP logs.
func (l *Logs) Message(connectorID, callID string, text fmt.Stringer) {
	if l.logging(connectorID).SIP {
		l.write(connectorID, sipLog, message{connectorID, l.env.Region, l.env.Now().UnixMilli(), callID, text.String()})
	}
}

// logging reads the configuration for each line, so that a change takes effect at once.
func (l *Logs) logging(connectorID string) timbre.Logging {
	if l.cfg.Off {
		return timbre.Logging{}
	}
	cfg, err := l.settings.Logging(context.Background(), connectorID)
	if err != nil && timbre.KindOf(err) != timbre.NotFound {
		l.reading.Failed(l.env.Log, "cannot read a logging configuration", "connector", connectorID, "error", err)
	} else {
		l.reading.Over(l.env.Log, "logging configurations can be read again")
	}
	return cfg
}

// write appends a line, unless the connector has gone since it was asked: what Forget erases does not come back.
func (l *Logs) write(connectorID, name string, line any) {
	defer l.lock(connectorID, name)()
	if l.logging(connectorID) != (timbre.Logging{}) {
		l.failed(connectorID, l.append(filepath.Join(l.cfg.Folder, connectorID), name, line))
	}
}

// lock locks a log and the one before it. The caller unlocks them.
func (l *Logs) lock(connectorID, name string) (unlock func()) {
	return l.locks.lock(filepath.Join(connectorID, strings.TrimSuffix(name, before)))
}

// failed says that logs cannot be written or erased, and that they can be again.
func (l *Logs) failed(connectorID string, err error) {
	if err != nil {
		l.writing.Failed(l.env.Log, "cannot write a SIP or media log", "connector", connectorID, "error", err)
	} else {
		l.writing.Over(l.env.Log, "SIP and media logs can be written again")
	}
}

func (l *Logs) append(folder, name string, line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(folder, name)
	if err := l.rotate(path, len(text)+1); err != nil {
		return err
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

// rotate makes room for a line of size bytes: a full log replaces its predecessor, so that each log takes at most twice MaxSize.
//
// Rotating loggers such as lumberjack keep a file open and a goroutine running for each log. There may be
// thousands of connectors, few of which have a call at any time, so files are opened per line here.
func (l *Logs) rotate(path string, size int) error {
	if info, err := os.Stat(path); err == nil && info.Size()+int64(size) > l.cfg.MaxSize {
		return os.Rename(path, path+before)
	}
	return nil
}
