package config

import (
	"fmt"
	"net/netip"
	"time"
)

const (
	maxDSCP = 63
	// leastTimeout: shorter silences are common, because calls on hold or muted are silent too.
	leastTimeout = time.Minute
)

func (s *Settings) validateNetwork() error {
	for _, d := range []struct {
		key  string
		dscp int
	}{{"sip.dscp", s.SIP.DSCP}, {"rtp.dscp", s.RTP.DSCP}} {
		if d.dscp < 0 || d.dscp > maxDSCP {
			return fmt.Errorf("%s %d is not 0 to %d", d.key, d.dscp, maxDSCP)
		}
	}
	switch {
	case s.SIP.Invites < 0:
		return fmt.Errorf("sip.invites %d is less than 0", s.SIP.Invites)
	case s.SIP.Ban < 0:
		return fmt.Errorf("sip.ban %v is less than 0", s.SIP.Ban)
	case s.RTP.Timeout != 0 && s.RTP.Timeout < leastTimeout:
		return fmt.Errorf("rtp.timeout %v is less than %v", s.RTP.Timeout, leastTimeout)
	}
	for _, a := range []struct {
		key  string
		list []netip.Addr
	}{{"sip.address", s.SIP.Address}, {"rtp.address", s.RTP.Address}} {
		if v4, v6 := Families(a.list); len(a.list) > 2 || len(a.list) == 2 && (!v4.IsValid() || !v6.IsValid()) {
			return fmt.Errorf("%s has two addresses of one family", a.key)
		}
	}
	return nil
}

// Families returns the IPv4 and the IPv6 address of a list; invalid if there is none.
func Families(list []netip.Addr) (v4, v6 netip.Addr) {
	for _, a := range list {
		if a = a.Unmap(); a.Is4() {
			v4 = a
		} else {
			v6 = a
		}
	}
	return v4, v6
}
