package mediatest

import "timbre"

var closing = []fact{
	{"ports are even, and no two streams share one", func(s *subject) {
		seen := map[int]bool{}
		for range 3 {
			port := s.open(nil).Port()
			if port%2 != 0 || seen[port] {
				s.Errorf("got port %d, want an even one other than %v", port, seen)
			}
			seen[port] = true
		}
	}},
	{"closing delivers what is buffered", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		l.peer.skip(1)
		l.peer.send(word2)
		s.packets(l, 2)
		l.Close()
		s.expect(l, delivered{0, sample1}, delivered{40 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Lost: 1})
	}},
	{"closing delivers what the socket still holds", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1, word2, word3)
		l.Close()
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2}, delivered{40 * ms, sample3})
	}},
	{"nothing is delivered after Close has returned, and Close may be called again", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		s.frames(l, 1)
		l.Close()
		l.Close()
		l.Update(l.media())
		_, _ = l.peer.socket.WriteToUDPAddrPort(l.peer.marshal(l.peer.next(word2)), l.peer.to) // the port may be refused by now
		if frames, _, _ := l.listener.soFar(); len(frames) != 1 {
			s.Errorf("got %d frames, want 1", len(frames))
		}
	}},
	{"closing one stream of a pair leaves the other", func(s *subject) {
		a, b := s.pair(nil)
		b.Close()
		a.peer.send(word1, word2)
		s.expect(a, delivered{0, sample1}, delivered{20 * ms, sample2})
	}},
}
