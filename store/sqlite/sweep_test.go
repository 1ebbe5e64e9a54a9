package sqlite

import (
	"strings"
	"testing"
)

// Every statement of a sweep must find what has expired by seeking: a scan would cost as much as is kept.
func TestSweepSeeksWhatHasExpired(t *testing.T) {
	s := begin(t, t.TempDir())
	for name, query := range map[string]string{
		"voiceprints": sweepVoiceprints, "tasks": sweepTasks, "calls": sweepCalls, "pipelines": sweepPipelines,
		"embeddings": sweepEmbeddings, "departed": sweepDeparted,
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := s.reader.Query("EXPLAIN QUERY PLAN "+query, 1, 1)
			ok(t, err)
			defer rows.Close()
			for rows.Next() {
				var id, parent, unused int
				var step string
				ok(t, rows.Scan(&id, &parent, &unused, &step))
				if strings.HasPrefix(step, "SCAN") {
					t.Errorf("got the step %q, want a search", step)
				}
			}
			ok(t, rows.Err())
		})
	}
}
