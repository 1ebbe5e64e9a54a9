package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// prepared is a pool whose statements are parsed and planned once for each connection and not each time, which takes
// longer than finding a row. It keeps as many statements as the program has texts.
type prepared struct {
	*sql.DB
	mu     sync.Mutex
	ready  map[string]*sql.Stmt
	missed []string // texts that transactions would have liked prepared
}

// known is the statement of a text, or nil.
func (p *prepared) known(query string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready[query]
}

// statement prepares a text if nobody has. It waits for a connection, and so may not be called in a transaction.
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
	if first := p.ready[query]; first != nil { // somebody was quicker
		return first, s.Close()
	}
	p.ready[query] = s
	return s, nil
}

// QueryContext is that of the pool.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext is that of the pool, which also tells of the errors that there were on the way.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.statement(ctx, query)
	if err != nil {
		return p.DB.QueryRowContext(ctx, query, args...)
	}
	return s.QueryRowContext(ctx, args...)
}

// begin begins a transaction, and before it prepares what earlier ones have missed.
func (p *prepared) begin(ctx context.Context) (*transaction, error) {
	p.mu.Lock()
	missed := p.missed
	p.missed = nil
	p.mu.Unlock()
	for _, query := range missed {
		_, _ = p.statement(ctx, query) // whoever uses it is told of what is wrong with it
	}
	tx, err := p.BeginTx(ctx, nil)
	return &transaction{tx, p}, err
}

// transaction has the pool's statements. Its one connection may be all that there are: it can prepare none to keep.
type transaction struct {
	*sql.Tx
	pool *prepared
}

// statement is what is prepared for a text, or nil.
func (t *transaction) statement(ctx context.Context, query string) *sql.Stmt {
	if s := t.pool.known(query); s != nil {
		return t.StmtContext(ctx, s)
	}
	t.pool.mu.Lock()
	defer t.pool.mu.Unlock()
	t.pool.missed = append(t.pool.missed, query)
	return nil
}

// ExecContext is that of the transaction.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext is that of the transaction.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext is that of the transaction.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := t.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}
