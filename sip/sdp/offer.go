package sdp

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// Offer is what a session description asks for.
type Offer struct{ Lines []Line }

// Line is one m-line of an offer.
type Line struct {
	Index     int    // its place, from 0
	Label     string // a=label (RFC 4574)
	Media     string // audio, image, …
	Proto     string // RTP/AVP, …, in capitals
	Direction string // sendrecv, sendonly, recvonly or inactive
	Remote    netip.AddrPort
	RTCP      netip.AddrPort
	Mux       bool // RTCP may come on the port of the media
	Payloads  map[uint8]Encoding
	Voice     int      // payload type of the first format that we can hear; -1 without
	Events    int      // of telephone-event with its clock rate; -1 without
	Crypto    []Crypto // the usable ones, the strongest first
	Unfit     Unfit    // why it cannot be taken; empty when it can
	Faults    []string // what is wrong with its keys, for people

	fingerprint, setup string // of its DTLS
	desc               *pion.MediaDescription
}

// Unfit says why a line cannot be taken.
type Unfit string

// The reasons.
const (
	Disabled Unfit = "disabled"
	NotAudio Unfit = "not audio"
	NoCodec  Unfit = "no known codec"
	NotRTP   Unfit = "not RTP"
	NoKey    Unfit = "encrypted, without a key that can be used"
	InClear  Unfit = "not encrypted"
)

// Read reads a session description. Where it does not say whose address it is, it is the peer's. Unprocessable: there is
// no m-line, or there are too many; Invalid: it is none.
func Read(raw []byte, peer netip.Addr) (*Offer, error) {
	s, err := parseSDP(raw)
	if err != nil {
		return nil, err
	}
	if len(s.MediaDescriptions) == 0 {
		return nil, timbre.Errorf(timbre.Unprocessable, "sdp.Read", "there is no m-line")
	}
	o := &Offer{}
	for i, m := range s.MediaDescriptions {
		o.Lines = append(o.Lines, readLine(i, s, m, peer))
	}
	return o, nil
}

func readLine(i int, s *pion.SessionDescription, m *pion.MediaDescription, peer netip.Addr) Line {
	l := Line{
		Index: i, desc: m, Voice: -1, Events: -1, Payloads: map[uint8]Encoding{}, Direction: direction(s, m),
		Media: m.MediaName.Media, Proto: strings.ToUpper(strings.Join(m.MediaName.Protos, "/")),
	}
	l.Label, _ = m.Attribute("label")
	l.Label = strings.TrimSpace(l.Label)
	host := address(m.ConnectionInformation, address(s.ConnectionInformation, peer))
	if port := m.MediaName.Port.Value; port > 0 {
		l.Remote = netip.AddrPortFrom(host, uint16(port))
	}
	l.RTCP = control(m, host)
	for _, name := range []string{"rtcp-mux", "rtcp-mux-only"} {
		_, ok := m.Attribute(name)
		l.Mux = l.Mux || ok
	}
	l.readFormats()
	known, secured := l.readKeys(s)
	switch {
	case m.MediaName.Media != "audio":
		l.Unfit = NotAudio
	case !l.Remote.IsValid():
		l.Unfit = Disabled
	case !known:
		l.Unfit = NotRTP
	case secured && !l.Secure():
		l.Unfit = NoKey
	case l.Voice < 0:
		l.Unfit = NoCodec
	}
	return l
}

// readKeys notes how the line's keys are agreed on, and says whether its protocol is known, and one that needs keys. Where
// it does not, keys are an offer that is taken (RFC 8643). Keys in the signalling come before a handshake.
func (l *Line) readKeys(s *pion.SessionDescription) (known, secured bool) {
	proto := strings.TrimSuffix(strings.ToUpper(strings.Join(l.desc.MediaName.Protos, "/")), "F")
	handshake := proto == "UDP/TLS/RTP/SAVP"
	if !handshake {
		l.Crypto, l.Faults = cryptos(attributes(l.desc.Attributes, "crypto"))
	}
	if len(l.Crypto) == 0 {
		l.fingerprint, l.setup = fingerprint(s, l.desc), setup(s, l.desc)
	}
	return handshake || proto == "RTP/SAVP" || proto == "RTP/AVP", handshake || proto == "RTP/SAVP"
}

