package rtp

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// preKeyPacket is an SRTP packet that arrived before the handshake gave its key.
type preKeyPacket struct {
	datagram []byte
	from     netip.AddrPort
}

// maxPreKeyPackets is how many of them are buffered: half a second.
const maxPreKeyPackets = 25

// decryptOrHold decrypts a packet, or buffers it while a handshake is going on. The caller is the receiving goroutine and holds
// mu.
func (s *Stream) decryptOrHold(b []byte, from netip.AddrPort) ([]byte, bool) {
	plaintext, why, ok := s.crypto[onMedia].decrypt(b, binary.BigEndian.Uint32(b[8:]))
	switch {
	case ok:
	case why == Unauthentic && s.awaitsKey() && len(s.preKey) < maxPreKeyPackets:
		s.preKey = append(s.preKey, preKeyPacket{bytes.Clone(b), from})
	default:
		s.drop(why, from.String())
	}
	return plaintext, ok
}

// flushPreKey processes packets buffered before the SRTP key arrived.
func (s *Stream) flushPreKey() {
	if len(s.preKey) == 0 {
		return
	}
	s.mu.Lock()
	ready := !s.awaitsKey()
	s.mu.Unlock()
	if held := s.preKey; ready {
		s.preKey = nil
		for _, e := range held {
			s.handlePacket(e.datagram, e.from)
		}
	}
}
