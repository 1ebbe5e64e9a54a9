package rtp

import (
	"net/netip"
	"testing"

	"timbre"
)

func addr(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func TestLatchAllows(t *testing.T) {
	const signalled, nat, host, peer, unknown = "10.0.0.1:4000", "10.0.0.1:5000", "10.0.0.1:6000", "10.0.0.9:7000", "6.6.6.6:6666"
	spec := timbre.Media{Remote: addr(signalled), Source: netip.MustParseAddr("10.0.0.9")}
	anyone := spec
	anyone.LatchAny = true
	moved := spec
	moved.Remote = addr("10.0.0.1:4002")
	type step struct {
		from    string
		spec    *timbre.Media // signalled before the packet
		allowed bool
	}
	for name, c := range map[string]struct {
		spec  timbre.Media
		steps []step
	}{
		"the signalled address": {spec, []step{{signalled, nil, true}, {nat, nil, false}, {peer, nil, false}, {unknown, nil, false}}},
		"another port of its host": {spec, []step{
			{unknown, nil, false}, {nat, nil, true}, {host, nil, false}, {nat, nil, true}, {peer, nil, false},
		}},
		"the host of the SIP peer":                  {spec, []step{{peer, nil, true}, {nat, nil, false}, {peer, nil, true}}},
		"the signalled address, after another port": {spec, []step{{nat, nil, true}, {signalled, nil, true}, {nat, nil, false}}},
		"anyone, but only the first":                {anyone, []step{{unknown, nil, true}, {nat, nil, false}, {unknown, nil, true}}},
		"the same address again":                    {spec, []step{{nat, nil, true}, {host, &spec, false}}},
		"a new address": {spec, []step{
			{signalled, nil, true}, {signalled, &moved, true}, {"10.0.0.1:4002", nil, true}, {signalled, nil, false},
		}},
		"a new address behind NAT": {spec, []step{
			{nat, nil, true}, {nat, &moved, true}, {host, nil, true}, {nat, nil, false}, {host, nil, true},
		}},
		"mapped addresses": {timbre.Media{Remote: addr("[::ffff:10.0.0.1]:4000")}, []step{{signalled, nil, true}, {unknown, nil, false}}},
		"no address":       {timbre.Media{}, []step{{signalled, nil, false}, {unknown, nil, false}}},
		"a held address":   {timbre.Media{Remote: addr("0.0.0.0:4000")}, []step{{signalled, nil, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			var l latch
			l.signal(c.spec)
			for i, s := range c.steps {
				if s.spec != nil {
					l.signal(*s.spec)
				}
				got := l.allows(addr(s.from))
				if got {
					l.fix(addr(s.from))
				}
				if got != s.allowed {
					t.Errorf("%s, step %d: got a packet from %s allowed %t, want %t", name, i, s.from, got, s.allowed)
				}
			}
		})
	}
}

func TestPreviousSourceIsLatchedAgain(t *testing.T) {
	var l latch
	l.signal(timbre.Media{Remote: addr("10.0.0.1:4000"), LatchAny: true})
	l.fix(addr("6.6.6.6:1"))
	l.signal(timbre.Media{Remote: addr("10.0.0.1:4002"), LatchAny: true})
	for range previousSourceLimit {
		if !l.allows(addr("6.6.6.7:1")) {
			t.Fatal("got the latch closed, want it open for the previous source")
		}
		l.fix(addr("6.6.6.6:1"))
	}
	if l.allows(addr("6.6.6.7:1")) {
		t.Error("got the latch open, want it closed")
	}
}
