package node

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"timbre/config"
	"timbre/environment"
)

func embeddable(t *testing.T) config.Settings {
	s := config.Defaults()
	s.Data = t.TempDir()
	s.API.Listen, s.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: netip.MustParseAddrPort("127.0.0.1:0")}}
	s.RTP.Ports = config.Ports{First: 23000, Last: 23099}
	return s
}

// families counts the metric families of Timbre in a registry.
func families(t *testing.T, r *prometheus.Registry) (n int) {
	t.Helper()
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if strings.HasPrefix(f.GetName(), "timbre_") {
			n++
		}
	}
	return n
}

func TestMetricsAreExportedWhileTheNodeLives(t *testing.T) {
	registry := prometheus.NewRegistry()
	for range 2 { // a second node can follow the first one
		n, err := New(t.Context(), environment.Environment{Metrics: registry}, embeddable(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := families(t, registry); got == 0 {
			t.Error("got no metrics of the node, want them in the registry of the program")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := n.Run(ctx); err != nil {
			t.Errorf("got %v, want an orderly shutdown", err)
		}
		if got := families(t, registry); got != 0 {
			t.Errorf("got %d metrics after the end of the node, want none", got)
		}
	}
}

func TestInvalidSettingsAreRefused(t *testing.T) {
	s := embeddable(t)
	s.Account = "12"
	if n, err := New(t.Context(), environment.Environment{}, s); err == nil || n != nil || !strings.Contains(err.Error(), "account") {
		t.Errorf("got node %v and error %v, want the account refused", n, err)
	}
}
