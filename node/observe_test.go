package node

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"timbre"
	"timbre/models"
	"timbre/search/archive"
)

func TestChangesOfAdmissionHoldForTheNextRequest(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		source := netip.MustParseAddr("192.0.2.1")
		for _, c := range []struct {
			name    string
			change  func(context.Context) error
			reason  timbre.DenialReason // empty: admitted
			allowed bool                // the source is known to the source limiter
		}{
			{"nothing put", func(context.Context) error { return nil }, timbre.NotAllowed, false},
			{"PutTermination", func(ctx context.Context) error {
				return in.store.PutTermination(ctx, vc, timbre.Termination{CIDRs: []string{"192.0.2.0/24"}})
			}, "", true},
			{"PutTermination of another network", func(ctx context.Context) error {
				return in.store.PutTermination(ctx, vc, timbre.Termination{CIDRs: []string{"198.51.100.0/24"}})
			}, timbre.NotAllowed, false},
			{"PutCredentials", func(ctx context.Context) error {
				return in.store.PutCredentials(ctx, vc, []timbre.Credential{{Username: "ann", MD5: "x", SHA256: "y"}})
			}, timbre.AuthRequired, false},
			{"DeleteCredentials", func(ctx context.Context) error {
				return in.store.DeleteCredentials(ctx, vc, []string{"ann"})
			}, timbre.NotAllowed, false},
			{"PutTermination again", func(ctx context.Context) error {
				return in.store.PutTermination(ctx, vc, timbre.Termination{CIDRs: []string{"192.0.2.1"}})
			}, "", true},
			{"DeleteTermination", func(ctx context.Context) error {
				return in.store.DeleteTermination(ctx, vc)
			}, timbre.NotAllowed, false},
			{"DeleteConnector", func(ctx context.Context) error {
				return in.store.DeleteConnector(ctx, vc)
			}, timbre.NotAllowed, false}, // a stranger does not learn that it is gone
		} {
			in.must(c.change(in.t.Context()))
			_, err := in.admission.Admit(in.t.Context(), timbre.AccessRequest{ConnectorID: vc, Source: source, Method: "INVITE"})
			var got timbre.DenialReason
			if d := (*timbre.Denial)(nil); errors.As(err, &d) {
				got = d.Reason
			} else {
				in.must(err)
			}
			if got != c.reason {
				t.Errorf("%s: got denial %q, want %q", c.name, got, c.reason)
			}
			if known := in.admission.Sources().Known(source); known != c.allowed {
				t.Errorf("%s: got known %v, want %v", c.name, known, c.allowed)
			}
		}
	})
}

func TestADeletedDomainTakesItsCalibrationsAlong(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		in.must(in.store.CreateDomain(in.t.Context(), timbre.Domain{ID: "d"}))
		a := archive.New(in.settings.Calibrations())
		for _, scope := range []string{"d", archive.Server} {
			_, err := a.Add(archive.Entry{Scope: scope, Calibration: models.Calibration()})
			in.must(err)
		}
		in.must(in.store.DeleteDomain(in.t.Context(), "d"))
		if scopes, err := a.Scopes(); err != nil || !slices.Equal(scopes, []string{archive.Server}) {
			t.Errorf("got calibrations of %v, %v, want that of the server alone", scopes, err)
		}
	})
}

// The first thing to know of a running server is what it runs.
func TestBuildAndModelsAreInTheMetrics(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		in.describe()
		families, err := in.metrics.Gather()
		in.must(err)
		got := map[string]int{}
		for _, f := range families {
			got[f.GetName()] = len(f.GetMetric())
		}
		if got["timbre_build_info"] != 1 || got["timbre_model_info"] != 3 {
			t.Errorf("got %d builds and %d models, want 1 and 3: speaker, tone and vad", got["timbre_build_info"], got["timbre_model_info"])
		}
	})
}
