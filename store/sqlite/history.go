package sqlite

import (
	"context"
	"math"
	"strings"

	"timbre"
)

func (s *Store) EndedCalls(ctx context.Context, f timbre.EndedFilter) (list []timbre.Call, next timbre.EndedPlace, err error) {
	from, before, id := int64(math.MinInt64), int64(math.MaxInt64), ""
	if !f.From.IsZero() {
		from = f.From.UnixNano()
	}
	if !f.To.IsZero() {
		before = f.To.UnixNano()
	}
	if after := f.After; after.TransactionID != "" && after.Ended.UnixNano() < before {
		before, id = after.Ended.UnixNano(), after.TransactionID
	}
	calls := documents[timbre.Call](s, "call")
	taken := look(&calls)
	calls.only = func(c timbre.Call) bool {
		next = timbre.EndedPlace{Ended: c.Ended, TransactionID: c.TransactionID} // also behind what is not selected
		return selects(f, c)
	}
	list, err = calls.all(ctx, f.Limit, `SELECT transaction_id, document FROM call
		WHERE ended IS NOT NULL AND ended >= ?1 AND (ended < ?2 OR ended = ?2 AND transaction_id < ?3)
		ORDER BY ended DESC, transaction_id DESC LIMIT ?4`, from, before, id, timbre.MostLooked)
	if len(list) < f.Limit && !taken.all() {
		next = timbre.EndedPlace{}
	}
	return list, next, wrap("store.EndedCalls", err)
}

// selects says whether a filter selects a call that has ended when it asks for.
func selects(f timbre.EndedFilter, c timbre.Call) bool {
	return (f.ConnectorID == "" || c.ConnectorID == f.ConnectorID) &&
		(f.Number == "" || strings.Contains(c.From, f.Number) || strings.Contains(c.To, f.Number)) &&
		(f.Outcome == "" || c.Outcome() == f.Outcome)
}

// withoutVoiceprints reads tasks, without opening what is sealed of them.
func (s *Store) withoutVoiceprints() readable[timbre.Task] {
	return readable[timbre.Task]{s: s, kind: "task", scan: func(row scanner) (t timbre.Task, err error) {
		var doc, enrolled string
		if err := row.Scan(&doc, &enrolled); err != nil {
			return t, err
		}
		t, err = read[timbre.Task](doc)
		t.ProfileID = enrolled
		return t, err
	}}
}

func (s *Store) TasksOf(ctx context.Context, transactionID string) ([]timbre.Task, error) {
	list, err := s.withoutVoiceprints().all(ctx, -1,
		"SELECT id, document, enrolled FROM task WHERE transaction_id = ? ORDER BY created, id", transactionID)
	return list, wrap("store.TasksOf", err)
}

func (s *Store) LastSearches(ctx context.Context, domainID string) ([]timbre.Task, error) {
	searches := s.withoutVoiceprints()
	look(&searches)
	searches.only = func(t timbre.Task) bool { return len(t.Matches) > 0 }
	list, err := searches.all(ctx, -1, `SELECT id, document, enrolled FROM (
		SELECT id, document, enrolled, domain_id, kind, ended FROM task WHERE active = 0 ORDER BY ended DESC LIMIT ?)
		WHERE domain_id = ? AND kind = ? ORDER BY ended DESC, id`, timbre.MostSearched, domainID, timbre.SpeakerSearch)
	return list, wrap("store.LastSearches", err)
}
