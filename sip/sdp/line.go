package sdp

import (
	"net/netip"
	"strings"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// Line is one m-line with its attributes.
type Line struct {
	Index     int    // among all m-lines, from 0
	Label     string // a=label (RFC 4574)
	CNAME     string // of its first source: a=ssrc:… cname:… (RFC 5576)
	Media     string // audio, image, …
	Proto     string // RTP/AVP, …, in capitals
	Direction string // sendrecv, sendonly, recvonly or inactive
	Remote    netip.AddrPort
	RTCP      netip.AddrPort
	Mux       bool // RTCP may share the port of the media (RFC 5761)
	Payloads  map[uint8]Encoding
	AudioType int       // payload type of the first audio format that can be decoded; -1 without
	EventType int       // payload type of telephone-event at its clock rate; -1 without
	Crypto    []Crypto  // the usable ones, the strongest first
	Rejection Rejection // why the line cannot be accepted; empty when it can
	KeyFaults []string  // why keys of the line cannot be used, for operators

	fingerprint, setup string // of DTLS
	desc               *pion.MediaDescription
}

// Rejection says why a line cannot be accepted.
type Rejection string

// The reasons.
const (
	Disabled Rejection = "disabled"
	NotAudio Rejection = "not audio"
	NoCodec  Rejection = "no known codec"
	NotRTP   Rejection = "not RTP"
	NoKey    Rejection = "encrypted, without a usable key"
	InClear  Rejection = "not encrypted"
)

func readLine(i int, s *pion.SessionDescription, m *pion.MediaDescription, peer netip.Addr) Line {
	l := Line{
		Index: i, desc: m, AudioType: -1, EventType: -1, Payloads: map[uint8]Encoding{}, Direction: direction(s, m),
		Media: m.MediaName.Media, Proto: strings.ToUpper(strings.Join(m.MediaName.Protos, "/")),
	}
	l.Label, _ = m.Attribute("label")
	l.Label = strings.TrimSpace(l.Label)
	l.CNAME = cname(m)
	host := address(m.ConnectionInformation, address(s.ConnectionInformation, peer))
	if port := m.MediaName.Port.Value; port > 0 {
		l.Remote = netip.AddrPortFrom(host, uint16(port))
	}
	l.RTCP = rtcpAddress(m, host)
	for _, name := range []string{"rtcp-mux", "rtcp-mux-only"} {
		_, ok := m.Attribute(name)
		l.Mux = l.Mux || ok
	}
	l.readFormats()
	l.readKeys(s)
	l.Rejection = l.rejection()
	return l
}

// rejection is why the line cannot be accepted.
func (l *Line) rejection() Rejection {
	switch known, keyed := l.protocol(); {
	case l.Media != "audio":
		return NotAudio
	case !l.Remote.IsValid():
		return Disabled
	case !known:
		return NotRTP
	case keyed && !l.Secure():
		return NoKey
	case l.AudioType < 0:
		return NoCodec
	}
	return ""
}

// protocol reports whether the line's protocol is RTP, and whether it needs keys. The feedback profiles (RFC 4585, RFC 5124) are
// those without feedback as far as a receiver is concerned.
func (l *Line) protocol() (known, keyed bool) {
	switch strings.TrimSuffix(l.Proto, "F") {
	case "RTP/AVP":
		return true, false
	case "RTP/SAVP", handshakeProto:
		return true, true
	}
	return false, false
}

// handshakeProto is the protocol of DTLS-SRTP (RFC 5764).
const handshakeProto = "UDP/TLS/RTP/SAVP"

// readKeys reads how the line's keys are agreed on. Keys in the signalling take precedence over a handshake. A protocol that
// needs none may have them all the same (RFC 8643).
func (l *Line) readKeys(s *pion.SessionDescription) {
	if strings.TrimSuffix(l.Proto, "F") != handshakeProto {
		l.Crypto, l.KeyFaults = cryptos(attributes(l.desc.Attributes, "crypto"))
	}
	if len(l.Crypto) == 0 {
		l.fingerprint, l.setup = fingerprint(s, l.desc), setup(s, l.desc)
	}
}

// Secure reports whether the line's media is encrypted if it is accepted.
func (l *Line) Secure() bool { return len(l.Crypto) > 0 || l.fingerprint != "" }

// Held says that the peer sends nothing on the line for now.
func (l *Line) Held() bool {
	return l.Direction == "inactive" || l.Direction == "recvonly" || l.Remote.Addr().IsUnspecified()
}

// Spec describes the line's stream without its keys, which Answerer.Spec adds: received at local, from a SIP peer at source.
func (l *Line) Spec(local, source netip.Addr, latchAny bool) timbre.Media {
	remote, rtcp := l.Remote, l.RTCP
	if !names(source, remote.Addr()) { // or hold as in RFC 2543
		remote, rtcp = netip.AddrPortFrom(source, remote.Port()), netip.AddrPort{}
	}
	if rtcp.IsValid() && !names(source, rtcp.Addr()) {
		rtcp = netip.AddrPort{}
	}
	payloads := map[uint8]timbre.Codec{}
	for pt, e := range l.Payloads {
		payloads[pt], _ = e.codec() // readFormats keeps no others
	}
	return timbre.Media{Local: local, Remote: remote, Source: source, RTCP: rtcp, Mux: l.Mux, Payloads: payloads, Hold: l.Held(), LatchAny: latchAny}
}

// names reports whether a SIP peer may have media sent to an address. A private one may be that of a network which only the media takes.
func names(source, named netip.Addr) bool {
	return timbre.ScopeOf(named) == timbre.Private || timbre.Names(source, named)
}

// cname is the first canonical name of a source that a line has.
func cname(m *pion.MediaDescription) string {
	for _, a := range m.Attributes {
		if a.Key != "ssrc" {
			continue
		}
		if _, value, ok := strings.Cut(a.Value, " cname:"); ok {
			return strings.TrimSpace(value[:min(len(value), maxCNAME)])
		}
	}
	return ""
}

// maxCNAME is how long a canonical name may be, in RTCP as well.
const maxCNAME = 255
