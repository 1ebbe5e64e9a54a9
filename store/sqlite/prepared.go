package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// prepared is a pool whose queries are parsed and planned once for each connection and not each time, which takes longer
// than finding a row. It keeps as many statements as the program has texts.
type prepared struct {
	*sql.DB
	ready sync.Map // from a text to its *sql.Stmt
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

func (p *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := p.ready.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := p.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, twice := p.ready.LoadOrStore(query, s); twice {
		return first.(*sql.Stmt), s.Close()
	}
	return s, nil
}
