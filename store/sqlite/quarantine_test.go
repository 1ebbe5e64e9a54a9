package sqlite

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/store/storetest"
)

// spoiled are documents that cannot be read as those of any row.
var spoiled = map[string]string{
	"cut":        `{`,
	"empty":      ``,
	"no object":  `[]`,
	"null":       `null`,
	"wrong type": `{"ID":7,"TransactionID":7}`,
	"of another": `{"ID":"other","TransactionID":"other"}`,
	"late":       `{"ID":"a","Created":"99999-01-01T00:00:00Z","Started":"99999-01-01T00:00:00Z"}`,
	"no UTF-8":   "{\"ID\":\"\xff\"}",
}

// furnished is a store with one readable row of each kind.
func furnished(t testing.TB) *Store {
	s := begin(t, t.TempDir())
	ctx := t.Context()
	ok(t, s.CreateConnector(ctx, timbre.Connector{ID: "good", ARN: "arn:good"}))
	ok(t, s.CreateConfiguration(ctx, timbre.Configuration{ID: "good", Name: "good", ARN: "arn:c"}))
	ok(t, s.CreatePipeline(ctx, timbre.Pipeline{ID: "good", ARN: "arn:p", ConfigurationARN: "arn:c"}, nil))
	ok(t, s.CreateDomain(ctx, timbre.Domain{ID: "good"}))
	ok(t, s.CreateResource(ctx, timbre.Resource{Kind: "thing", ID: "good"}))
	ok(t, s.SaveCall(ctx, timbre.Call{TransactionID: "good", ConnectorID: "good"}, nil))
	ok(t, s.CreateTask(ctx, timbre.Task{ID: "good", Kind: timbre.SpeakerSearch, TransactionID: "good", DomainID: "good", Active: true}))
	enrol(t, s, "good", "enrolled")
	return s
}

func TestDamagedRowsAreLeftOut(t *testing.T) {
	for name, doc := range spoiled {
		t.Run(name, func(t *testing.T) {
			s := furnished(t)
			_, err := s.writer.Exec("DROP INDEX connector_by_arn; DROP INDEX configuration_by_arn; DROP INDEX configuration_by_token; " +
				"DROP INDEX domain_by_arn; DROP INDEX pipeline_by_arn; DROP INDEX resource_by_arn; DROP TRIGGER call_counted")
			ok(t, err)
			for _, insert := range []string{
				"INSERT INTO connector (id, created, document) VALUES ('a', 0, ?)",
				"INSERT INTO configuration (id, name, arn, created, document) VALUES ('a', 'a', 'a', 0, ?)",
				"INSERT INTO pipeline (id, arn, created, configuration_arn, document) VALUES ('a', 'a', 0, 'a', ?)",
				"INSERT INTO domain (id, created, wrapped, document) VALUES ('a', 0, x'00', ?)",
				"INSERT INTO profile (id, domain_id, created, expires, sealed, document) VALUES ('a', 'good', 0, 9e18, x'00', ?)",
				"INSERT INTO resource (kind, id, created, document) VALUES ('thing', 'a', 0, ?)",
				"INSERT INTO call (transaction_id, started, document) VALUES ('a', 0, ?)",
				"INSERT INTO task (id, kind, transaction_id, domain_id, active, created, document) VALUES ('a', 1, 'a', 'good', 1, 0, ?)",
			} {
				_, err := s.writer.Exec(insert, doc)
				ok(t, err)
			}
			log := &bytes.Buffer{}
			s.log = slog.New(slog.NewTextHandler(log, nil))
			for range 2 {
				readEverything(t, s)
			}
			if models, err := s.ModelsInProfiles(t.Context()); err != nil || len(models) != 1 || models[0].Profiles != 1 {
				t.Errorf("got models %+v, %v; want that of the readable profile", models, err)
			}
			for _, kind := range []string{"connector", "configuration", "pipeline", "domain", "profile", "resource", "call", "task"} {
				if n := s.Damaged()[kind]; n != 1 {
					t.Errorf("got %d damaged rows of %s, want 1", n, kind)
				}
				if n := strings.Count(log.String(), "kind="+kind+" id=a "); n != 1 {
					t.Errorf("got %d lines of log about the damaged %s, want 1:\n%s", n, kind, log)
				}
				var kept string
				ok(t, s.reader.QueryRow("SELECT coalesce(CAST(document AS TEXT), '') FROM quarantine WHERE kind = ? AND id = 'a'", kind).Scan(&kept))
				if _, moves := moved[kind]; moves && kept != doc {
					t.Errorf("got %q kept of the %s, want %q", kept, kind, doc)
				}
			}
			if n := testutil.CollectAndCount(s, "timbre_store_damaged_rows"); n != len(kinds) {
				t.Errorf("got %d kinds counted, want %d", n, len(kinds))
			}
		})
	}
}

