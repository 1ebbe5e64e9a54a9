package sdp

import (
	"net/netip"
	"slices"
	"strconv"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// Answerer makes the answers of one dialog. They describe one session, whose version is incremented with every change
// (RFC 3264, 8).
type Answerer struct {
	Fingerprint string                 // of the local certificate, for DTLS
	Passive     bool                   // let the peer send the ClientHello if it may: it is behind NAT
	LocalAddr   func(*Line) netip.Addr // local address for the media of a line; nil: that of the session

	address netip.Addr
	origin  Origin
	keys    map[int]*localKeys // by line
	text    []byte             // of the last answer
}

// NewAnswerer begins a session at a local address.
func NewAnswerer(address netip.Addr) *Answerer {
	return &Answerer{address: address, origin: NewOrigin(), keys: map[int]*localKeys{}}
}

// Answer answers every m-line of an offer, in its order. Those that have a port in ports, by their index, are accepted with
// the first audio format that can be decoded and telephone-event; the others get port 0. The label is echoed: without it,
// some clients send nothing.
func (a *Answerer) Answer(o *Description, ports map[int]int) ([]byte, error) {
	return a.describe(o, ports, (*Line).answered)
}

// describe writes a description with the lines of the peer's, each with the payload types that formats chooses.
func (a *Answerer) describe(o *Description, ports map[int]int, formats func(*Line) []int) ([]byte, error) {
	s := pion.SessionDescription{SessionName: "Timbre", TimeDescriptions: []pion.TimeDescription{{}}}
	session := netip.Addr{} // of the first line that is accepted
	for _, l := range o.Lines {
		m := l.write(ports[l.Index], formats(&l))
		if ports[l.Index] != 0 {
			a.addKeys(m, &l)
			at := a.addressFor(&l)
			if !session.IsValid() {
				session = at
			}
			if at != session {
				m.ConnectionInformation = connection(at)
			}
		}
		s.MediaDescriptions = append(s.MediaDescriptions, m)
	}
	if !session.IsValid() {
		session = a.address
	}
	s.ConnectionInformation = connection(session)
	return a.marshal(&s)
}

func (a *Answerer) addressFor(l *Line) netip.Addr {
	if a.LocalAddr == nil {
		return a.address
	}
	return a.LocalAddr(l)
}

// marshal writes an answer with its origin. One that says the same as the last has its version.
func (a *Answerer) marshal(s *pion.SessionDescription) ([]byte, error) {
	body, err := s.Marshal()
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "sdp.Answer", "%w", err)
	}
	if !a.origin.Update(string(body)) {
		return a.text, nil
	}
	s.Origin = pion.Origin{
		Username: "-", SessionID: a.origin.ID, SessionVersion: a.origin.Version,
		NetworkType: "IN", AddressType: family(a.address), UnicastAddress: a.address.String(),
	}
	if a.text, err = s.Marshal(); err != nil {
		return nil, timbre.Errorf(timbre.Internal, "sdp.Answer", "%w", err)
	}
	return a.text, nil
}

func connection(at netip.Addr) *pion.ConnectionInformation {
	return &pion.ConnectionInformation{NetworkType: "IN", AddressType: family(at), Address: &pion.Address{Address: at.String()}}
}

func family(a netip.Addr) string {
	if a.Is6() {
		return "IP6"
	}
	return "IP4"
}

func (l *Line) write(port int, payloadTypes []int) *pion.MediaDescription {
	m := &pion.MediaDescription{MediaName: pion.MediaName{
		Media: l.desc.MediaName.Media, Port: pion.RangedPort{Value: port},
		Protos: l.desc.MediaName.Protos, Formats: l.desc.MediaName.Formats,
	}}
	if l.Label != "" {
		m.WithValueAttribute("label", l.Label)
	}
	if port == 0 {
		return m
	}
	m.MediaName.Formats = nil
	for _, pt := range payloadTypes {
		if pt < 0 {
			continue
		}
		format, e := strconv.Itoa(pt), l.Payloads[uint8(pt)]
		m.MediaName.Formats = append(m.MediaName.Formats, format)
		m.WithValueAttribute("rtpmap", format+" "+e.String())
		if c, _ := e.codec(); c.Fmtp() != "" {
			m.WithValueAttribute("fmtp", format+" "+c.Fmtp())
		}
	}
	if ptime, ok := l.desc.Attribute("ptime"); ok {
		m.WithValueAttribute("ptime", ptime)
	}
	mode := "recvonly"
	if l.Direction == "inactive" || l.Direction == "recvonly" { // this side never sends
		mode = "inactive"
	}
	m.WithPropertyAttribute(mode)
	if l.Mux {
		return m.WithPropertyAttribute("rtcp-mux")
	}
	return m.WithValueAttribute("rtcp", strconv.Itoa(port+1))
}

// Propose is an offer to the peer, made of its last description or of Blank, that takes lines off hold. An offer that repeated a hold
// could only be answered with a hold.
func (a *Answerer) Propose(last *Description, ports map[int]int) ([]byte, error) {
	offer := &Description{Lines: slices.Clone(last.Lines)}
	for i := range offer.Lines {
		offer.Lines[i].Direction = "sendonly"
	}
	return a.describe(offer, ports, (*Line).offered)
}
