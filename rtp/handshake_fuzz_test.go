package rtp

import (
	"net"
	"net/netip"
	"slices"
	"testing"

	"timbre"
)

// FuzzHandshakes passes datagrams of several sources to a stream that waits for a handshake, or has begun one: a byte for the source and one for the
// length go before each. There are never more handshakes than there may be, none gives keys without the peer's certificate, the signalled
// address keeps its place, and all of them end with the stream.
func FuzzHandshakes(f *testing.F) {
	cut := func(from byte, datagrams ...[]byte) (b []byte) {
		for _, d := range datagrams {
			b = append(append(b, from, byte(len(d))), d...)
		}
		return b
	}
	f.Add(false, slices.Concat(cut(0, clientHello(1)), cut(1, clientHello(2)), cut(0, clientHello(3))))
	f.Add(false, slices.Concat(cut(9, helloVerify()), cut(1, clientHello(2)), cut(2, clientHello(2)), cut(1, record(alertRecord, 2, 40))))
	f.Add(true, slices.Concat(cut(1, helloVerify()), cut(0, helloVerify()), cut(2, handshakeRecord(2, make([]byte, 40)))))
	f.Add(true, slices.Concat(cut(0, record(alertRecord, 2, 40)), cut(3, clientHello(1)), cut(0, record(20, 1), record(23, 1, 2, 3))))
	var many []byte
	for i := range byte(20) {
		many = append(many, cut(i, clientHello(i))...)
	}
	f.Add(false, many)

	sources := make([]netip.AddrPort, 12)
	for i := range sources {
		sources[i] = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, byte(1 + i%3)}), uint16(9+i/3)) // nobody listens
	}
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = socket.Close() })
	p := pool(f, 1)
	f.Fuzz(func(t *testing.T, active bool, b []byte) {
		heard := &recorder{}
		s := p.stream(timbre.Media{
			Remote: sources[0], Mux: true, Payloads: allPayloads(), LatchAny: true,
			DTLS: &timbre.DTLSParameters{Fingerprint: p.Fingerprint(), Active: active},
		}, heard)
		s.mediaConn, s.controlConn = &dedicated{UDPConn: socket}, socket
		s.mu.Lock()
		err := s.applyKeys()
		s.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; len(b) > 2 && n < 32; n++ {
			from, length := sources[int(b[0])%len(sources)], min(int(b[1]), len(b)-2)
			s.take(b[2:2+length], from)
			b = b[2+length:]
			s.checkHandshakes(t)
		}
		s.mu.Lock()
		s.closing = true
		s.endAssociations()
		s.mu.Unlock()
		s.handshakes.Wait()
		if s.flush(); s.crypto != [ports]*cryptoContext{} || len(heard.at) > 0 || s.latch.fixed.IsValid() {
			t.Error("got keys, frames or a source without the peer's certificate")
		}
	})
}

// record is a record in clear.
func record(kind byte, body ...byte) []byte {
	return append([]byte{kind, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(body) >> 8), byte(len(body))}, body...)
}

// checkHandshakes checks what holds before any handshake is done.
func (s *Stream) checkHandshakes(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.associations[onMedia]
	if a == nil {
		return
	}
	if len(a.candidates) > maxCandidates || len(a.barred) > maxCandidates || a.proven != nil {
		t.Errorf("got %d handshakes, %d barred addresses, peer %v", len(a.candidates), len(a.barred), a.proven)
	}
	if a.target != unmapped(s.media.Remote) {
		t.Errorf("got target %v, want the signalled %v", a.target, s.media.Remote)
	}
}
