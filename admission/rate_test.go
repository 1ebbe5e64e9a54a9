package admission

import (
	"net/netip"
	"testing"
	"time"

	"timbre"
)

func budgetOf(t *testing.T) (allow func(source string, limit int) bool, pass func(time.Duration)) {
	t.Helper()
	a := &Admission{}
	now := time.Unix(1000, 0)
	a.env.Steady = func() time.Time { return now }
	return func(source string, limit int) bool {
		return a.AllowCall(timbre.Access{Connector: timbre.Connector{ID: "x"}, CPSLimit: limit, Source: netip.MustParseAddr(source)})
	}, func(d time.Duration) { now = now.Add(d) }
}

func TestAFloodOfOneHostLeavesTheOthersTheirShare(t *testing.T) {
	const limit, seconds = 10, 60
	allow, pass := budgetOf(t)
	calls := map[string]int{}
	for tick := range seconds * 100 {
		if allow("192.0.2.1", limit) { // a hundred a second
			calls["flood"]++
		}
		if tick%25 == 24 {
			if allow("192.0.2.2", limit) { // four a second
				calls["peer"]++
			}
		}
		pass(10 * time.Millisecond)
	}
	if calls["peer"] != 4*seconds {
		t.Errorf("got %d calls of the peer, want all %d", calls["peer"], 4*seconds)
	}
	if all := calls["peer"] + calls["flood"]; all > limit*(seconds+2) || all < limit*(seconds-1) {
		t.Errorf("got %d calls in all, want about %d: the limit holds, and is used", all, limit*seconds)
	}
}

func TestDeletedConnectorLeavesNoBudget(t *testing.T) {
	f := newFixture()
	access, err := f.Admit(t.Context(), ask("open", inside, timbre.Digest))
	if err != nil || !f.AllowCall(access) {
		t.Fatalf("got %v, want a call", err)
	}
	delete(f.dir.connectors, "open")
	f.Changed("open")
	if n := len(f.calls.byConnector); n != 0 {
		t.Errorf("got %d budgets of connectors that are gone, want none", n)
	}
}

func TestOneHostAloneMayUseTheWholeLimit(t *testing.T) {
	allow, pass := budgetOf(t)
	n := 0
	for range 1000 {
		if allow("192.0.2.1", 10) {
			n++
		}
		pass(10 * time.Millisecond)
	}
	if n < 105 || n > 110 {
		t.Errorf("got %d calls in ten seconds, want 10 at once and 10 a second", n)
	}
}

func TestMoreHostsThanCallsKeepTheLimit(t *testing.T) {
	allow, pass := budgetOf(t)
	n := 0
	for range 10 {
		for i := range 5000 {
			if allow(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}).String(), 3) {
				n++
			}
		}
		pass(time.Second)
	}
	if n > 3*12 {
		t.Errorf("got %d calls in ten seconds, want about 30", n)
	}
}
