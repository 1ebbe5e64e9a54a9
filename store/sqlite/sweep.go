package sqlite

import (
	"context"
	"time"

	"timbre"
	"timbre/store"
)

// batch is the number of rows that one statement of a sweep erases, so that other writes never wait long.
const batch = 500

// Sweep erases in batches. Each is durable by itself.
func (s *Store) Sweep(ctx context.Context, now time.Time) (swept store.Swept, err error) {
	result := unixNano(now.Add(-timbre.ResultLife))
	for _, step := range []struct {
		count *int
		query string
		until int64
	}{
		{&swept.Voiceprints, sweepVoiceprints, unixNano(now.Add(-timbre.VoiceprintLife))},
		{&swept.Tasks, sweepTasks, result},
		{&swept.Calls, sweepCalls, result},
		{&swept.Embeddings, sweepEmbeddings, unixNano(now)},
		{new(int), sweepPipelines, result},
		{new(int), sweepDeparted, now.Add(-departedLife).Unix()},
		{new(int), sweepQuarantine, now.Add(-timbre.ResultLife).Unix()},
	} {
		for gone := int64(batch); gone == batch; *step.count += int(gone) {
			if err := s.write(ctx, "store.Sweep", func(q querier) error {
				res, err := q.ExecContext(ctx, step.query, step.until, batch)
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

// departedLife is how long a page may follow an item that has been deleted.
const departedLife = 24 * time.Hour

// Each statement seeks in an index what has expired, oldest first. What it passes over has expired by its own time and is held by a
// live call or an active task: there is little of that. The indexes are named, because the planner knows no frequencies.
const (
	// timbre.VoiceprintLife begins with the later of the creation and the end of the call. A live call keeps its voiceprints.
	sweepVoiceprints = `UPDATE task SET sealed = NULL, erased = 1 WHERE id IN (
		SELECT t.id FROM (
			SELECT id, transaction_id, coalesce(ended, made) AS ended FROM task INDEXED BY task_with_voiceprint
			WHERE sealed IS NOT NULL AND made <= ?1
			UNION ALL
			SELECT id, transaction_id, coalesce(ended, created) FROM task INDEXED BY task_with_voiceprint
			WHERE sealed IS NOT NULL AND made IS NULL AND created <= ?1
		) t LEFT JOIN call c ON c.transaction_id = t.transaction_id
		WHERE iif(c.transaction_id IS NULL, t.ended, c.ended) <= ?1 LIMIT ?2)`

	// timbre.ResultLife begins with the end of the call, or of the task if the call is unknown.
	sweepTasks = `DELETE FROM task WHERE id IN (
		SELECT t.id FROM call c INDEXED BY call_by_end CROSS JOIN task t INDEXED BY task_by_call ON t.transaction_id = c.transaction_id
		WHERE c.ended <= ?1 AND t.active = 0
		UNION ALL
		SELECT t.id FROM task t INDEXED BY task_by_end WHERE t.active = 0 AND t.ended <= ?1
		AND NOT EXISTS (SELECT 1 FROM call c WHERE c.transaction_id = t.transaction_id) LIMIT ?2)`

	// A call is kept as long as its tasks.
	sweepCalls = `DELETE FROM call WHERE transaction_id IN (
		SELECT transaction_id FROM call c INDEXED BY call_by_end WHERE ended <= ?1
		AND NOT EXISTS (SELECT 1 FROM task t INDEXED BY task_by_call WHERE t.transaction_id = c.transaction_id) LIMIT ?2)`

	sweepPipelines = "DELETE FROM pipeline WHERE id IN (SELECT id FROM pipeline INDEXED BY pipeline_by_end WHERE ended <= ?1 LIMIT ?2)"

	sweepEmbeddings = `UPDATE profile SET sealed = NULL WHERE id IN (
		SELECT id FROM profile INDEXED BY profile_by_expiry WHERE expires <= ?1 AND sealed IS NOT NULL LIMIT ?2)`

	// What has moved lives as long as results: it contains what they contain.
	sweepQuarantine = `DELETE FROM quarantine WHERE rowid IN (
		SELECT rowid FROM quarantine INDEXED BY quarantine_by_time WHERE found <= ?1 AND document IS NOT NULL LIMIT ?2)`

	sweepDeparted = "DELETE FROM departed WHERE id IN (SELECT id FROM departed INDEXED BY departed_by_time WHERE gone <= ?1 LIMIT ?2)"
)
