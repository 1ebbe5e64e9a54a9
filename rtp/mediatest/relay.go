package mediatest

import (
	"bytes"

	"github.com/pion/rtcp"

	"timbre"
)

// pair opens two streams that are relayed to each other.
func (s *subject) pair(change func(a, b *timbre.Media)) (a, b *leg) {
	s.Helper()
	a, b = &leg{peer: s.newPeer(), listener: newListener()}, &leg{peer: s.newPeer(), listener: newListener()}
	ma, mb := a.media(), b.media()
	if change != nil {
		change(&ma, &mb)
	}
	sa, sb, err := s.receiver.Pair(ma, mb, a.listener, b.listener)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(sa.Close)
	s.Cleanup(sb.Close)
	a.MediaStream, b.MediaStream = sa, sb
	a.peer.sendTo(sa.Port())
	b.peer.sendTo(sb.Port())
	return a, b
}

var relays = []fact{
	{"packets go to the other peer unchanged, and are decoded", func(s *subject) {
		a, b := s.pair(nil)
		for _, way := range []struct{ from, to *leg }{{a, b}, {b, a}} {
			packet := way.from.peer.marshal(way.from.peer.next(word1))
			way.from.peer.datagram(packet)
			if got := way.to.peer.receive(); !bytes.Equal(got, packet) {
				s.Errorf("got %x, want %x", got, packet)
			}
			s.expect(way.from, delivered{0, sample1})
		}
	}},
	{"packets of a payload type that is not decoded are relayed", func(s *subject) {
		a, b := s.pair(nil)
		a.peer.header.PayloadType = 18
		packet := a.peer.marshal(a.peer.next(word1))
		a.peer.datagram(packet)
		if got := b.peer.receive(); !bytes.Equal(got, packet) {
			s.Errorf("got %x, want %x", got, packet)
		}
		if frames, _, _ := a.listener.soFar(); len(frames) > 0 {
			s.Errorf("got %d frames, want none", len(frames))
		}
	}},
	{"packets are encrypted with the key of the side they go to", func(s *subject) {
		suites := timbre.SRTPSuites()
		ka, kb := keys(suites[0], 1), keys(suites[1], 2)
		kb.Local = bytes.Repeat([]byte{0xBB}, suites[1].Length())
		a, b := s.pair(func(a, b *timbre.Media) { a.Keys, b.Keys = ka, kb })
		plain := a.peer.next(word1)
		want, err := plain.Marshal()
		if err != nil {
			s.Fatal(err)
		}
		a.peer.encrypt = s.context(suites[0], ka.Remote)
		a.peer.packet(plain)
		got, err := s.context(suites[1], kb.Local).DecryptRTP(nil, b.peer.receive(), nil)
		if err != nil || !bytes.Equal(got, want) {
			s.Errorf("got %x, %v, want %x", got, err, want)
		}
		s.expect(a, delivered{0, sample1})
	}},
	{"RTCP is relayed", func(s *subject) {
		a, b := s.pair(func(a, b *timbre.Media) { a.Mux, b.Mux = true, true })
		a.peer.send(word1)
		b.peer.receive()
		report, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 77}, rtcp.NewCNAMESourceDescription(77, "a")})
		if err != nil {
			s.Fatal(err)
		}
		a.peer.datagram(report)
		if got := b.peer.receive(); !bytes.Equal(got, report) {
			s.Errorf("got %x, want %x", got, report)
		}
	}},
	{"datagrams that are no RTP are relayed where they were negotiated", func(s *subject) {
		a, b := s.pair(func(a, b *timbre.Media) { a.Opaque, b.Opaque = true, true })
		fax := []byte("\x00\x01UDPTL, as T.38 sends it")
		a.peer.datagram(fax)
		if got := b.peer.receive(); !bytes.Equal(got, fax) {
			s.Errorf("got %q, want %q", got, fax)
		}
	}},
	{"a listener that blocks does not hold up the relay", func(s *subject) {
		a, b := &leg{peer: s.newPeer()}, &leg{peer: s.newPeer()}
		stuck := make(chan struct{})
		sa, sb, err := s.receiver.Pair(a.media(), b.media(), blocked(stuck), newListener())
		if err != nil {
			s.Fatal(err)
		}
		defer sb.Close()
		defer sa.Close()
		defer close(stuck)
		a.peer.sendTo(sa.Port())
		for range 5 {
			a.peer.send(word1)
			b.peer.receive()
		}
	}},
}

// blocked is a listener that returns from no frame before it is closed.
type blocked chan struct{}

func (b blocked) Frame(timbre.Frame) { <-b }
