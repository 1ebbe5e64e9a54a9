package phone

import (
	"net/netip"
	"testing"

	"timbre/sip/transport"
)

func TestPortsAreBoundInPairs(t *testing.T) {
	local := netip.MustParseAddr("127.0.0.1")
	legs, err := openLegs(local, Config{Caller: Party{Audio: audio(161, 1)}, Metadata: true})
	must(t, err)
	for _, l := range legs {
		defer l.close()
		if l.port()%2 != 0 {
			t.Errorf("got RTP on port %d, want an even port", l.port())
		}
		if c, err := listen(local, l.port()+1); err == nil {
			_ = c.Close()
			t.Errorf("got port %d free, want it bound for RTCP", l.port()+1)
		}
	}
	if legs[0].packets() != 2 || legs[1].packets() != 0 {
		t.Errorf("got %d and %d packets, want 2 and 0", legs[0].packets(), legs[1].packets())
	}
}

func BenchmarkPacket(b *testing.B) {
	sink, err := listen(netip.MustParseAddr("127.0.0.1"), 0)
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	l, err := openLeg(netip.MustParseAddr("127.0.0.1"), ULaw, audio(160*1000, 1))
	if err != nil {
		b.Fatal(err)
	}
	defer l.close()
	l.remote = transport.AddrPort(sink.LocalAddr())
	for b.Loop() {
		if err := l.send(false); err != nil {
			b.Fatal(err)
		}
	}
}
