package sqlite

import (
	"context"
)

// integrity returns the problems of the pages and indexes of a database.
func integrity(ctx context.Context, q querier) ([]string, error) {
	found, err := queryAll(ctx, q, scanText, "PRAGMA quick_check(10)")
	if len(found) == 1 && found[0] == "ok" {
		return nil, err
	}
	return found, err
}

// inspect looks for damaged pages while the store is in use, because that reads the whole file. What lies on other pages can be read.
func (s *Store) inspect(ctx context.Context) {
	problems, err := integrity(ctx, s.reader)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		problems = append(problems, err.Error())
	}
	s.problems.Store(int64(len(problems)))
	for _, p := range problems {
		s.log.Error("the database is damaged: restore a backup with timbre restore FILE", "problem", p)
	}
}
