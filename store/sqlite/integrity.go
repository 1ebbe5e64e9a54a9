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

// interruption is why an inspection is broken off, and how long after that the next one begins.
type interruption struct {
	reason string
	again  time.Duration
}

func (i *interruption) Error() string { return i.reason }

var (
	// errLongLog: an inspection is one long read, during which the log grows with every write.
	errLongLog = &interruption{"too much was written meanwhile", time.Hour}
	// errLargeDomain: a search waits for many voiceprints, and whatever else reads makes it wait longer.
	errLargeDomain = &interruption{"a large domain is read", 10 * time.Second}
)

// inspection is what breaks off the one in progress, if there is one.
type inspection struct {
	breakOff atomic.Pointer[context.CancelCauseFunc]
}

func (i *inspection) end(cause *interruption) {
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
		by := s.inspectOnce(ctx)
		if by == nil {
			return
		}
		s.log.Info("the check of the database's pages was broken off", "reason", by.reason, "again_in", by.again)
		again.Reset(by.again)
	}
}

// inspectOnce returns what broke it off, if anything but the end of ctx.
func (s *Store) inspectOnce(ctx context.Context) (by *interruption) {
	reading, end := context.WithCancelCause(ctx)
	defer end(nil)
	s.inspection.breakOff.Store(&end)
	defer s.inspection.breakOff.Store(nil)
	problems, err := integrity(reading, s.reader)
	if ctx.Err() != nil {
		return nil
	}
	if errors.As(context.Cause(reading), &by) {
		return by
	}
	if err != nil {
		problems = append(problems, err.Error())
	}
	s.problems.Store(int64(len(problems)))
	for _, p := range problems {
		s.log.Error("the database is damaged: restore a backup with timbre restore FILE", "problem", p)
	}
	return nil
}
