package rtp

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"time"
)

// preKeyPacket is an SRTP packet that arrived before the handshake gave its key.
type preKeyPacket struct {
	data    []byte
	from    netip.AddrPort
	arrived time.Time
}

// maxPreKeyPackets is how many of them are buffered: half a second.
const maxPreKeyPackets = 25

// decryptOrHold decrypts a packet, or buffers it while a handshake is going on. The caller holds receiving and mu.
func (s *Stream) decryptOrHold(b []byte, from netip.AddrPort, arrived time.Time) ([]byte, bool) {
	plaintext, why, ok := s.crypto[onMedia].decrypt(b, binary.BigEndian.Uint32(b[8:]))
	switch {
	case ok:
	case why == Unauthentic && s.awaitsKey() && len(s.preKey) < maxPreKeyPackets:
		s.preKey = append(s.preKey, preKeyPacket{bytes.Clone(b), from, arrived})
	default:
		s.drop(why, from.String())
	}
	return plaintext, ok
}

// flushPreKey processes packets buffered before the SRTP key arrived. The caller holds receiving.
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
			s.handlePacket(e.data, e.from, e.arrived)
		}
	}
}
