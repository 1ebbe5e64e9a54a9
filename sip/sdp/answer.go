package sdp

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// Answering makes the answers of one dialog: of one session, whose version counts up with every change (RFC 3264).
type Answering struct {
	Fingerprint string                 // of our certificate, for lines whose keys are agreed on by DTLS
	Passive     bool                   // leave it to the peer to begin a handshake, if it may: it is behind NAT
	For         func(*Line) netip.Addr // where the media of a line is to be sent; nil: to the address of the session

	address netip.Addr
	id      uint64
	secrets map[int]*secret // by line
	version uint64
	last    string // without its origin
	text    []byte
}

// NewAnswering begins a session of which an address of ours is announced.
func NewAnswering(address netip.Addr) *Answering {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return &Answering{address: address, id: binary.BigEndian.Uint64(id[:]) >> 1, secrets: map[int]*secret{}}
}

// Answer answers every m-line of an offer, in its order: those for which ports has one are taken, with the first
// format that we can hear and telephone-event; the others get port 0. The label is echoed, without which some clients send nothing.
func (a *Answering) Answer(o *Offer, ports map[int]int) ([]byte, error) {
	session := netip.Addr{}
	s := pion.SessionDescription{SessionName: "Timbre", TimeDescriptions: []pion.TimeDescription{{}}}
	for _, l := range o.Lines {
		m := l.answer(ports[l.Index])
		if ports[l.Index] != 0 {
			a.secure(m, &l)
		}
		if ports[l.Index] != 0 && a.For != nil {
			at := a.For(&l)
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
	body, err := s.Marshal()
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "sdp.Answer", "%w", err)
	}
	if string(body) == a.last {
		return a.text, nil
	}
	a.version, a.last = a.version+1, string(body)
	s.Origin = pion.Origin{
		Username: "-", SessionID: a.id, SessionVersion: a.version,
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

func (l *Line) answer(port int) *pion.MediaDescription {
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
	for _, pt := range []int{l.Voice, l.Events} {
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
	if l.Direction == "inactive" || l.Direction == "recvonly" { // we send nothing, ever
		mode = "inactive"
	}
	m.WithPropertyAttribute(mode)
	if l.Mux {
		return m.WithPropertyAttribute("rtcp-mux")
	}
	return m.WithValueAttribute("rtcp", strconv.Itoa(port+1))
}

// Propose is an offer of ours, made of the peer's last one: whatever is on hold may go on, if the peer wants it to. One that
// repeats the hold would keep it for good, for it could be answered with nothing else.
func (a *Answering) Propose(last *Offer, ports map[int]int) ([]byte, error) {
	ours := &Offer{Lines: slices.Clone(last.Lines)}
	for i := range ours.Lines {
		ours.Lines[i].Direction = "sendonly"
	}
	return a.Answer(ours, ports)
}
