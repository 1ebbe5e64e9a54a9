package mediatest

import (
	"net/netip"

	"timbre"
)

var latching = []fact{
	{"another port of the signalled host may be the source, and then no other", func(s *subject) {
		l, other := s.open(func(m *timbre.Media) { m.Remote = netip.AddrPortFrom(loopback, 9) }), s.newPeer()
		other.to = l.peer.to
		l.peer.send(word1)
		s.frames(l, 1)
		other.send(word3)
		s.dropped(l, 1)
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Dropped: 1})
	}},
	{"a packet from another port does not shut out who sends steadily", func(s *subject) {
		l, other := s.open(func(m *timbre.Media) { m.Remote = netip.AddrPortFrom(loopback, 9) }), s.newPeer()
		other.to = l.peer.to
		other.send(word3)
		s.frames(l, 1)
		for range 4 {
			l.peer.send(word1)
		}
		s.dropped(l, 4)
		l.peer.send(word1)
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Dropped: 4})
		other.send(word3)
		s.dropped(l, 5)
	}},
	{"another host is no source", func(s *subject) {
		elsewhere := netip.MustParseAddr("192.0.2.1")
		l := s.open(func(m *timbre.Media) { m.Remote, m.Source = netip.AddrPortFrom(elsewhere, 9), elsewhere })
		l.peer.send(word1)
		s.dropped(l, 1)
		s.reception(l, timbre.Reception{Dropped: 1})
	}},
	{"with LatchAny any host may be the source", func(s *subject) {
		elsewhere := netip.MustParseAddr("192.0.2.1")
		l := s.open(func(m *timbre.Media) {
			m.Remote, m.Source, m.LatchAny = netip.AddrPortFrom(elsewhere, 9), elsewhere, true
		})
		other := s.newPeer()
		other.to = l.peer.to
		l.peer.send(word1)
		s.frames(l, 1)
		other.send(word3)
		s.dropped(l, 1)
		s.expect(l, delivered{0, sample1})
	}},
	{"a new remote address moves the source", func(s *subject) {
		l, next := s.open(nil), s.newPeer()
		l.peer.send(word1)
		s.frames(l, 1)
		m := l.media()
		m.Remote = next.addr()
		l.Update(m)
		next.to, next.header = l.peer.to, l.peer.header
		next.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
		l.peer.send(word3)
		s.dropped(l, 1)
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Dropped: 1})
	}},
}
