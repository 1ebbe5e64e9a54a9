package sqlite

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// integrity returns the problems of the pages and indexes of a database.
func integrity(ctx context.Context, q querier) ([]string, error) {
	found, err := queryAll(ctx, q, scanText, "PRAGMA quick_check(10)")
	if len(found) == 1 && found[0] == "ok" {
		return nil, err
	}
	return found, err
}

// inspectAgain is how long after an inspection that was broken off the next one begins.
const inspectAgain = time.Hour

// errLongLog breaks off an inspection: it is one long read, during which the log grows with every write.
var errLongLog = errors.New("too much was written meanwhile")

// inspection is what breaks off the one in progress, if there is one.
type inspection struct {
	breakOff atomic.Pointer[context.CancelCauseFunc]
}

func (i *inspection) end(cause error) {
	if f := i.breakOff.Load(); f != nil {
		(*f)(cause)
	}
}

// inspect looks for damaged pages while the store is in use, because that reads the whole file. What lies on other pages can be read.
func (s *Store) inspect(ctx context.Context) {
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
		if s.inspectOnce(ctx) {
			return
		}
		s.log.Info("the check of the database's pages was broken off", "reason", errLongLog, "again_in", inspectAgain)
		again.Reset(inspectAgain)
	}
}

// inspectOnce returns false if it was broken off.
func (s *Store) inspectOnce(ctx context.Context) (over bool) {
	reading, end := context.WithCancelCause(ctx)
	defer end(nil)
	s.inspection.breakOff.Store(&end)
	defer s.inspection.breakOff.Store(nil)
	problems, err := integrity(reading, s.reader)
	if ctx.Err() != nil {
		return true
	}
	if errors.Is(context.Cause(reading), errLongLog) {
		return false
	}
	if err != nil {
		problems = append(problems, err.Error())
	}
	s.problems.Store(int64(len(problems)))
	for _, p := range problems {
		s.log.Error("the database is damaged: restore a backup with timbre restore FILE", "problem", p)
	}
	return true
}
