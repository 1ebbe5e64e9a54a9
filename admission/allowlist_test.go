package admission

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"timbre"
)

func TestAllowListIsReadOnceForEachChange(t *testing.T) {
	f := newFixture()
	from := netip.MustParseAddr(outside)
	expect := func(step string, known bool, reads int) {
		t.Helper()
		if got := f.Sources().Known(from); got != known {
			t.Errorf("%s: got known %v, want %v", step, got, known)
		}
		if f.dir.reads != reads {
			t.Errorf("%s: got %d reads, want %d", step, f.dir.reads, reads)
		}
	}
	expect("first", false, 1)
	f.dir.terminations["closed"] = timbre.Termination{CIDRs: []string{outside}}
	expect("no change reported", false, 1)
	f.Changed("closed")
	expect("change reported", true, 2)
	expect("again", true, 2)
	f.dir.err = errors.New("disk")
	expect("the store fails, nothing changed", true, 2)
	f.Changed("closed")
	expect("the store fails: a known source, so that the request is answered", true, 3)
	f.dir.err = nil
	delete(f.dir.terminations, "closed")
	expect("the store is back", false, 4)
}

func TestChangeWhileReadingIsReadNextTime(t *testing.T) {
	f := newFixture()
	once := true
	f.list.dir = changing{f.dir, func() {
		if once {
			once = false
			f.Changed("open")
		}
	}}
	for range 3 {
		f.Sources().Known(netip.MustParseAddr(outside))
	}
	if f.dir.reads != 2 {
		t.Errorf("got %d reads, want 2", f.dir.reads)
	}
}

// changing calls a function whenever a directory lists its connectors.
type changing struct {
	*directory
	change func()
}

func (c changing) ListConnectors(ctx context.Context, p timbre.Page) ([]timbre.Connector, error) {
	defer c.change()
	return c.directory.ListConnectors(ctx, p)
}

// The list of all connectors and the termination of one must agree on every source.
func TestAllowListAgreesWithTerminations(t *testing.T) {
	f := newFixture()
	f.dir.terminations["bare"] = timbre.Termination{CIDRs: []string{"0.0.0.0/5", "::ffff:172.16.0.0/108", "2001:db8:5::5%eth0", "::1"}}
	h, err := f.list.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		inside, outside, both, "7.255.255.255", "8.0.0.0", "172.31.1.2", "172.32.0.0", "::ffff:172.16.1.1", "::ffff:192.0.2.3", "10.1.1.1",
		"2001:db8::1", "2001:db8::1%eth0", "2001:db8:5::5", "2001:db8:5::5%eth1", "fe80::1", "fe80::1%eth0", "febf::1%2", "fec0::1", "::1", "::2", "::",
	} {
		t.Run(text, func(t *testing.T) {
			source := netip.MustParseAddr(text)
			var want []string
			for id, term := range f.dir.terminations {
				if term.Allows(source) {
					want = append(want, id)
				}
			}
			got := h.connectors(source)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if got, want := h.contains(source), len(want) > 0; got != want {
				t.Errorf("got contains %v, want %v", got, want)
			}
		})
	}
	if ids := h.connectors(netip.Addr{}); ids != nil {
		t.Errorf("no address: got %v, want none", ids)
	}
}

func TestProvableNeedsCredentialsOfAnEnabledTermination(t *testing.T) {
	f := newFixture()
	for _, step := range []struct {
		drop string
		want bool
	}{{"secret", true}, {"private", false}} { // off has some, and is disabled
		delete(f.dir.credentials, step.drop)
		f.Changed(step.drop)
		if _, provable := f.allowed(netip.MustParseAddr(outside)); provable != step.want {
			t.Errorf("without those of %s: got provable %v, want %v", step.drop, provable, step.want)
		}
	}
}

// A termination that cannot be read closes its connector and no other.
func TestDamagedTerminationClosesItsConnectorAlone(t *testing.T) {
	f := newFixture()
	was, err := f.AdmitAny(t.Context(), ask("", inside, timbre.Basic))
	if err != nil || len(was) == 0 {
		t.Fatal(err)
	}
	f.dir.connectors["damaged"], f.dir.damaged = timbre.Connector{ID: "damaged"}, "damaged"
	f.Changed("damaged")
	is, err := f.AdmitAny(t.Context(), ask("", inside, timbre.Basic))
	if err != nil || len(is) != len(was) {
		t.Errorf("got %d connectors and %v, want %d", len(is), err, len(was))
	}
	if may, _ := f.allowed(netip.MustParseAddr(inside)); !may {
		t.Error("got the source refused, want it allowed on the other connectors")
	}
}

// What a look-up costs with many connectors.
func BenchmarkAllowed(b *testing.B) {
	f := newFixture()
	for i := range 10_000 {
		id := netip.AddrFrom4([4]byte{172, 16, byte(i >> 8), byte(i)}).String()
		f.dir.connectors[id] = timbre.Connector{ID: id}
		f.dir.terminations[id] = timbre.Termination{CIDRs: []string{id + "/32"}}
	}
	from := netip.MustParseAddr("172.16.1.1")
	b.ReportAllocs()
	for b.Loop() {
		f.allowed(from)
	}
}
