package phone

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/pion/sdp/v3"

	"timbre"
)

// rtpmap is the attribute of a static payload type.
func rtpmap(payload uint8) string {
	c := timbre.StaticPayloads()[payload]
	return fmt.Sprintf("%d %s/%d", payload, c.Name(), c.ClockRate())
}

// describe describes the legs in SDP (RFC 8866): one sendonly m-line each.
func describe(local netip.Addr, payload uint8, legs []*leg) ([]byte, error) {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	address := &sdp.Address{Address: local.String()}
	family := "IP4"
	if local.Is6() {
		family = "IP6"
	}
	session := sdp.SessionDescription{
		Origin: sdp.Origin{
			Username: "-", SessionID: binary.BigEndian.Uint64(id[:]) >> 1, SessionVersion: 1,
			NetworkType: "IN", AddressType: family, UnicastAddress: local.String(),
		},
		SessionName:           "-",
		ConnectionInformation: &sdp.ConnectionInformation{NetworkType: "IN", AddressType: family, Address: address},
		TimeDescriptions:      []sdp.TimeDescription{{}},
	}
	for _, l := range legs {
		m := &sdp.MediaDescription{MediaName: sdp.MediaName{
			Media: "audio", Port: sdp.RangedPort{Value: l.port()},
			Protos: []string{"RTP", "AVP"}, Formats: []string{strconv.Itoa(int(payload))},
		}}
		m.WithValueAttribute("rtpmap", rtpmap(payload)).WithValueAttribute("ptime", "20").
			WithValueAttribute("rtcp", strconv.Itoa(l.port()+1)).WithPropertyAttribute("sendonly")
		for _, c := range l.offered {
			m.MediaName.Protos[1] = "SAVP"
			m.WithValueAttribute("crypto", c.Value())
		}
		if l.label != "" {
			m.WithValueAttribute("label", l.label)
		}
		session.MediaDescriptions = append(session.MediaDescriptions, m)
	}
	text, err := session.Marshal()
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "phone.Dial", "offer: %w", err)
	}
	return text, nil
}

// aim points each leg at what the answer says for it: the m-line that echoes its label, else the one in its place. A leg
// whose m-line is refused (port 0) or inactive stays quiet; it is an error when none is left.
func (c *Call) aim(answer []byte) error {
	var s sdp.SessionDescription
	if err := s.Unmarshal(answer); err != nil {
		return timbre.Errorf(timbre.Invalid, "phone.Dial", "the answer's SDP: %w", err)
	}
	taken := false
	for i, m := range s.MediaDescriptions {
		at := i
		if label, ok := m.Attribute("label"); ok {
			if j := slices.IndexFunc(c.legs, func(l *leg) bool { return l.label == label }); j >= 0 {
				at = j
			}
		}
		if _, inactive := m.Attribute("inactive"); inactive || at >= len(c.legs) || m.MediaName.Port.Value == 0 {
			continue
		}
		if !slices.Contains(m.MediaName.Formats, strconv.Itoa(int(c.cfg.PayloadType))) {
			return timbre.Errorf(timbre.Invalid, "phone.Dial", "the server does not take %s", rtpmap(c.cfg.PayloadType))
		}
		if err := c.legs[at].agree(m); err != nil {
			return err
		}
		host := c.line.server.Addr()
		for _, info := range []*sdp.ConnectionInformation{s.ConnectionInformation, m.ConnectionInformation} {
			if info == nil || info.Address == nil {
				continue
			}
			if a, err := netip.ParseAddr(info.Address.Address); err == nil && !a.IsUnspecified() {
				host = a
			}
		}
		port := m.MediaName.Port.Value
		if port < 0 || port > 65535 {
			return timbre.Errorf(timbre.Invalid, "phone.Dial", "the answer's port %d does not exist", port)
		}
		c.legs[at].remote = netip.AddrPortFrom(host, uint16(port))
		if c.cfg.Via != nil {
			c.legs[at].remote = c.cfg.Via(c.legs[at].remote)
		}
		taken = true
	}
	if !taken {
		return timbre.Errorf(timbre.Unavailable, "phone.Dial", "the server answered, but takes no audio")
	}
	return nil
}
