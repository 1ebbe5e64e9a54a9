package sqlite

import (
	"context"

	"timbre"
)

// endAll saves several items that have ended, with their notices, in one transaction. What is gone is skipped.
func endAll[T any](ctx context.Context, s *Store, op string, ended []timbre.Ended[T], save func(context.Context, querier, T) error) error {
	var posted []timbre.Notice
	for _, e := range ended {
		posted = append(posted, e.Notices...)
	}
	return s.write(ctx, op, func(q querier) error {
		for _, e := range ended {
			switch err := save(ctx, q, e.Item); {
			case timbre.KindOf(err) == timbre.NotFound:
				continue
			case err != nil:
				return err
			}
			if err := insertNotices(ctx, q, e.Notices); err != nil {
				return err
			}
		}
		return nil
	}, s.observers.posted(targets(posted)))
}

func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}
