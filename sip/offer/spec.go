// Package offer reads session descriptions (SDP, RFC 8866) and answers them (RFC 3264). In comes an offer as real clients
// write it, repaired where it breaks the grammar; out go its lines, with what each says of its stream, and the answer.
//
// It opens no port, knows no call and does not refuse: what cannot be taken is marked, with the reason.
package offer

import (
	"maps"
	"net/netip"
)

// MediaSpec is what an offer says of a stream.
type MediaSpec struct {
	Local    netip.Addr         // where to listen; the zero value means everywhere
	Remote   netip.AddrPort     // where the sender says that it sends from
	Source   netip.Addr         // host of the SIP peer
	RTCP     netip.AddrPort     // where reports go
	Payloads map[uint8]Encoding // all that the sender may send
	Hold     bool               // nothing is to be expected for now
	LatchAny bool               // the first packet fixes the source, whoever sends it
}

// Encoding is an SDP encoding name in capitals, and its clock rate in Hz.
type Encoding struct {
	Name string
	Rate int
}

// Equal says whether two say the same.
func (m MediaSpec) Equal(o MediaSpec) bool {
	return m.Local == o.Local && m.Remote == o.Remote && m.Source == o.Source && m.RTCP == o.RTCP && m.Hold == o.Hold &&
		m.LatchAny == o.LatchAny && maps.Equal(m.Payloads, o.Payloads)
}
