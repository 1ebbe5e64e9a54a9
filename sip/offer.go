package sip

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"timbre"
	"timbre/sip/siprec"
)

// offer is what a session description asks for.
type offer struct{ lines []line }

// line is one m-line of an offer.
type line struct {
	index     int
	desc      *sdp.MediaDescription
	label     string
	direction string
	remote    netip.AddrPort
	rtcp      netip.AddrPort
	payloads  map[uint8]Encoding
	voice     int // payload type of the first G.711 format; -1 without
	keys      int // of telephone-event; -1 without
	unfit     string
}

const (
	unfitPort      = "disabled"
	unfitMedia     = "not audio"
	unfitCodec     = "no G.711"
	unfitEncrypted = "encrypted"
	unfitProto     = "not RTP"
)

// readOffer reads a session description. Where it does not say whose address it is, it is the peer's.
func readOffer(raw []byte, peer netip.Addr) (*offer, error) {
	s, err := parseSDP(raw)
	if err != nil {
		return nil, err
	}
	if len(s.MediaDescriptions) == 0 {
		return nil, timbre.Errorf(timbre.Unprocessable, "sip.readOffer", "there is no m-line")
	}
	o := &offer{}
	for i, m := range s.MediaDescriptions {
		o.lines = append(o.lines, readLine(i, s, m, peer))
	}
	return o, nil
}

func readLine(i int, s *sdp.SessionDescription, m *sdp.MediaDescription, peer netip.Addr) line {
	l := line{index: i, desc: m, voice: -1, keys: -1, payloads: map[uint8]Encoding{}, direction: direction(s, m)}
	l.label, _ = m.Attribute("label")
	l.label = strings.TrimSpace(l.label)
	host := address(m.ConnectionInformation, address(s.ConnectionInformation, peer))
	if port := m.MediaName.Port.Value; port > 0 {
		l.remote = netip.AddrPortFrom(host, uint16(port))
	}
	l.rtcp = control(m, host)
	l.readFormats()
	proto := strings.ToUpper(strings.Join(m.MediaName.Protos, "/"))
	switch {
	case m.MediaName.Media != "audio":
		l.unfit = unfitMedia
	case !l.remote.IsValid():
		l.unfit = unfitPort
	case strings.Contains(proto, "SAVP"):
		l.unfit = unfitEncrypted
	case proto != "RTP/AVP" && proto != "RTP/AVPF":
		l.unfit = unfitProto
	case l.voice < 0:
		l.unfit = unfitCodec
	}
	return l
}

// readFormats notes what each payload type carries, as far as we can hear it.
func (l *line) readFormats() {
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
			if l.voice < 0 {
				l.voice = int(pt)
			}
		case "TELEPHONE-EVENT":
			if l.keys < 0 {
				l.keys = int(pt)
			}
		case "CN":
		default:
			continue
		}
		l.payloads[uint8(pt)] = e
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

// held says that nothing is to be expected on a line for now.
func (l *line) held() bool {
	return l.direction == "inactive" || l.direction == "recvonly" || l.remote.Addr().IsUnspecified()
}

func (l *line) spec(local, source netip.Addr, latchAny bool) MediaSpec {
	remote, rtcp := l.remote, l.rtcp
	if remote.Addr().IsUnspecified() { // an old way of saying hold
		remote, rtcp = netip.AddrPortFrom(source, remote.Port()), netip.AddrPort{}
	}
	return MediaSpec{Local: local, Remote: remote, Source: source, RTCP: rtcp, Payloads: l.payloads, Hold: l.held(), LatchAny: latchAny}
}

// fit are the lines that can be taken, at most n.
func (o *offer) fit(n int) []line {
	var fit []line
	for _, l := range o.lines {
		if l.unfit == "" && len(fit) < n {
			fit = append(fit, l)
		}
	}
	return fit
}

// unacceptable is the refusal of an offer of which no line can be taken.
func (o *offer) unacceptable() *refusal {
	var why []string
	encrypted := false
	for _, l := range o.lines {
		encrypted = encrypted || l.unfit == unfitEncrypted
		why = append(why, l.unfit)
	}
	if encrypted {
		return refuse(488, "encryption", "encrypted media (SRTP) is not supported")
	}
	return refuse(488, "no_g711", "no audio stream with G.711 over RTP: %s", strings.Join(why, ", "))
}

// recorded are the lines in the words of siprec.
func recorded(lines []line, parties map[int]string) []siprec.Line {
	all := make([]siprec.Line, len(lines))
	for i, l := range lines {
		all[i] = siprec.Line{Index: l.index, Label: l.label, Party: parties[l.index]}
	}
	return all
}
