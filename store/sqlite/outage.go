package sqlite

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"

	"timbre"
)

// outage is a time in which the disk takes no writes. It is logged when it begins and when it ends, and counted in between.
type outage struct {
	mu     sync.Mutex
	failed int // in this outage
	ever   int // in those before
}

// note notes the outcome of a write.
func (o *outage) note(log *slog.Logger, err error) {
	down := err != nil && timbre.KindOf(err) == timbre.Unavailable && code(err) != 0
	if err != nil && !down {
		return // refused, which says nothing about the disk
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case down && o.failed == 0:
		o.failed = 1
		log.Error("the database takes no writes: requests and calls are refused until it does", "error", err)
	case down:
		o.failed++
	case o.failed > 0:
		log.Info("the database takes writes again", "failed_writes", o.failed)
		o.ever, o.failed = o.ever+o.failed, 0
	}
}

func (o *outage) total() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ever + o.failed
}

func (o *outage) lasts() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed > 0
}

// Writable says why the database takes no writes; nil: it does. In an outage it tries one, so that its end shows without other writes.
func (s *Store) Writable(ctx context.Context) error {
	const op = "store.Writable"
	if !s.outage.lasts() {
		return nil
	}
	if noRoom(filepath.Dir(s.file())) == diskFull { // a small write may fit where others do not
		return timbre.Errorf(timbre.Unavailable, op, diskFull)
	}
	return s.write(ctx, op, func(q querier) error {
		_, err := q.ExecContext(ctx, "UPDATE key_check SET opened = unixepoch()")
		return err
	})
}
