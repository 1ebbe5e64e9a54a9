package sqlite

import (
	"context"
	"slices"
	"sync"
	"time"
)

// mostInGroup bounds a transaction of many writers, so that those who come during one do not wait for long.
const mostInGroup = 64

// group is the writers that wait for the connection. A commit costs a write to the disk whatever is in it, so what waits shares one: the
// writer that gets the turn writes for all, each in a savepoint of its own.
type group struct {
	turn chan struct{} // holds a token while a transaction is under way

	mu      sync.Mutex
	waiting []*part
}

func newGroup() *group { return &group{turn: make(chan struct{}, 1)} }

// part is what one writer does in a transaction.
type part struct {
	do       func(q querier) error
	ready    func() time.Time // ends the wait for those before
	err      error
	panicked any
	done     chan struct{} // closed when the transaction has ended
}

func (g *group) join(p *part) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, p)
}

// leave takes out a part that still waits.
func (g *group) leave(p *part) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, p)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	return i >= 0
}

// take removes the first that wait.
func (g *group) take() []*part {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), mostInGroup)
	some := slices.Clone(g.waiting[:n])
	g.waiting = slices.Delete(g.waiting, 0, n)
	return some
}

// commit does a part in a transaction, with others. Once it has begun, ctx does not end it: an interrupted statement would roll back those
// of the others.
func (s *Store) commit(ctx context.Context, do func(q querier) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p := &part{do: do, ready: s.pace.queue(), done: make(chan struct{})}
	s.group.join(p)
	select {
	case <-ctx.Done():
		if s.group.leave(p) {
			p.ready()
			return ctx.Err()
		}
		<-p.done
	case <-p.done:
	case s.group.turn <- struct{}{}:
		s.lead(p)
	}
	if p.panicked != nil {
		panic(p.panicked)
	}
	return p.err
}

// lead writes for all that wait, unless another has written for this one.
func (s *Store) lead(p *part) {
	defer func() { <-s.group.turn }()
	select {
	case <-p.done:
		return
	default:
	}
	all := s.group.take()
	err := s.transact(all)
	for _, p := range all {
		if p.err == nil {
			p.err = err
		}
		close(p.done)
	}
}

// transact does parts in one transaction. Those that failed have no effect, and their error. The error is that of the others.
func (s *Store) transact(all []*part) error {
	ctx := context.Background()
	tx, err := s.writer.begin(ctx)
	began := time.Now()
	for _, p := range all {
		began = p.ready()
	}
	if err != nil {
		return err
	}
	defer func() {
		_ = tx.Rollback() // no effect after a commit
		if tx.settings {  // also when the commit fails: its outcome may be unknown
			s.settings.forget()
		}
	}()
	done := 0
	for _, p := range all {
		if err := p.apply(ctx, tx, len(all) > 1); err != nil {
			return err
		}
		if p.err == nil && p.panicked == nil {
			done++
		}
	}
	if done == 0 {
		return nil
	}
	var n int64
	if err := tx.QueryRowContext(ctx, countCommits, done).Scan(&n); err != nil {
		return err
	}
	committing := time.Now()
	if err = tx.Commit(); err == nil {
		s.mark.commits.Store(n)
	}
	s.pace.committed(began, committing)
	return err
}

// apply does a part, and takes back what it did if it fails. An error is of the whole transaction.
func (p *part) apply(ctx context.Context, tx *transaction, shared bool) error {
	if !shared { // the transaction is rolled back as a whole
		p.attempt(tx)
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	p.attempt(tx)
	if p.err != nil || p.panicked != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO part"); err != nil {
			return err // a full disk, for one, has rolled back everything
		}
	}
	_, err := tx.ExecContext(ctx, "RELEASE part")
	return err
}

// attempt keeps a panic for the goroutine of the writer.
func (p *part) attempt(q querier) {
	defer func() { p.panicked = recover() }()
	p.err = p.do(q)
}
