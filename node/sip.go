package node

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"

	"timbre"
	"timbre/config"
	"timbre/rtp"
	"timbre/sip"
	"timbre/sip/siprec"
	"timbre/sip/transport"
	"timbre/sip/trunk"
)

// openSIP reserves the RTP ports and listens for SIP.
func (n *Node) openSIP(context.Context) error {
	var err error
	n.ports, err = rtp.New(n.env, rtp.Config{First: n.settings.RTP.Ports.First, Last: n.settings.RTP.Ports.Last, DSCP: n.settings.RTP.DSCP, MayOpen: n.mayOpen})
	if err != nil {
		return err
	}
	n.sayRoom()
	cfg, err := n.sipConfig()
	if err != nil {
		return err
	}
	n.sip, err = sip.New(n.env, cfg, sip.Deps{
		Admission: n.admission,
		Sources:   n.sipDoor(n.admission.Sources()),
		Routes:    n.store,
		Calls:     n.calls,
		Media:     n.ports,
		Tolls:     n.tolls,
		SIPLog:    n.logs,
		Load:      n.load,
	})
	if err != nil {
		return err
	}
	n.SIP, err = n.sip.Listen()
	return err
}

func (n *Node) sipConfig() (sip.Config, error) {
	s := n.settings
	legs, err := legRules(s.Legs)
	if err != nil {
		return sip.Config{}, err
	}
	certificate, err := n.sipCertificate()
	if err != nil {
		return sip.Config{}, err
	}
	var listen []string
	for _, e := range s.SIP.Listen {
		listen = append(listen, e.String())
	}
	contact4, contact6 := config.Families(s.SIP.Address)
	media4, media6 := config.Families(s.RTP.Address)
	return sip.Config{
		Transport:    transport.Config{Listen: listen, Certificate: certificate, Address: contact4, Address6: contact6, DSCP: s.SIP.DSCP},
		MediaAddress: media4, MediaAddress6: media6, LatchAny: s.RTP.Latch == "any", Timeout: s.RTP.Timeout,
		Legs: legs, Trunk: trunkConfig(s),
	}, nil
}

// sipCertificate is nil if none is configured.
func (n *Node) sipCertificate() (func(*tls.ClientHelloInfo) (*tls.Certificate, error), error) {
	if n.settings.SIP.TLS.Cert == "" {
		return nil, nil
	}
	c, err := n.openCertificate("sip.tls", n.settings.SIP.TLS)
	if err != nil {
		return nil, err
	}
	return c.get, nil
}

// legRules converts the settings of legs.
func legRules(s config.Legs) (siprec.Rules, error) {
	callers, err := timbre.AddressPatterns(s.Caller)
	return siprec.Rules{Swap: s.Swap, Header: s.CallerHeader, Callers: callers, Mixed: s.Unknown == "mixed"}, err
}

// trunkConfig converts the settings of bridged calls.
func trunkConfig(s config.Settings) trunk.Config {
	cfg := trunk.Config{Refer: s.Trunk.Refer == "pass", Silence: s.Trunk.Silence, Digest: s.SIP.Digest, Credentials: map[string]trunk.Credential{}, Trusted: map[string]bool{}}
	for _, host := range s.Trunk.Trusted {
		cfg.Trusted[strings.ToLower(host)] = true
	}
	for _, g := range s.Trunk.Credentials {
		withoutQOP := slices.ContainsFunc(s.Trunk.WithoutQOP, func(host string) bool { return strings.EqualFold(host, g.Host) })
		cfg.Credentials[g.Host] = trunk.Credential{Username: g.User, Password: g.Password, WithoutQOP: withoutQOP}
	}
	return cfg
}
