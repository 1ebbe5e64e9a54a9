package mediatest

import (
	"time"

	"timbre"
)

const ms = time.Millisecond

// Some code words of G.711 and the samples that they are.
const (
	word1, word2, word3       = 0x80, 0x00, 0xBF // µ-law
	sample1, sample2, sample3 = 32124, -32124, 1980
	alaw1, sampleA1           = 0xD5, 8 // A-law
)

var order = []fact{
	{"packets are delivered as frames with their media time", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1, word2, word3)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2}, delivered{40 * ms, sample3})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 3})
	}},
	{"packets that overtake each other are put in order", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		second, third := l.peer.next(word2), l.peer.next(word3)
		l.peer.packet(third)
		l.peer.packet(second)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2}, delivered{40 * ms, sample3})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 3})
	}},
	{"a duplicate is delivered once", func(s *subject) {
		l := s.open(nil)
		first := l.peer.next(word1)
		l.peer.packet(first)
		l.peer.packet(first)
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 3, Duplicates: 1})
	}},
	{"sequence numbers and timestamps wrap around", func(s *subject) {
		l := s.open(nil)
		for range 40 { // both begin less than 40 packets before their end
			l.peer.send(word1)
		}
		frames := s.frames(l, 40)
		if got := frames[39].at; got != 780*ms {
			s.Errorf("got the last frame at %v, want 780ms", got)
		}
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 40})
	}},
	{"packets of other lengths become frames of 20 ms", func(s *subject) {
		l := s.open(nil)
		for range 2 {
			p := l.peer.next(word1)
			p.Payload = append(p.Payload, p.Payload[:80]...)
			l.peer.header.Timestamp += 80
			l.peer.packet(p)
		}
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample1}, delivered{40 * ms, sample1})
	}},
	{"packets faster than real time count as jitter", func(s *subject) {
		l := s.open(nil)
		for range 100 {
			l.peer.send(word1)
		}
		s.packets(l, 100)
		if got := l.Reception().Jitter; got < 5*ms || got > 25*ms {
			s.Errorf("got jitter %v of packets of 20 ms that came at once, want nearly 20ms", got)
		}
	}},
	{"datagrams that are not RTP are dropped", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		s.frames(l, 1)
		for _, b := range [][]byte{{0x80}, []byte("GET / HTTP/1.1\r\n\r\n"), make([]byte, 2000)} {
			l.peer.datagram(b)
		}
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
		s.dropped(l, 3)
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Dropped: 3})
	}},
}