// readEverything reads every list, in which only the good rows are, and the damaged rows themselves.
func readEverything(t *testing.T, s *Store) {
	t.Helper()
	ctx, page := t.Context(), timbre.Page{Limit: 1}
	connectors, err := s.ListConnectors(ctx, page)
	only(t, connectors, err)
	configurations, err := s.ListConfigurations(ctx, page)
	only(t, configurations, err)
	pipelines, err := s.ListPipelines(ctx, page)
	only(t, pipelines, err)
	domains, err := s.ListDomains(ctx, page)
	only(t, domains, err)
	resources, err := s.ListResources(ctx, "thing", page)
	only(t, resources, err)
	profiles, err := s.ListProfiles(ctx, "good", page)
	only(t, profiles, err)
	voiceprints, err := storetest.AllVoices(ctx, s, "good", time.Unix(0, 0))
	only(t, voiceprints, err)
	_, err = s.Call(ctx, "a")
	unreadable(t, err)
	_, err = s.Task(ctx, timbre.SpeakerSearch, "a")
	unreadable(t, err)
	calls, err := s.LiveCalls(ctx)
	only(t, calls, err)
	tasks, err := s.ActiveTasks(ctx)
	only(t, tasks, err)
}

func only[T any](t *testing.T, list []T, err error) {
	t.Helper()
	if err != nil || len(list) != 1 {
		t.Errorf("got %v and error %v, want the good row", list, err)
	}
}

// unreadable wants the error of a damaged row, or NotFound once it has moved.
func unreadable(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, timbre.ErrDamaged) && timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got %v, want %v", err, timbre.ErrDamaged)
	}
}

// A damaged live call counts against the quota of its connector until it has moved, and those that are readable still do then.
func TestDamagedCallLeavesTheQuota(t *testing.T) {
	s := furnished(t)
	ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: "a", ConnectorID: "good"}, nil))
	_, err := s.writer.Exec("UPDATE call SET document = '{' WHERE transaction_id = 'a'")
	ok(t, err)
	_, err = s.Call(t.Context(), "a")
	unreadable(t, err)
	var live int
	ok(t, s.reader.QueryRow(countQuery, "calls of good").Scan(&live))
	if live != 1 {
		t.Errorf("got %d live calls, want 1", live)
	}
}

func TestVoiceprintThatDoesNotOpenCostsNoOtherVoiceprint(t *testing.T) {
	s := furnished(t)
	_, err := s.writer.Exec(`INSERT INTO profile (id, domain_id, created, expires, sealed, document) VALUES ('a', 'good', 0, 9e18, x'0102', '{"ID":"a"}')`)
	ok(t, err)
	voiceprints, err := storetest.AllVoices(t.Context(), s, "good", v0)
	only(t, voiceprints, err)
	if n := s.Damaged()["profile"]; n != 1 {
		t.Errorf("got %d damaged profiles, want 1", n)
	}
	_, err = s.writer.Exec("UPDATE task SET sealed = x'0102' WHERE id = 'enrolled'")
	ok(t, err)
	if task, err := s.Task(t.Context(), timbre.SpeakerSearch, "enrolled"); err != nil || task.Voiceprint != nil {
		t.Errorf("got %+v and error %v, want the task without its voiceprint", task, err)
	}
}

// Without the key of the domain no profile opens: a search that found nobody would be wrong.
func TestDamagedDomainKeyFailsSearches(t *testing.T) {
	s := furnished(t)
	_, err := s.writer.Exec("UPDATE domain SET wrapped = x'0102'")
	ok(t, err)
	if list, err := storetest.AllVoices(t.Context(), s, "good", v0); err == nil || len(s.Damaged()) > 0 {
		t.Errorf("got %v, error %v and damaged rows %v, want an error and none", list, err, s.Damaged())
	}
}

func TestWhatHasMovedIsKnownAfterARestartUntilItIsErased(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	_, err := s.writer.Exec("INSERT INTO task (id, kind, transaction_id, domain_id, active, created, document) VALUES ('a', 1, 't', 'd', 1, 0, '{')")
	ok(t, err)
	_, err = s.Task(t.Context(), 1, "a")
	unreadable(t, err)
	ok(t, s.Close())
	s = begin(t, folder)
	if n := s.Damaged()["task"]; n != 1 {
		t.Errorf("got %d damaged tasks after a restart, want 1", n)
	}
	ok(t, sweep(t.Context(), s, time.Now().Add(timbre.ResultLife+time.Hour)))
	var left int
	ok(t, s.reader.QueryRow("SELECT count(*) FROM quarantine").Scan(&left))
	if left != 0 {
		t.Errorf("got %d rows in quarantine after their life, want none", left)
	}
}
