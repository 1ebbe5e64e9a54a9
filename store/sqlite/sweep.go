package sqlite

import (
	"context"
	"math"
	"time"

	"github.com/go-json-experiment/json"

	"timbre"
	"timbre/environment"
)

// expiry erases a kind. Parameters of its statements: ?1 and ?2, later than the first of which and until the second the times lie that
// are sought in an index; ?3, all such pairs as JSON, in one of which what else counts must lie; ?4, how many rows go at most.
type expiry struct {
	statements []string
	unit       time.Duration // of the times
	ahead      time.Duration // from the beginning of the life to the times
	secret     bool          // may be in the write-ahead log
}

var expiries = map[timbre.Perishable]expiry{
	timbre.TaskVoiceprints:  {[]string{expireVoiceprints}, 1, 0, true},
	timbre.ProfileEmbedding: {[]string{expireEmbeddings}, 1, timbre.ProfileLife, true},
	timbre.Results:          {[]string{expireTasks, expireCalls, expireTasksAlone}, 1, 0, true},
	timbre.EndedPipelines:   {[]string{expirePipelines}, 1, 0, false},
	timbre.DeadLetters:      {[]string{expireLetters}, 1, 0, false},
	timbre.PagePlaces:       {[]string{expirePlaces}, time.Second, 0, false},
	timbre.Quarantined:      {[]string{expireQuarantine}, time.Second, 0, true},
}

// pairs are the ends of the times that columns have where the life began in one of the spans.
func (x expiry) pairs(outlived []environment.Span) (pairs [][2]int64) {
	in := func(t time.Time) int64 {
		if t.Equal(environment.Ever) {
			return math.MinInt64
		}
		if t = t.Add(x.ahead); !t.Before(environment.Never) {
			return math.MaxInt64
		}
		return t.UnixNano() / int64(x.unit)
	}
	for _, s := range outlived {
		pairs = append(pairs, [2]int64{in(s.After), in(s.Until)})
	}
	return pairs
}

// portion is how many rows a statement of a sweep erases at most. The transaction ends after the portion in which its time is up: how long a
// row takes depends on what of its pages must be read from the disk, so no number of rows would keep to a time.
const portion = 4

// Erase implements store.Store.
func (s *Store) Erase(ctx context.Context, of timbre.Perishable, outlived func() []environment.Span, within time.Duration) (erased int, held time.Duration, err error) {
	x, has := expiries[of]
	if !has {
		return 0, 0, wrap("store.Erase", notFound("kind", string(of)))
	}
	var began time.Time
	err = s.write(ctx, "store.Erase", func(q querier) error {
		began, erased = time.Now(), 0
		pairs := x.pairs(outlived())
		all, err := json.Marshal(pairs)
		if err != nil {
			return err
		}
		for {
			n, err := x.erase(ctx, q, pairs, string(all))
			erased += n
			if err != nil || n == 0 || time.Since(began) >= within {
				return err
			}
		}
	})
	if err != nil {
		return 0, 0, err
	}
	if x.secret && erased > 0 {
		s.erasedInLog.Store(true)
	}
	if of == timbre.ProfileEmbedding && erased > 0 {
		s.observers.voicesErased(new(string))()
	}
	return erased, time.Since(began), nil
}

// erase erases a portion of each table in a statement a span.
func (x expiry) erase(ctx context.Context, q querier, pairs [][2]int64, all string) (erased int, err error) {
	for _, pair := range pairs {
		for _, query := range x.statements {
			if query == expireTasksAlone && erased > 0 {
				continue // it passes over what the others have left for the next portion
			}
			res, err := q.ExecContext(ctx, query, pair[0], pair[1], all, portion)
			if err != nil {
				return erased, err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return erased, err
			}
			erased += int(n)
		}
	}
	return erased, nil
}

// Scrub empties the write-ahead log.
func (s *Store) Scrub(ctx context.Context) error {
	if s.erasedInLog.Load() {
		s.truncateLog(ctx)
	}
	return nil
}

