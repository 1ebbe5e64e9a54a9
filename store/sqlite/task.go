package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) CreateTask(ctx context.Context, t timbre.Task) error {
	return s.write(ctx, "store.CreateTask", func(q querier) error {
		sealed, doc, err := s.encodeTask(ctx, q, t)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `INSERT INTO task
			(id, kind, transaction_id, token, created, domain_id, active, ended, made, sealed, document, enrolled, source)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			t.ID, t.Kind, t.TransactionID, nullString(t.Token), unixNano(t.Created),
			t.DomainID, t.Active, nullTime(t.Ended), nullTime(t.VoiceprintMade), sealed, doc, t.ProfileID, source(t))
		if err != nil {
			return notWritten(ctx, q, t, err)
		}
		return s.withinTasks(ctx, q)
	})
}

func (s *Store) SaveTask(ctx context.Context, t timbre.Task, notices []timbre.Notice) error {
	return s.writeAndPost(ctx, "store.SaveTask", notices, func(q querier) error { return s.saveTask(ctx, q, t) })
}

func (s *Store) saveTask(ctx context.Context, q querier, t timbre.Task) error {
	sealed, doc, err := s.encodeTask(ctx, q, t)
	if err != nil {
		return err
	}
	if err := execOne(ctx, q, noTask(t.Kind, t.ID), `UPDATE task
		SET domain_id = ?, active = ?, ended = ?, made = ?, sealed = CASE erased WHEN 0 THEN ? END, document = ?
		WHERE id = ? AND kind = ? AND transaction_id = ? AND token IS ?`,
		t.DomainID, t.Active, nullTime(t.Ended), nullTime(t.VoiceprintMade), sealed, doc,
		t.ID, t.Kind, t.TransactionID, nullString(t.Token)); err != nil {
		return notWritten(ctx, q, t, err)
	}
	return s.keepTaskAudio(ctx, q, t)
}

func (s *Store) EndTasks(ctx context.Context, ended []timbre.Ended[timbre.Task]) error {
	return endAll(ctx, s, "store.EndTasks", ended, s.saveTask)
}

// encodeTask returns the sealed voiceprint of a task, and its document without ProfileID, which has its own column. A voiceprint whose
// domain is gone is dropped, because its key is gone.
func (s *Store) encodeTask(ctx context.Context, q querier, t timbre.Task) (sealed []byte, doc string, err error) {
	sealed, err = s.seal(ctx, q, t.DomainID, taskName+t.ID, t.Voiceprint)
	if err != nil && timbre.KindOf(err) != timbre.NotFound {
		return nil, "", err
	}
	t.Voiceprint, t.ProfileID = nil, ""
	doc, err = document(t)
	return sealed, doc, err
}

// notWritten is why a task was not written: another one may have what only one can have. That is looked for afterwards, because most have
// it for themselves. The token comes first: a repeated start must be refused as a duplicate, not over the limit.
func notWritten(ctx context.Context, q querier, t timbre.Task, err error) error {
	if !isDuplicate(err) {
		return err
	}
	var token, active bool
	if err := q.QueryRowContext(ctx, `SELECT
		?4 <> '' AND EXISTS (SELECT 1 FROM task WHERE kind = ?1 AND token = ?4 AND id <> ?2),
		?5 AND EXISTS (SELECT 1 FROM task WHERE kind = ?1 AND transaction_id = ?3 AND source = ?6 AND active = 1 AND id <> ?2)`,
		t.Kind, t.ID, t.TransactionID, t.Token, t.Active, source(t)).Scan(&token, &active); err != nil {
		return err
	}
	switch {
	case token:
		return conflict("The ClientRequestToken was already used for another %s task.", t.Kind)
	case active:
		return timbre.Errorf(timbre.Limit, "", "A %s task is already active on transaction %s.", t.Kind, t.TransactionID)
	}
	return conflict("Task %s already exists.", t.ID)
}

const selectTask = "SELECT t.id, t.document, t.enrolled, t.sealed, d.wrapped FROM task t LEFT JOIN domain d ON d.id = t.domain_id "

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
	t.ProfileID = enrolled
	v, err := s.open(wrapped, taskName+t.ID, sealed)
	if err != nil {
		s.isolate(context.Background(), damaged{"voiceprint", t.ID}, err) // that of the task, which is as if it were erased
		return t, nil
	}
	t.Voiceprint = &v
	return t, nil
}

func (s *Store) tasks() readable[timbre.Task] {
	return readable[timbre.Task]{s: s, kind: "task", scan: s.scanTask}
}

func (s *Store) Task(ctx context.Context, kind timbre.TaskKind, id string) (timbre.Task, error) {
	t, err := s.tasks().one(ctx, noTask(kind, id), selectTask+"WHERE t.id = ? AND t.kind = ?", id, kind)
	return t, wrap("store.Task", err)
}

func (s *Store) TaskByToken(ctx context.Context, kind timbre.TaskKind, token string) (timbre.Task, error) {
	t, err := s.tasks().one(ctx, notFound(kind.String()+" task with ClientRequestToken", token),
		selectTask+"WHERE t.kind = ? AND t.token = ?", kind, token)
	return t, wrap("store.TaskByToken", err)
}

func (s *Store) ActiveTasks(ctx context.Context) ([]timbre.TaskRef, error) {
	list, err := queryAll(ctx, s.reader, func(row scanner) (r timbre.TaskRef, err error) {
		err = row.Scan(&r.Kind, &r.ID)
		return r, err
	}, "SELECT kind, id FROM task INDEXED BY task_active_once WHERE active = 1 ORDER BY created, id")
	return list, wrap("store.ActiveTasks", err)
}

func noTask(kind timbre.TaskKind, id string) error { return notFound(kind.String()+" task", id) }

// source identifies the pipeline stream that a task was started on: empty if it was started on the connector.
func source(t timbre.Task) string {
	if t.Source == nil {
		return ""
	}
	return t.Source.PipelineID + " " + t.Source.StreamARN
}
