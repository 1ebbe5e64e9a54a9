package offer

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"timbre"
)

// Offer is what a session description asks for.
type Offer struct{ Lines []Line }

// Line is one m-line of an offer.
type Line struct {
	Index     int    // its place, from 0
	Label     string // a=label (RFC 4574)
	Direction string // sendrecv, sendonly, recvonly or inactive
	Remote    netip.AddrPort
	RTCP      netip.AddrPort
	Payloads  map[uint8]Encoding
	Voice     int   // payload type of the first G.711 format; -1 without
	Events    int   // of telephone-event; -1 without
	Unfit     Unfit // why it cannot be taken; empty when it can
	desc      *sdp.MediaDescription
}

// Unfit says why a line cannot be taken.
type Unfit string

// The reasons.
const (
	Disabled  Unfit = "disabled"
	NotAudio  Unfit = "not audio"
	NoCodec   Unfit = "no G.711"
	Encrypted Unfit = "encrypted"
	NotRTP    Unfit = "not RTP"
)

// Read reads a session description. Where it does not say whose address it is, it is the peer's. Unprocessable: there is
// no m-line, or there are too many; Invalid: it is none.
func Read(raw []byte, peer netip.Addr) (*Offer, error) {
	s, err := parseSDP(raw)
	if err != nil {
		return nil, err
	}
	if len(s.MediaDescriptions) == 0 {
		return nil, timbre.Errorf(timbre.Unprocessable, "offer.Read", "there is no m-line")
	}
	o := &Offer{}
	for i, m := range s.MediaDescriptions {
		o.Lines = append(o.Lines, readLine(i, s, m, peer))
	}
	return o, nil
}

func readLine(i int, s *sdp.SessionDescription, m *sdp.MediaDescription, peer netip.Addr) Line {
	l := Line{Index: i, desc: m, Voice: -1, Events: -1, Payloads: map[uint8]Encoding{}, Direction: direction(s, m)}
	l.Label, _ = m.Attribute("label")
	l.Label = strings.TrimSpace(l.Label)
	host := address(m.ConnectionInformation, address(s.ConnectionInformation, peer))
	if port := m.MediaName.Port.Value; port > 0 {
		l.Remote = netip.AddrPortFrom(host, uint16(port))
	}
	l.RTCP = control(m, host)
	l.readFormats()
	proto := strings.ToUpper(strings.Join(m.MediaName.Protos, "/"))
	switch {
	case m.MediaName.Media != "audio":
		l.Unfit = NotAudio
	case !l.Remote.IsValid():
		l.Unfit = Disabled
	case strings.Contains(proto, "SAVP"):
		l.Unfit = Encrypted
	case proto != "RTP/AVP" && proto != "RTP/AVPF":
		l.Unfit = NotRTP
	case l.Voice < 0:
		l.Unfit = NoCodec
	}
	return l
}

// readFormats notes what each payload type carries, as far as we can hear it.
func (l *Line) readFormats() {
	known := map[string]Encoding{"0": {"PCMU", 8000}, "8": {"PCMA", 8000}, "13": {"CN", 8000}}
	for _, a := range l.desc.Attributes {
		if a.Key != "rtpmap" {
			continue
		}
		format, encoding, _ := strings.Cut(strings.TrimSpace(a.Value), " ")
		parts := strings.Split(strings.TrimSpace(encoding), "/")
		if len(parts) < 2 || len(parts) > 2 && parts[2] != "1" {
			delete(known, format)
			continue
		}
		rate, err := strconv.Atoi(parts[1])
		if err != nil {
			delete(known, format)
			continue
		}
		known[format] = Encoding{strings.ToUpper(parts[0]), rate}
	}
	for _, format := range l.desc.MediaName.Formats {
		pt, err := strconv.ParseUint(format, 10, 7)
		e, ok := known[format]
		if err != nil || !ok || e.Rate != 8000 {
			continue
		}
		switch e.Name {
		case "PCMU", "PCMA":
			if l.Voice < 0 {
				l.Voice = int(pt)
			}
		case "TELEPHONE-EVENT":
			if l.Events < 0 {
				l.Events = int(pt)
			}
		case "CN":
		default:
			continue
		}
		l.Payloads[uint8(pt)] = e
	}
}

var directions = []string{"sendrecv", "sendonly", "recvonly", "inactive"}

func direction(s *sdp.SessionDescription, m *sdp.MediaDescription) string {
	for _, attributes := range [][]sdp.Attribute{m.Attributes, s.Attributes} {
		for _, a := range attributes {
			if slices.Contains(directions, a.Key) {
				return a.Key
			}
		}
	}
	return directions[0]
}

// address is that of a c= line, or else one that is given: what is no IP address is not looked up.
func address(c *sdp.ConnectionInformation, otherwise netip.Addr) netip.Addr {
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
func control(m *sdp.MediaDescription, host netip.Addr) netip.AddrPort {
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

// Spec is what the line says of its stream: received at local, from a SIP peer at source.
func (l *Line) Spec(local, source netip.Addr, latchAny bool) MediaSpec {
	remote, rtcp := l.Remote, l.RTCP
	if remote.Addr().IsUnspecified() { // an old way of saying hold
		remote, rtcp = netip.AddrPortFrom(source, remote.Port()), netip.AddrPort{}
	}
	return MediaSpec{Local: local, Remote: remote, Source: source, RTCP: rtcp, Payloads: l.Payloads, Hold: l.Held(), LatchAny: latchAny}
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
