package mediatest

import (
	"slices"

	"timbre"
)

// beyond is how many packets of 20 ms are more than a receiver waits for a missing one.
const beyond = 12

var loss = []fact{
	{"lost packets are left out, and media time jumps", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		l.peer.skip(2)
		l.peer.send(slices.Repeat([]byte{word2}, beyond)...)
		frames := s.frames(l, 1+beyond)
		if got := frames[1]; got.at != 60*ms || got.pcm[0] != sample2 {
			s.Errorf("got the frame after the gap at %v with %d, want 60ms with %d", got.at, got.pcm[0], sample2)
		}
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 1 + beyond, Lost: 2})
	}},
	{"a packet that arrives after it was given up is late and not delivered", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		missing := l.peer.next(word3)
		l.peer.send(slices.Repeat([]byte{word2}, beyond)...)
		s.frames(l, 1+beyond)
		l.peer.packet(missing)
		s.packets(l, 2+beyond)
		for _, f := range s.frames(l, 1+beyond) {
			if f.pcm[0] == sample3 {
				s.Error("got the late packet delivered, want it left out")
			}
		}
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2 + beyond, Lost: 1, Late: 1})
	}},
	{"a pause of the sender makes media time jump and no loss", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		l.peer.header.Timestamp += 8000
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{1020 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2})
	}},
	{"a sender that restarts goes on without a gap", func(s *subject) {
		l := s.open(nil)
		l.peer.send(word1)
		s.frames(l, 1)
		l.peer.header.SSRC, l.peer.header.SequenceNumber, l.peer.header.Timestamp = 99, 500, 70000
		l.peer.send(word2, word3) // one packet of another source alone may be forged
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2}, delivered{40 * ms, sample3})
	}},
}
