package mediatest

import "timbre"

var hold = []fact{
	{"a hold delivers what waits for a missing packet", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		l.peer.skip(1)
		l.peer.send(word2)
		s.packets(l, 2)
		m := l.media()
		m.Hold = true
		l.Update(m)
		s.expect(l, delivered{0, sample1}, delivered{40 * ms, sample2})
	}},
	{"after a hold the stream goes on", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		s.frames(l, 1)
		m := l.media()
		m.Hold = true
		l.Update(m)
		l.Update(l.media())
		l.peer.header.Timestamp += 80000
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{10020 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2})
	}},
}
