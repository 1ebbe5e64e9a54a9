package sqlite

import (
	"context"
	"time"

	"timbre"
	"timbre/store"
)

// batch is the number of rows that one transaction of a sweep erases, so that other writes never wait long.
const batch = 500

// Sweep erases in batches. Each is durable by itself.
func (s *Store) Sweep(ctx context.Context, now time.Time) (swept store.Swept, err error) {
	result := unixNano(now.Add(-timbre.ResultLife))
	for _, step := range []struct {
		count *int
		query string
		args  []any
	}{
		{&swept.Voiceprints, sweepVoiceprints, []any{unixNano(now.Add(-timbre.VoiceprintLife)), batch}},
		{&swept.Tasks, sweepTasks, []any{result, batch}},
		{&swept.Calls, sweepCalls, []any{result, batch}},
		{&swept.Embeddings, sweepEmbeddings, []any{unixNano(now), batch}},
		{new(int), sweepPipelines, []any{result, batch}},
		{new(int), "DELETE FROM departed WHERE id IN (SELECT id FROM departed WHERE gone < unixepoch() - 86400 LIMIT ?)", []any{batch}},
	} {
		for gone := int64(batch); gone == batch; *step.count += int(gone) {
			if err := s.write(ctx, "store.Sweep", func(q querier) error {
				res, err := q.ExecContext(ctx, step.query, step.args...)
				if err != nil {
					return err
				}
				gone, err = res.RowsAffected()
				return err
			}); err != nil {
				return swept, err
			}
		}
	}
	if swept.Voiceprints+swept.Tasks+swept.Embeddings > 0 || s.erasedInLog.Load() {
		s.truncateLog(ctx)
	}
	return swept, nil
}

const (
	// timbre.VoiceprintLife begins with the later of the creation and the end of the call. A live call keeps its voiceprints.
	sweepVoiceprints = `UPDATE task SET sealed = NULL, erased = 1 WHERE id IN (
		SELECT t.id FROM task t INDEXED BY task_with_voiceprint LEFT JOIN call c ON c.transaction_id = t.transaction_id
		WHERE t.sealed IS NOT NULL AND coalesce(t.made, t.created) <= ?1
		AND iif(c.transaction_id IS NULL, coalesce(t.ended, t.made, t.created), c.ended) <= ?1 LIMIT ?2)`

	// timbre.ResultLife begins with the end of the call, or of the task if the call is unknown.
	sweepTasks = `DELETE FROM task WHERE id IN (
		SELECT t.id FROM call c JOIN task t ON t.transaction_id = c.transaction_id WHERE c.ended <= ?1 AND t.active = 0
		UNION ALL
		SELECT t.id FROM task t WHERE t.active = 0 AND t.ended <= ?1
		AND NOT EXISTS (SELECT 1 FROM call c WHERE c.transaction_id = t.transaction_id) LIMIT ?2)`

	// A call is kept as long as its tasks.
	sweepCalls = `DELETE FROM call WHERE transaction_id IN (
		SELECT transaction_id FROM call c WHERE ended <= ?1
		AND NOT EXISTS (SELECT 1 FROM task t WHERE t.transaction_id = c.transaction_id) LIMIT ?2)`

	sweepPipelines = "DELETE FROM pipeline WHERE id IN (SELECT id FROM pipeline WHERE ended <= ? LIMIT ?)"

	sweepEmbeddings = `UPDATE profile SET sealed = NULL WHERE id IN (
		SELECT id FROM profile WHERE expires <= ?1 AND sealed IS NOT NULL LIMIT ?2)`
)
