package phone

import (
	"fmt"
	"net/netip"
	"strconv"

	pion "github.com/pion/sdp/v3"

	"timbre"
	"timbre/sip/sdp"
)

// rtpmap is the attribute of a static payload type.
func rtpmap(payload uint8) string {
	c := timbre.StaticPayloads()[payload]
	return fmt.Sprintf("%d %s/%d", payload, c.Name(), c.ClockRate())
}

// describe is the offer (RFC 8866): one sendonly m-line a leg.
func describe(local netip.Addr, payload uint8, legs []*leg) ([]byte, error) {
	address := &pion.Address{Address: local.String()}
	family := "IP4"
	if local.Is6() {
		family = "IP6"
	}
	session := pion.SessionDescription{
		Origin: pion.Origin{
			Username: "-", SessionID: sdp.NewOrigin().ID, SessionVersion: 1,
			NetworkType: "IN", AddressType: family, UnicastAddress: local.String(),
		},
		SessionName:           "-",
		ConnectionInformation: &pion.ConnectionInformation{NetworkType: "IN", AddressType: family, Address: address},
		TimeDescriptions:      []pion.TimeDescription{{}},
	}
	for _, l := range legs {
		m := &pion.MediaDescription{MediaName: pion.MediaName{
			Media: "audio", Port: pion.RangedPort{Value: l.port()},
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
