package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// prepared is a pool that prepares each statement once per connection, because parsing and planning take longer than finding a row. It
// keeps as many statements as the program has query texts.
type prepared struct {
	*sql.DB
	mu     sync.Mutex
	ready  map[string]*sql.Stmt
	missed []string // queries that transactions have used unprepared
}

// known returns the prepared statement of a query, or nil.
func (p *prepared) known(query string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready[query]
}

// statement prepares a query that has not been prepared. It waits for a connection, so it must not be called within a transaction.
func (p *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := p.known(query); s != nil {
		return s, nil
	}
	s, err := p.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.ready[query]; first != nil { // another goroutine was faster
		return first, s.Close()
	}
	p.ready[query] = s
	return s, nil
}

// QueryContext shadows that of the pool.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext shadows that of the pool, which also reports an error of preparing.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.statement(ctx, query)
	if err != nil {
		return p.DB.QueryRowContext(ctx, query, args...)
	}
	return s.QueryRowContext(ctx, args...)
}

// begin begins a transaction. Before that it prepares what earlier transactions missed.
func (p *prepared) begin(ctx context.Context) (*transaction, error) {
	p.mu.Lock()
	missed := p.missed
	p.missed = nil
	p.mu.Unlock()
	for _, query := range missed {
		_, _ = p.statement(ctx, query) // its user gets the error
	}
	tx, err := p.BeginTx(ctx, nil)
	return &transaction{Tx: tx, pool: p}, err
}

// transaction uses the prepared statements of the pool. It prepares none itself: its connection may be the only one.
type transaction struct {
	*sql.Tx
	pool     *prepared
	settings bool // have been written to
}

// statement returns the prepared statement of a query, or nil.
func (t *transaction) statement(ctx context.Context, query string) *sql.Stmt {
	t.settings = t.settings || writesSettings.MatchString(query)
	if s := t.pool.known(query); s != nil {
		return t.StmtContext(ctx, s)
	}
	t.pool.mu.Lock()
	defer t.pool.mu.Unlock()
	t.pool.missed = append(t.pool.missed, query)
	return nil
}

// ExecContext shadows that of the transaction. It does not end with ctx, as the others do not: what is interrupted would roll back the
// whole transaction, which is not its caller's alone.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	if s := t.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext shadows that of the transaction.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	if s := t.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext shadows that of the transaction.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	if s := t.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}
