package node

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/config"
	"timbre/environment"
)

// fullNode is a node with all its stages, which are not run, and a call of one leg with a task.
func fullNode(t *testing.T, limits map[string]int) *Node {
	t.Helper()
	s := embeddable(t)
	s.RTP.Ports = config.Ports{First: 23200, Last: 23203}
	s.Limits = limits
	n := newNode(environment.Environment{}, s)
	t.Cleanup(n.close)
	if err := n.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := n.store.CreateConnector(t.Context(), timbre.Connector{ID: vc}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.calls.Begin(t.Context(), timbre.Call{ConnectorID: vc, Legs: []timbre.Leg{{Side: timbre.Caller}}}); err != nil {
		t.Fatal(err)
	}
	if err := n.store.CreateTask(t.Context(), timbre.Task{ID: "t", Kind: timbre.VoiceTone, TransactionID: "x", Token: "t", Active: true}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFullnessIsShownAgainstItsLimit(t *testing.T) {
	n := fullNode(t, map[string]int{"tasks": 4, "calls": 3})
	got := map[string]fill{}
	for _, f := range n.fills(t.Context()) {
		got[f.of] = f
	}
	for of, want := range map[string]fill{
		"calls": {used: 1}, "legs": {used: 1}, "ports": {limit: 2}, "pipelines": {limit: 20_000}, "tasks": {used: 1, limit: 4}, "analysed_calls": {used: 1},
		"connector_calls": {used: 1, limit: 3}, "domain_profiles": {limit: 1_000_000}, "outbox": {limit: 1 << 30, bytes: true},
	} {
		want.of = of
		if got[of] != want {
			t.Errorf("got %+v, want %+v", got[of], want)
		}
	}
	for _, of := range []string{"disk", "log", "descriptors"} {
		if f := got[of]; f.used <= 0 || f.limit <= f.used {
			t.Errorf("%s: got %v of %v, want some of more", of, f.used, f.limit)
		}
	}
	if series := testutil.CollectAndCount(fullness{n}, "timbre_capacity_used"); series < 9 {
		t.Errorf("got %d series, want one for each resource", series)
	}
}
