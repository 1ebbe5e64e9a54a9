package logbook

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

// RecordsConfig of Records. Zero values: no log, no metrics; nothing is kept past the next Sweep.
type RecordsConfig struct {
	Folder          string // made when something is written
	Account, Region string
	Keep            time.Duration // whole days: how long records stay
	Log             *slog.Logger
	Metrics         prometheus.Registerer
}

// Records writes down every call that has ended: a file a record, whose path is the key that the original gives it in its
// bucket. A file is there as a whole or not at all. It is for any number of goroutines.
type Records struct {
	cfg     RecordsConfig
	streams timbre.StreamingReader
	written *prometheus.CounterVec
	mu      sync.Mutex // guards failing
	failing bool
}

// NewRecords makes Records; it opens nothing.
func NewRecords(cfg RecordsConfig, streams timbre.StreamingReader) *Records {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	r := &Records{cfg: cfg, streams: streams, written: promauto.With(cfg.Metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_records_total", Help: "Records of calls that have ended, by outcome: written, failed.",
	}, []string{"outcome"})}
	r.written.WithLabelValues("written")
	r.written.WithLabelValues("failed")
	return r
}

// Ended writes the records of a call. What cannot be written is counted, and lost; the first failure in a row is told.
func (r *Records) Ended(c timbre.Call, heard []*timbre.Reception) {
	folder, name := key(c)
	for kind, record := range r.records(c, heard, r.streamed(c)) {
		err := write(filepath.Join(r.cfg.Folder, kind, filepath.FromSlash(folder)), name, record)
		outcome := "written"
		if err != nil {
			outcome = "failed"
		}
		r.written.WithLabelValues(outcome).Inc()
		r.mu.Lock()
		if err != nil && !r.failing {
			r.cfg.Log.Error("the record of a call cannot be written", "transaction", c.TransactionID, "error", err)
		}
		r.failing = err != nil
		r.mu.Unlock()
	}
}

// streamed says whether a call is streamed: as a recording always is, and one that is put through where its connector has a
// streaming configuration, and its legs have streams.
func (r *Records) streamed(c timbre.Call) bool {
	if !c.Bridged {
		return true
	}
	if !slices.ContainsFunc(c.Legs, func(l timbre.Leg) bool { return l.StreamARN != "" }) {
		return false
	}
	s, err := r.streams.Streaming(context.Background(), c.ConnectorID)
	if err != nil && timbre.KindOf(err) != timbre.NotFound {
		r.cfg.Log.Error("a connector's streaming configuration cannot be read", "connector", c.ConnectorID, "error", err)
	}
	return err == nil && !s.Disabled
}

// write makes a file, or replaces it, as a whole.
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
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(folder, name))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Sweep removes the records of days that were over Keep before now, and gives how many folders of a day went. What has not
// the name of a day is left alone.
func (r *Records) Sweep(now time.Time) (days int, err error) {
	until := now.Add(-r.cfg.Keep)
	for _, kind := range []string{callRecords, streamRecords} {
		found, e := fs.Glob(os.DirFS(r.cfg.Folder), kind+"/json/*/*/*/*")
		err = errors.Join(err, e)
		for _, folder := range found {
			at, e := time.Parse(dayLayout, strings.Join(strings.Split(folder, "/")[3:], "/"))
			if e != nil || at.AddDate(0, 0, 1).After(until) {
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
