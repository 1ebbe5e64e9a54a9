package mediatest

import (
	"bytes"

	"timbre"
)

var codecs = []fact{
	{"the codec changes in the middle of a stream", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		l.peer.header.PayloadType = 8
		l.peer.send(alaw1)
		l.peer.header.PayloadType = 0
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sampleA1}, delivered{40 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 3})
	}},
	{"every codec of the table that was negotiated is decoded", func(s *subject) {
		dynamic := map[uint8]timbre.Codec{}
		for i, c := range timbre.Codecs() {
			dynamic[uint8(96+i)] = c
		}
		for pt, c := range dynamic {
			if c.Kind() != timbre.AudioPayload {
				continue
			}
			l := s.open(func(m *timbre.Media) { m.Payloads = dynamic })
			l.peer.header.PayloadType = pt
			p := l.peer.next(0)
			if c == timbre.Opus {
				p.Payload = bytes.Repeat([]byte{0x08}, 40) // SILK, 20 ms
			}
			l.peer.packet(p)
			s.frames(l, 1)
			s.reception(l, timbre.Reception{Codec: c.String(), Packets: 1})
			l.Close()
		}
	}},
	{"an event takes its place in the sequence and has no audio", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		l.peer.header.PayloadType = 101
		event := l.peer.next(0)
		event.Payload = []byte{5, 0x80, 0, 160}
		l.peer.packet(event)
		l.peer.header.PayloadType = 0
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, 0}, delivered{40 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 3})
	}},
	{"a payload type that was not negotiated is dropped", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		s.frames(l, 1)
		l.peer.header.PayloadType = 18
		l.peer.packet(l.peer.next(0))
		s.dropped(l, 1)
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Dropped: 1})
	}},
	{"without payload types the static ones hold", func(s *subject) {
		l := s.open(func(m *timbre.Media) { m.Payloads = nil })
		l.peer.header.PayloadType = 8
		l.peer.send(alaw1)
		s.expect(l, delivered{0, sampleA1})
	}},
	{"an update changes the payload types", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		s.frames(l, 1)
		m := l.media()
		m.Payloads = map[uint8]timbre.Codec{96: timbre.PCMA}
		l.Update(m)
		l.peer.header.PayloadType = 96
		l.peer.send(alaw1)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sampleA1})
	}},
}
