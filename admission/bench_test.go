package admission

import (
	"fmt"
	"net/netip"
	"testing"

	"timbre"
)

// crowded is an Admission with so many connectors, each with an allowed host and a credential of its own.
func crowded(connectors int) *fixture {
	f := newFixture()
	for i := range connectors {
		id := fmt.Sprintf("c%d", i)
		f.dir.connectors[id] = timbre.Connector{ID: id, OutboundHost: realmOf(id)}
		f.dir.terminations[id] = timbre.Termination{CIDRs: []string{netip.AddrFrom4([4]byte{172, 16, byte(i >> 8), byte(i)}).String() + "/32"}}
		f.dir.credentials[id] = map[string]timbre.Credential{"user" + id: {}}
		f.Changed(id)
	}
	return f
}

// BenchmarkConnectors is what a request and a change cost by the number of connectors, without the store: a request that names a
// connector and one that names none, of an allowed host and of a stranger; the first look at any message; and a change.
func BenchmarkConnectors(b *testing.B) {
	const allowed, stranger = "172.16.0.0", outside
	for _, n := range []int{1, 100, 10_000} {
		f := crowded(n)
		for _, c := range []struct {
			name string
			do   func()
		}{
			{"named", func() { _, _ = f.Admit(b.Context(), ask("c0", allowed, timbre.Digest)) }},
			{"unnamed", func() { _, _ = f.Admit(b.Context(), ask("", allowed, timbre.Digest)) }},
			{"stranger-named", func() { _, _ = f.Admit(b.Context(), ask("c0", stranger, timbre.Digest)) }},
			{"stranger-unnamed", func() { _, _ = f.Admit(b.Context(), ask("", stranger, timbre.Digest)) }},
			{"feed", func() { _, _ = f.AdmitAny(b.Context(), ask("", stranger, timbre.Basic, basic("ann", "guess"))) }},
			{"message", func() { f.Sources().Known(netip.MustParseAddr(stranger)) }},
			{"change", func() { f.Changed("c0") }},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.do()
				}
			})
		}
	}
}
