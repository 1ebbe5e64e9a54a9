package phone

import (
	"net/netip"
	"testing"

	"timbre/sip/transport"
)

func TestPortsArePairsAndOursAlone(t *testing.T) {
	local := netip.MustParseAddr("127.0.0.1")
	legs, err := openLegs(local, Config{Caller: Party{Audio: talk(161, 1)}, Metadata: true})
	must(t, err)
	for _, l := range legs {
		defer l.close()
		if l.port()%2 != 0 {
			t.Errorf("RTP on the odd port %d", l.port())
		}
		if c, err := listen(local, l.port()+1); err == nil {
			_ = c.Close()
			t.Errorf("port %d is free for others", l.port()+1)
		}
	}
	if legs[0].packets() != 2 || legs[1].packets() != 0 {
		t.Errorf("%d and %d packets", legs[0].packets(), legs[1].packets())
	}
}

func BenchmarkPacket(b *testing.B) {
	sink, err := listen(netip.MustParseAddr("127.0.0.1"), 0)
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	l, err := openLeg(netip.MustParseAddr("127.0.0.1"), ULaw, talk(160*1000, 1))
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
