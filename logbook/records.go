package logbook

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
	"timbre/environment"
)

// RecordsConfig configures Records.
type RecordsConfig struct {
	Folder string // created with the first record
}

// Records writes the records of ended calls, one file each. Its path is the key that AWS gives the record in its bucket. Files
// are written atomically, and are on the disk a second later while Run runs. It is safe for concurrent use.
type Records struct {
	env     environment.Environment
	cfg     RecordsConfig
	streams timbre.StreamingReader
	written *prometheus.CounterVec
	writing environment.Outage
	reading environment.Outage

	unsynced atomic.Bool // records were written since the last Sync
	syncing  environment.Outage
}

// NewRecords returns Records. It opens no file.
func NewRecords(env environment.Environment, cfg RecordsConfig, streams timbre.StreamingReader) *Records {
	env = env.Complete()
	r := &Records{env: env, cfg: cfg, streams: streams, written: promauto.With(env.Metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_records_total", Help: "Records of ended calls by outcome: written, failed.",
	}, []string{"outcome"})}
	r.written.WithLabelValues("written")
	r.written.WithLabelValues("failed")
	return r
}

// Ended writes the records of a call. A record that cannot be written is counted and lost; the first failure in a row is
// logged.
func (r *Records) Ended(c timbre.Call, receptions []*timbre.Reception) {
	folder, name := key(c)
	for kind, record := range r.records(c, receptions, r.streamed(c)) {
		err := write(filepath.Join(r.cfg.Folder, kind, filepath.FromSlash(folder)), name, record)
		outcome := "written"
		if err != nil {
			outcome = "failed"
		}
		r.written.WithLabelValues(outcome).Inc()
		if err != nil {
			r.writing.Failed(r.env.Log, "cannot write a call record", "transaction", c.TransactionID, "error", err)
		} else {
			r.writing.Over(r.env.Log, "call records can be written again")
			r.unsynced.Store(true)
		}
	}
}

// streamed says whether a call is streamed. A recorded call always is; a bridged one is if its connector has a streaming
// configuration and its legs have streams.
func (r *Records) streamed(c timbre.Call) bool {
	if !c.Bridged {
		return true
	}
	if !slices.ContainsFunc(c.Legs, func(l timbre.Leg) bool { return l.StreamARN != "" }) {
		return false
	}
	s, err := r.streams.Streaming(context.Background(), c.ConnectorID)
	if err != nil && timbre.KindOf(err) != timbre.NotFound {
		r.reading.Failed(r.env.Log, "cannot read a streaming configuration", "connector", c.ConnectorID, "error", err)
	} else {
		r.reading.Over(r.env.Log, "streaming configurations can be read again")
	}
	return err == nil && !s.Disabled
}

// write creates or replaces a file atomically.
func write(folder, name string, record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(folder, name))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Sweep implements sweep.Files. It deletes the records of the days that lie in one of the spans, and returns the number of deleted day folders. Folders without
// the name of a day are left alone.
func (r *Records) Sweep(outlived func() []environment.Span) (days int, err error) {
	for _, kind := range []string{callRecords, streamRecords} {
		found, e := fs.Glob(os.DirFS(r.cfg.Folder), kind+"/json/*/*/*/*")
		err = errors.Join(err, e)
		spans := outlived()
		for _, folder := range found {
			at, e := time.Parse(dayLayout, strings.Join(strings.Split(folder, "/")[3:], "/"))
			if e != nil || !dayOver(at, spans) {
				continue
			}
			if e := os.RemoveAll(filepath.Join(r.cfg.Folder, filepath.FromSlash(folder))); e != nil {
				err = errors.Join(err, e)
				continue
			}
			days++
		}
	}
	return days, err
}
