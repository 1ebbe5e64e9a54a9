package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) CreateTask(ctx context.Context, t timbre.Task) error {
	return s.write(ctx, "store.CreateTask", func(q querier) error {
		r, err := s.row(ctx, q, t)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `INSERT INTO task
			(kind, transaction_id, domain_id, token, active, created, ended, made, sealed, document, id, enrolled)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(r, t.ProfileID)...)
		return taken(err, "There is a task %s already.", t.ID)
	})
}

func (s *Store) SaveTask(ctx context.Context, t timbre.Task, notices []timbre.Notice) error {
	return s.write(ctx, "store.SaveTask", func(q querier) error {
		r, err := s.row(ctx, q, t)
		if err != nil {
			return err
		}
		if err := must(ctx, q, noTask(t.Kind, t.ID), `UPDATE task SET
			kind = ?, transaction_id = ?, domain_id = ?, token = ?, active = ?, created = ?, ended = ?, made = ?,
			sealed = CASE erased WHEN 0 THEN ? END, document = ? WHERE id = ?`, r...); err != nil {
			return err
		}
		return post(ctx, q, notices)
	})
}

// row is a task in columns, after a check that it may stand beside the others. A voiceprint whose domain is gone is
// dropped: its key is no more.
func (s *Store) row(ctx context.Context, q querier, t timbre.Task) ([]any, error) {
	if err := admit(ctx, q, t); err != nil {
		return nil, err
	}
	sealed, err := s.seal(ctx, q, t.DomainID, ofTask+t.ID, t.Voiceprint)
	if err != nil && timbre.KindOf(err) != timbre.NotFound {
		return nil, err
	}
	kept := t
	kept.Voiceprint, kept.ProfileID = nil, "" // these have columns of their own
	doc, err := document(kept)
	if err != nil {
		return nil, err
	}
	return []any{t.Kind, t.TransactionID, t.DomainID, maybe(t.Token), t.Active, nanos(t.Created), moment(t.Ended),
		moment(t.VoiceprintMade), sealed, doc, t.ID}, nil
}

// admit looks at the token first: whoever repeats a start is to be told of the first one, not of a limit.
func admit(ctx context.Context, q querier, t timbre.Task) error {
	var token, active bool
	if err := q.QueryRowContext(ctx, `SELECT
		?4 <> '' AND EXISTS (SELECT 1 FROM task WHERE kind = ?1 AND token = ?4 AND id <> ?2),
		?5 AND EXISTS (SELECT 1 FROM task WHERE kind = ?1 AND transaction_id = ?3 AND active = 1 AND id <> ?2)`,
		t.Kind, t.ID, t.TransactionID, t.Token, t.Active).Scan(&token, &active); err != nil {
		return err
	}
	switch {
	case token:
		return conflict("The ClientRequestToken belongs to another %s task.", t.Kind)
	case active:
		return timbre.Errorf(timbre.Limit, "", "A %s task is active on transaction %s already.", t.Kind, t.TransactionID)
	}
	return nil
}

const selectTask = "SELECT t.document, t.enrolled, t.sealed, d.wrapped FROM task t LEFT JOIN domain d ON d.id = t.domain_id "

func (s *Store) scanTask(row scanner) (t timbre.Task, err error) {
	var doc, enrolled string
	var sealed, wrapped []byte
	if err := row.Scan(&doc, &enrolled, &sealed, &wrapped); err != nil {
		return t, err
	}
	if t, err = read[timbre.Task](doc); err != nil || sealed == nil {
		t.ProfileID = enrolled
		return t, err
	}
	v, err := s.open(wrapped, ofTask+t.ID, sealed)
	t.ProfileID, t.Voiceprint = enrolled, &v
	return t, err
}

func (s *Store) Task(ctx context.Context, kind timbre.TaskKind, id string) (timbre.Task, error) {
	t, err := one(ctx, s.reader, s.scanTask, noTask(kind, id), selectTask+"WHERE t.id = ? AND t.kind = ?", id, kind)
	return t, wrap("store.Task", err)
}

func (s *Store) TaskByToken(ctx context.Context, kind timbre.TaskKind, token string) (timbre.Task, error) {
	t, err := one(ctx, s.reader, s.scanTask, missing(kind.String()+" task started with token", token),
		selectTask+"WHERE t.kind = ? AND t.token = ?", kind, token)
	return t, wrap("store.TaskByToken", err)
}

func (s *Store) ActiveTasks(ctx context.Context) ([]timbre.Task, error) {
	list, err := all(ctx, s.reader, s.scanTask, selectTask+"WHERE t.active = 1 ORDER BY t.created, t.id")
	return list, wrap("store.ActiveTasks", err)
}

func noTask(kind timbre.TaskKind, id string) error { return missing(kind.String()+" task", id) }
