package sqlite

import (
	"context"
	"regexp"
	"sync"
)

// settings are the documents that calls and requests ask for again and again and that seldom change, as they were read: connectors and what
// is set for them, configurations, domains. A transaction that writes to one of their tables empties it before it is answered.
type settings struct {
	mu    sync.RWMutex
	epoch int // counts how often it was emptied
	rows  map[question]answer
}

// question is a query for one document by one value.
type question struct{ query, by string }

// answer is what the query found, if anything.
type answer struct {
	found    bool
	document string
}

// What is kept is bounded: clients choose what is asked for, also where there is nothing.
const (
	mostSettings = 1 << 15
	longestID    = 64 // bytes; those of documents are shorter
)

// writesSettings matches a statement that writes to one of their tables. What else goes with a row that is deleted is in these tables, too.
var writesSettings = regexp.MustCompile(`^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+` +
	`(?:connector|streaming|termination|origination|logging|configuration|domain)\b`)

// look returns what is kept, and the epoch of that. The answer to a query that begins now is of this epoch, or of one that is over.
func (s *settings) look(q question) (a answer, kept bool, epoch int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, kept = s.rows[q]
	return a, kept, s.epoch
}

// keep keeps an answer, unless it may be out of date.
func (s *settings) keep(q question, a answer, epoch int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch != epoch || len(q.by) > longestID {
		return
	}
	if s.rows == nil || len(s.rows) >= mostSettings {
		s.rows = map[question]answer{}
	}
	s.rows[q] = a
}

func (s *settings) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	clear(s.rows)
}

// setting is readable.one for a document of the settings. Each caller gets a value of its own.
func setting[T any](ctx context.Context, s *Store, table string, none error, query, by string) (v T, err error) {
	q := question{query, by}
	a, kept, epoch := s.settings.look(q)
	switch {
	case kept && !a.found:
		return v, none
	case kept:
		return read[T](a.document)
	}
	row := readable[T]{s: s, kind: table, scan: func(row scanner) (v T, err error) {
		if err := row.Scan(&a.document); err != nil {
			return v, err
		}
		return read[T](a.document)
	}}
	v, err = row.one(ctx, none, query, by)
	a.found = err == nil
	if (a.found || err == none) && s.writer != nil { //nolint:errorlint // it is the one for no row; a Reader is not told of writes
		s.settings.keep(q, a, epoch)
	}
	return v, err
}
