package sqlite

import (
	"context"

	"timbre"
	"timbre/environment"
)

func (s *Store) Clock(ctx context.Context) (environment.ClockRecord, error) {
	r, err := queryOne(ctx, s.reader, scanDocument[environment.ClockRecord], notFound("clock", ""), "SELECT document FROM clock")
	if timbre.KindOf(err) == timbre.NotFound {
		err = nil
	}
	return r, wrap("store.Clock", err)
}

func (s *Store) SaveClock(ctx context.Context, r environment.ClockRecord) error {
	doc, err := document(r)
	if err != nil {
		return wrap("store.SaveClock", err)
	}
	return s.write(ctx, "store.SaveClock", func(q querier) error {
		_, err := q.ExecContext(ctx, "INSERT INTO clock VALUES (1, ?) ON CONFLICT DO UPDATE SET document = excluded.document", doc)
		return err
	})
}
