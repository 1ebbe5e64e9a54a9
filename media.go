package timbre

import (
	"bytes"
	"maps"
	"net/netip"
)

// Media describes one RTP stream as an SDP offer and its answer have agreed on it, from the receiver's side.
type Media struct {
	Local    netip.Addr      // address to listen on; the zero value is all addresses
	Remote   netip.AddrPort  // where the peer says it receives and sends; relayed packets go there
	Source   netip.Addr      // host of the SIP peer, which may send media too
	RTCP     netip.AddrPort  // where receiver reports go; the zero value is the port after that of the media
	Mux      bool            // RTCP shares the port of the media (RFC 5761)
	Payloads map[uint8]Codec // payload type → codec, all that the peer may send; nil: StaticPayloads
	Hold     bool            // the peer has paused the stream, or has been asked to
	LatchAny bool            // the first packet fixes the source, whatever its address: for peers behind NAT
	Opaque   bool            // datagrams that are not RTP, such as T.38: they are relayed and not decoded
	Keys     *SRTPKeys       // SRTP with keys from the signalling (SDES); nil without
	DTLS     *DTLSParameters // SRTP with keys from a handshake; nil without. Where both are nil, nothing is encrypted
}

// SRTPKeys are the SRTP master keys of both directions (RFC 3711), each followed by its salt.
type SRTPKeys struct {
	Suite  string // the name of an SRTPSuite
	Local  []byte // encrypts what we send
	Remote []byte // encrypts what the peer sends
	MKI    []byte // master key identifier in each packet of the peer; nil without
}

// DTLSParameters are what the signalling says of a DTLS-SRTP handshake (RFC 5763).
type DTLSParameters struct {
	Fingerprint string // of the peer's certificate, such as "sha-256 AB:CD:…"
	Active      bool   // we send the ClientHello
}

// Encrypted reports whether the stream is SRTP.
func (m Media) Encrypted() bool { return m.Keys != nil || m.DTLS != nil }

// Equal reports whether two descriptions agree in every field.
func (m Media) Equal(o Media) bool {
	return m.sameAddresses(o) && m.sameModes(o) && maps.Equal(m.Payloads, o.Payloads) && m.Keys.Equal(o.Keys) && m.DTLS.Equal(o.DTLS)
}

func (m Media) sameAddresses(o Media) bool {
	return m.Local == o.Local && m.Remote == o.Remote && m.Source == o.Source && m.RTCP == o.RTCP
}

func (m Media) sameModes(o Media) bool {
	return m.Mux == o.Mux && m.Hold == o.Hold && m.LatchAny == o.LatchAny && m.Opaque == o.Opaque
}

// Equal reports whether both are nil or hold the same keys.
func (k *SRTPKeys) Equal(o *SRTPKeys) bool {
	if k == nil || o == nil {
		return k == o
	}
	return k.Suite == o.Suite && bytes.Equal(k.Local, o.Local) && bytes.Equal(k.Remote, o.Remote) && bytes.Equal(k.MKI, o.MKI)
}

// Equal reports whether both are nil or describe the same handshake.
func (d *DTLSParameters) Equal(o *DTLSParameters) bool {
	if d == nil || o == nil {
		return d == o
	}
	return *d == *o
}

// MediaReceiver opens streams to receive. The rtp package implements it; signalling uses it.
type MediaReceiver interface {
	// Open binds a pair of ports for a stream, whose frames go to a listener. Unavailable: no pair is free; Invalid: the
	// keys cannot be used.
	Open(m Media, to Listener) (MediaStream, error)
}

// MediaRelay opens streams in pairs.
type MediaRelay interface {
	// Pair is Open for two streams, each relayed to the peer of the other.
	Pair(a, b Media, toA, toB Listener) (MediaStream, MediaStream, error)
}

// DTLSIdentity is the certificate that this node presents in DTLS handshakes.
type DTLSIdentity interface {
	// Fingerprint is the value of its a=fingerprint attribute (RFC 8122), such as "sha-256 AB:CD:…".
	Fingerprint() string
}

// PromptStream is a stream that may let audio gather before it hands it on. While it is to be prompt, it does not: somebody listens.
// True hands on what has gathered before it returns.
type PromptStream interface{ Prompt(bool) }

// MediaStream is an open stream. Its Reception counts since it was opened; transaction, parties and label are empty.
type MediaStream interface {
	ReceptionMeter
	Port() int    // even UDP port of the media; RTCP has the next one
	Update(Media) // applies a renegotiation; Local and the ports stay. A hold delivers what is buffered
	Close()       // delivers what is buffered, then frees the ports; no frame is delivered after it returns
}
