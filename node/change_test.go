package node

import (
	"sync/atomic"
	"testing"

	"timbre"
	"timbre/config"
	"timbre/environment"
)

func TestWhatChangesOfWhoMayCallIsCounted(t *testing.T) {
	s := config.Defaults()
	s.Data = t.TempDir()
	n := newNode(environment.Environment{}, s)
	defer n.close()
	ctx := t.Context()
	if err := n.openStore(ctx); err != nil {
		t.Fatal(err)
	}
	var changes atomic.Uint64
	w := watched{n.store, &changes}
	if err := w.CreateConnector(ctx, timbre.Connector{ID: vc}); err != nil || changes.Load() != 0 {
		t.Fatal(err, changes.Load())
	}
	for i, change := range []func() error{
		func() error { return w.PutTermination(ctx, vc, timbre.Termination{CIDRs: []string{"192.0.2.0/24"}}) },
		func() error {
			return w.PutCredentials(ctx, vc, []timbre.Credential{{Username: "ann", MD5: "x", SHA256: "y"}})
		},
		func() error { return w.DeleteCredentials(ctx, vc, []string{"ann"}) },
		func() error { return w.DeleteTermination(ctx, vc) },
		func() error { return w.DeleteConnector(ctx, vc) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if got := changes.Load(); got != uint64(i+1) {
			t.Errorf("%d changes are counted after %d", got, i+1)
		}
	}
	if err := w.DeleteConnector(ctx, vc); err == nil || changes.Load() != 6 {
		t.Errorf("%v, %d changes: a failure may have changed something", err, changes.Load())
	}
}
