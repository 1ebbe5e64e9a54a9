// Package offer reads session descriptions (SDP, RFC 8866) and answers them (RFC 3264). In comes an offer as real clients
// write it, repaired where it breaks the grammar; out go its lines, with what each says of its stream and of the keys of
// that, and the answer with keys of our own: by SDES (RFC 4568), or by DTLS (RFC 5763).
//
// It opens no port, knows no call and does not refuse: what cannot be taken is marked, with the reason. It encrypts nothing.
package offer

import (
	"bytes"
	"maps"
	"net/netip"
)

// MediaSpec is what an offer says of a stream.
type MediaSpec struct {
	Local    netip.Addr         // where to listen; the zero value means everywhere
	Remote   netip.AddrPort     // where the sender says that it sends from
	Source   netip.Addr         // host of the SIP peer
	RTCP     netip.AddrPort     // where reports go
	Mux      bool               // RTCP comes and goes on the port of the media (RFC 5761)
	Payloads map[uint8]Encoding // all that the sender may send
	Hold     bool               // nothing is to be expected for now
	LatchAny bool               // the first packet fixes the source, whoever sends it
	Opaque   bool               // datagrams of any kind, such as T.38: passed on, and not heard
	Keys     *Keys              // SRTP with keys from the signalling; nil without
	DTLS     *DTLS              // SRTP with keys from a handshake; nil without
}

// Keys are the master keys of both directions, agreed on by SDES: each with its salt after it.
type Keys struct {
	Suite  string // one of Suites
	Local  []byte // what we send is sealed with it
	Remote []byte // what the peer sends is
	MKI    []byte // in every packet of the peer's; nil without
}

// DTLS is what is known of a handshake before it begins.
type DTLS struct {
	Fingerprint string // of the peer's certificate, such as "sha-256 AB:CD:…"
	Active      bool   // we begin
}

// Equal says whether two say the same.
func (m MediaSpec) Equal(o MediaSpec) bool {
	return m.Local == o.Local && m.Remote == o.Remote && m.Source == o.Source && m.RTCP == o.RTCP && m.Hold == o.Hold &&
		m.Mux == o.Mux && m.LatchAny == o.LatchAny && m.Opaque == o.Opaque && maps.Equal(m.Payloads, o.Payloads) && m.Keys.equal(o.Keys) && m.DTLS.equal(o.DTLS)
}

func (k *Keys) equal(o *Keys) bool {
	if k == nil || o == nil {
		return k == o
	}
	return k.Suite == o.Suite && bytes.Equal(k.Local, o.Local) && bytes.Equal(k.Remote, o.Remote) && bytes.Equal(k.MKI, o.MKI)
}

func (d *DTLS) equal(o *DTLS) bool {
	if d == nil || o == nil {
		return d == o
	}
	return *d == *o
}
