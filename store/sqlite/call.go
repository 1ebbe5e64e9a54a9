package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) SaveCall(ctx context.Context, c timbre.Call, notices []timbre.Notice) error {
	return s.writeAndPost(ctx, "store.SaveCall", notices, func(q querier) error { return s.saveCall(ctx, q, c) })
}

func (s *Store) saveCall(ctx context.Context, q querier, c timbre.Call) error {
	if err := s.withinCalls(ctx, q, c); err != nil {
		return err
	}
	doc, err := document(c)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO call (transaction_id, started, ended, document) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET started = excluded.started, ended = excluded.ended, document = excluded.document`,
		c.TransactionID, unixNano(c.Started), nullTime(c.Ended), doc)
	return err
}

// RemoveCall ends the call before it deletes it, so that it is not counted as live.
func (s *Store) RemoveCall(ctx context.Context, transactionID string) error {
	return s.write(ctx, "store.RemoveCall", func(q querier) error {
		if _, err := q.ExecContext(ctx, "UPDATE call SET ended = 1 WHERE transaction_id = ? AND ended IS NULL", transactionID); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, "DELETE FROM call WHERE transaction_id = ?", transactionID)
		return err
	})
}

func (s *Store) EndCalls(ctx context.Context, ended []timbre.Ended[timbre.Call]) error {
	return endAll(ctx, s, "store.EndCalls", ended, s.saveCall)
}

func (s *Store) Call(ctx context.Context, transactionID string) (timbre.Call, error) {
	c, err := documents[timbre.Call](s, "call").one(ctx, notFound("call with TransactionId", transactionID),
		"SELECT transaction_id, document FROM call WHERE transaction_id = ?", transactionID)
	return c, wrap("store.Call", err)
}

func (s *Store) LiveCalls(ctx context.Context) ([]string, error) {
	list, err := queryAll(ctx, s.reader, scanText, "SELECT transaction_id FROM call WHERE ended IS NULL ORDER BY started, transaction_id")
	return list, wrap("store.LiveCalls", err)
}