// Secure says whether the line's media is encrypted, if it is taken.
func (l *Line) Secure() bool { return len(l.Crypto) > 0 || l.fingerprint != "" }

// Demand makes the lines unfit that are not encrypted.
func (o *Offer) Demand() {
	for i := range o.Lines {
		if l := &o.Lines[i]; l.Unfit == "" && !l.Secure() {
			l.Unfit = InClear
		}
	}
}

// readFormats notes what each payload type carries, as far as we can hear it. A sender may send any of them.
func (l *Line) readFormats() {
	named := static()
	for _, a := range l.desc.Attributes {
		if a.Key != "rtpmap" {
			continue
		}
		format, encoding, _ := strings.Cut(strings.TrimSpace(a.Value), " ")
		if e, ok := parseEncoding(encoding); ok {
			named[format] = e
		} else {
			delete(named, format)
		}
	}
	var events []int // payload types
	for _, format := range l.desc.MediaName.Formats {
		pt, err := strconv.ParseUint(format, 10, 7)
		e := named[format]
		c, known := e.codec()
		if err != nil || !known {
			continue
		}
		l.Payloads[uint8(pt)] = e
		switch c.Kind() {
		case timbre.AudioPayload:
			if l.Voice < 0 {
				l.Voice = int(pt)
			}
		case timbre.EventPayload:
			events = append(events, int(pt))
		case timbre.NoisePayload:
		}
	}
	for _, pt := range events {
		if l.Events < 0 && l.Voice >= 0 && l.Payloads[uint8(pt)].Rate == l.Payloads[uint8(l.Voice)].Rate {
			l.Events = pt
		}
	}
}

var directions = []string{"sendrecv", "sendonly", "recvonly", "inactive"}

func direction(s *pion.SessionDescription, m *pion.MediaDescription) string {
	for _, attributes := range [][]pion.Attribute{m.Attributes, s.Attributes} {
		for _, a := range attributes {
			if slices.Contains(directions, a.Key) {
				return a.Key
			}
		}
	}
	return directions[0]
}

// address is that of a c= line, or else one that is given: what is no IP address is not looked up.
func address(c *pion.ConnectionInformation, otherwise netip.Addr) netip.Addr {
	if c == nil || c.Address == nil {
		return otherwise
	}
	a, err := netip.ParseAddr(c.Address.Address)
	if err != nil {
		return otherwise
	}
	return a.Unmap()
}

// control is where RTCP goes: by a=rtcp (RFC 3605), or to the port after that of the media.
func control(m *pion.MediaDescription, host netip.Addr) netip.AddrPort {
	port := m.MediaName.Port.Value + 1
	if v, ok := m.Attribute("rtcp"); ok {
		fields := strings.Fields(v)
		if len(fields) > 0 {
			if p, err := strconv.Atoi(fields[0]); err == nil {
				port = p
			}
		}
		if len(fields) == 4 {
			if a, err := netip.ParseAddr(fields[3]); err == nil {
				host = a.Unmap()
			}
		}
	}
	if port < 1 || port > 0xFFFF {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(host, uint16(port))
}

// Held says that nothing is to be expected on a line for now.
func (l *Line) Held() bool {
	return l.Direction == "inactive" || l.Direction == "recvonly" || l.Remote.Addr().IsUnspecified()
}

// Spec is what the line says of its stream: received at local, from a SIP peer at source. Keys are agreed on in an answer:
// Answering.Spec has them.
func (l *Line) Spec(local, source netip.Addr, latchAny bool) timbre.Media {
	remote, rtcp := l.Remote, l.RTCP
	if remote.Addr().IsUnspecified() { // an old way of saying hold
		remote, rtcp = netip.AddrPortFrom(source, remote.Port()), netip.AddrPort{}
	}
	payloads := map[uint8]timbre.Codec{}
	for pt, e := range l.Payloads {
		payloads[pt], _ = e.codec() // readFormats keeps no others
	}
	return timbre.Media{Local: local, Remote: remote, Source: source, RTCP: rtcp, Mux: l.Mux, Payloads: payloads, Hold: l.Held(), LatchAny: latchAny}
}

// Fit are the lines that can be taken, at most n.
func (o *Offer) Fit(n int) []Line {
	var fit []Line
	for _, l := range o.Lines {
		if l.Unfit == "" && len(fit) < n {
			fit = append(fit, l)
		}
	}
	return fit
}
