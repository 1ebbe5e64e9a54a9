package sqlite

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"timbre"
)

// tallies returns the tally, and the number of rows that it should have counted.
func tallies(t testing.TB, s *Store) (said, counted map[string]int) {
	t.Helper()
	list := func(query string) map[string]int {
		m := map[string]int{}
		rows, err := s.reader.Query(query)
		ok(t, err)
		defer rows.Close()
		for rows.Next() {
			var what string
			var n int
			ok(t, rows.Scan(&what, &n))
			if n != 0 {
				m[what] = n
			}
		}
		ok(t, rows.Err())
		return m
	}
	return list("SELECT what, n FROM tally"), list(`SELECT 'profiles of ' || domain_id, count(*) FROM profile GROUP BY 1
		UNION ALL SELECT 'calls of ' || (document ->> '$.ConnectorID'), count(*) FROM call WHERE ended IS NULL GROUP BY 1
		UNION ALL SELECT 'tasks', count(*) FROM task WHERE active = 1 UNION ALL SELECT 'pipelines', count(*) FROM pipeline WHERE ended IS NULL`)
}

// lived creates some of everything that is counted, and deletes part of it.
func lived(t testing.TB, s *Store) {
	t.Helper()
	ctx := t.Context()
	ok(t, s.CreateConfiguration(ctx, timbre.Configuration{ID: "of the pipelines"}))
	for i := range 4 {
		id := fmt.Sprint(i)
		ok(t, s.CreateConnector(ctx, timbre.Connector{ID: id}))
		ok(t, s.CreateDomain(ctx, timbre.Domain{ID: id}))
		for _, call := range []string{"x", "y"} {
			ok(t, s.SaveCall(ctx, timbre.Call{TransactionID: call + id, ConnectorID: id}, nil))
		}
		task := timbre.Task{ID: id, Kind: timbre.SpeakerSearch, TransactionID: id, DomainID: id, Active: true}
		ok(t, s.CreateTask(ctx, task))
		ok(t, s.EnrolProfile(ctx, timbre.Profile{ID: id, DomainID: id}, id))
		pipeline := timbre.Pipeline{ID: id, ARN: id}
		ok(t, s.CreatePipeline(ctx, pipeline, nil))
		if i > 1 {
			continue
		}
		for range 2 { // also when nothing changes
			ok(t, s.SaveCall(ctx, timbre.Call{TransactionID: "x" + id, ConnectorID: id, Ended: time.Unix(1, 0)}, nil))
			task.Active, pipeline.Ended = false, time.Unix(1, 0)
			ok(t, s.SaveTask(ctx, task, nil))
			ok(t, s.SavePipeline(ctx, pipeline, nil))
		}
		ok(t, s.DeleteProfile(ctx, id))
	}
	ok(t, s.DeletePipeline(ctx, "3", nil))
	ok(t, s.DeleteDomain(ctx, "3"))
	ok(t, sweep(ctx, s, time.Unix(1, 0).Add(timbre.ResultLife)))
}

func TestTallyMatchesTheRows(t *testing.T) {
	s := begin(t, t.TempDir())
	lived(t, s)
	said, counted := tallies(t, s)
	want := map[string]int{"calls of 0": 1, "calls of 1": 1, "calls of 2": 2, "calls of 3": 2, "profiles of 2": 1, "tasks": 2, "pipelines": 1}
	if !reflect.DeepEqual(counted, want) {
		t.Errorf("got rows %v, want %v", counted, want)
	}
	if !reflect.DeepEqual(said, counted) {
		t.Errorf("got tally %v, want %v", said, counted)
	}
}

func TestMigrationCountsExistingRows(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	lived(t, s)
	ok(t, s.Close())
	earlier(t, folder, 5)
	s = begin(t, folder)
	if said, counted := tallies(t, s); !reflect.DeepEqual(said, counted) {
		t.Errorf("got tally %v, want %v", said, counted)
	}
	if err := s.DeleteConnector(t.Context(), "2"); timbre.KindOf(err) != timbre.Conflict {
		t.Errorf("connector with live calls: got error %v, want Conflict", err)
	}
}

func BenchmarkCallOfAConnectorWithManyCalls(b *testing.B) {
	s := begin(b, b.TempDir())
	_, err := s.writer.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		INSERT INTO call (transaction_id, started, document) SELECT i, i, json_object('ConnectorID', 'c') FROM n`)
	if err != nil {
		b.Fatal(err)
	}
	s.Limit(timbre.Limits{Calls: 20_000})
	c := timbre.Call{TransactionID: "new", ConnectorID: "c", Started: time.Unix(1, 0)}
	for b.Loop() {
		if err := s.withinCalls(b.Context(), s.reader, c); err != nil {
			b.Fatal(err)
		}
	}
}