// Each statement seeks in an index what has expired, oldest first. What it passes over has expired by its own time and is held by a
// live call or an active task: there is little of that. The indexes are named, because the planner knows no frequencies.
const (
	// The life begins with the later of the making and the end of the call. A live call keeps its voiceprints.
	expireVoiceprints = `UPDATE task SET sealed = NULL, erased = 1 WHERE id IN (
		SELECT t.id FROM (
			SELECT id, transaction_id, coalesce(ended, made) AS ended FROM task INDEXED BY task_with_voiceprint
			WHERE sealed IS NOT NULL AND made > ?1 AND made <= ?2
			UNION ALL
			SELECT id, transaction_id, coalesce(ended, created) FROM task INDEXED BY task_with_voiceprint
			WHERE sealed IS NOT NULL AND made IS NULL AND created > ?1 AND created <= ?2
		) t LEFT JOIN call c ON c.transaction_id = t.transaction_id
		WHERE EXISTS (SELECT 1 FROM json_each(?3) s WHERE iif(c.transaction_id IS NULL, t.ended, c.ended) > s.value ->> 0
			AND iif(c.transaction_id IS NULL, t.ended, c.ended) <= s.value ->> 1) LIMIT ?4)`

	// The life begins with the end of the call,
	expireTasks = `DELETE FROM task WHERE id IN (
		SELECT t.id FROM call c INDEXED BY call_by_end CROSS JOIN task t INDEXED BY task_by_call ON t.transaction_id = c.transaction_id
		WHERE c.ended > ?1 AND c.ended <= ?2 AND t.active = 0 ORDER BY c.ended LIMIT ?4)`

	// or of the task if the call is unknown.
	expireTasksAlone = `DELETE FROM task WHERE id IN (
		SELECT t.id FROM task t INDEXED BY task_by_end WHERE t.active = 0 AND t.ended > ?1 AND t.ended <= ?2
		AND NOT EXISTS (SELECT 1 FROM call c WHERE c.transaction_id = t.transaction_id) LIMIT ?4)`

	// A call is kept as long as its tasks. Those of the calls that are passed over are active.
	expireCalls = `DELETE FROM call WHERE transaction_id IN (
		SELECT transaction_id FROM (
			SELECT transaction_id FROM call c INDEXED BY call_by_end WHERE ended > ?1 AND ended <= ?2
			AND NOT EXISTS (SELECT 1 FROM task t INDEXED BY task_by_call WHERE t.transaction_id = c.transaction_id AND t.active = 1)
			ORDER BY ended LIMIT ?4
		) c WHERE NOT EXISTS (SELECT 1 FROM task t INDEXED BY task_by_call WHERE t.transaction_id = c.transaction_id))`

	expirePipelines = `DELETE FROM pipeline WHERE id IN (
		SELECT id FROM pipeline INDEXED BY pipeline_by_end WHERE ended > ?1 AND ended <= ?2 LIMIT ?4)`

	expireLetters = `DELETE FROM dead_letter WHERE seq IN (
		SELECT seq FROM dead_letter INDEXED BY dead_letter_by_death WHERE died > ?1 AND died <= ?2 LIMIT ?4)`

	expireEmbeddings = `UPDATE profile SET sealed = NULL WHERE id IN (
		SELECT id FROM profile INDEXED BY profile_by_expiry WHERE expires > ?1 AND expires <= ?2 AND sealed IS NOT NULL LIMIT ?4)`

	// What was found damaged lives as long as results: it contains what they contain.
	expireQuarantine = `DELETE FROM quarantine WHERE rowid IN (
		SELECT rowid FROM quarantine INDEXED BY quarantine_by_time WHERE found > ?1 AND found <= ?2 AND document IS NOT NULL LIMIT ?4)`

	expirePlaces = `DELETE FROM departed WHERE id IN (SELECT id FROM departed INDEXED BY departed_by_time WHERE gone > ?1 AND gone <= ?2 LIMIT ?4)`
)
