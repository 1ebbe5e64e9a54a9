package mediatest

import (
	"bytes"

	"github.com/pion/srtp/v3"

	"timbre"
)

// keys are those of a suite, the peer's full of one byte and ours of another.
func keys(suite timbre.SRTPSuite, remote byte) *timbre.SRTPKeys {
	return &timbre.SRTPKeys{
		Suite: suite.Name, Local: bytes.Repeat([]byte{0xAA}, suite.Length()), Remote: bytes.Repeat([]byte{remote}, suite.Length()),
	}
}

// context encrypts or decrypts with a master key of a suite.
func (s *subject) context(suite timbre.SRTPSuite, key []byte) *srtp.Context {
	s.Helper()
	c, err := srtp.CreateContext(key[:suite.Key], key[suite.Key:], srtp.ProtectionProfile(suite.Profile))
	if err != nil {
		s.Fatal(err)
	}
	return c
}

// encrypted opens a stream with keys that its peer sends by.
func (s *subject) encrypted(suite timbre.SRTPSuite) *leg {
	s.Helper()
	k := keys(suite, 1)
	l := s.open(func(m *timbre.Media) { m.Keys = k })
	l.peer.encrypt = s.context(suite, k.Remote)
	return l
}

var sdes = []fact{
	{"packets of every suite are decrypted", func(s *subject) {
		for _, suite := range timbre.SRTPSuites() {
			l := s.encrypted(suite)
			l.peer.send(word1, word2)
			s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
			s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2})
			l.Close()
		}
	}},
	{"unauthentic packets are dropped", func(s *subject) {
		l := s.encrypted(timbre.SRTPSuites()[0])
		forged := s.newPeer()
		l.peer.send(word1)
		s.frames(l, 1)
		forged.socket, forged.to, forged.header = l.peer.socket, l.peer.to, l.peer.header
		forged.send(word3) // in the clear
		s.dropped(l, 1)
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Dropped: 1})
	}},
	{"a replayed packet is dropped", func(s *subject) {
		l := s.encrypted(timbre.SRTPSuites()[0])
		first := l.peer.marshal(l.peer.next(word1))
		l.peer.datagram(first)
		l.peer.datagram(first)
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
		s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2, Dropped: 1})
	}},
	{"a new key takes the place of the one before", func(s *subject) {
		suite := timbre.SRTPSuites()[0]
		l := s.encrypted(suite)
		l.peer.send(word1)
		s.frames(l, 1)
		m := l.media()
		m.Keys = keys(suite, 2)
		l.Update(m)
		l.peer.encrypt = s.context(suite, m.Keys.Remote)
		l.peer.send(word2)
		s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
	}},
	{"keys that cannot be used are refused", func(s *subject) {
		short := keys(timbre.SRTPSuites()[0], 1)
		short.Remote = short.Remote[:9]
		for _, k := range []*timbre.SRTPKeys{{}, {Suite: "AES_192_CM_HMAC_SHA1_80"}, short} {
			stream, err := s.receiver.Open(timbre.Media{Local: loopback, Keys: k}, newListener())
			if timbre.KindOf(err) != timbre.Invalid {
				s.Errorf("got stream %v and error %v for suite %q, want Invalid", stream, err, k.Suite)
			}
		}
	}},
}
