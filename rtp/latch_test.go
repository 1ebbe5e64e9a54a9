package rtp

import (
	"net/netip"
	"testing"
	"time"

	"timbre"
)

func addr(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// latched is a latch, with the packets that have come.
type latched struct {
	latch
	now    time.Time
	number map[string]uint16
}

func newLatched(spec timbre.Media) *latched {
	l := &latched{now: time.Unix(1000, 0), number: map[string]uint16{}}
	l.signal(spec)
	return l
}

// packet reports whether the next packet of an address is taken.
func (l *latched) packet(from string) bool {
	l.number[from]++
	return l.considers(addr(from)) && l.takes(addr(from), 7, l.number[from], l.now)
}

// packets is how many of the next packets of an address are taken.
func (l *latched) packets(from string, n int, apart time.Duration) (taken int) {
	for range n {
		if l.packet(from) {
			taken++
		}
		l.now = l.now.Add(apart)
	}
	return taken
}

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
			l := newLatched(c.spec)
			for i, s := range c.steps {
				if s.spec != nil {
					l.signal(*s.spec)
				}
				if got := l.packet(s.from); got != s.allowed {
					t.Errorf("%s, step %d: got a packet from %s allowed %t, want %t", name, i, s.from, got, s.allowed)
				}
			}
		})
	}
}

// Whoever sends from another port of the peer's host first neither shuts the peer out, whose port is not the signalled one, nor takes over
// from it.
func TestAFewPacketsFixNoSource(t *testing.T) {
	const signalled, nat, other = "10.0.0.1:4000", "10.0.0.1:5000", "10.0.0.1:6000"
	const pace = 20 * time.Millisecond
	spec := timbre.Media{Remote: addr(signalled)}
	t.Run("one before the peer", func(t *testing.T) {
		l := newLatched(spec)
		l.packets(other, 1, 0)
		if got := l.packets(nat, 100, pace); got != 100-steadyPackets+1 {
			t.Errorf("got %d packets of the peer taken, want all but the first %d", got, steadyPackets-1)
		}
		if l.packet(other) {
			t.Error("got another packet of the first source taken")
		}
	})
	t.Run("one now and then", func(t *testing.T) {
		l := newLatched(spec)
		taken := 0
		for range 20 {
			l.packets(other, 1, 0)
			l.number[other] += 100
			taken += l.packets(nat, 10, pace)
		}
		if want := 200 - steadyPackets + 1; taken != want {
			t.Errorf("got %d packets of the peer taken, want %d", taken, want)
		}
	})
	t.Run("many at once, then silence", func(t *testing.T) {
		l := newLatched(spec)
		l.packets(other, settledPackets-1, 0)
		if got, lost := l.packets(nat, 100, pace), int(maxSilence/pace); got != 100-lost {
			t.Errorf("got %d packets of the peer taken, want all but those of the first second", got)
		}
	})
	t.Run("many at once while the peer sends", func(t *testing.T) {
		l := newLatched(spec)
		for range 20 {
			if got := l.packets(nat, steadyPackets, pace); got != steadyPackets {
				t.Fatalf("got %d packets of the peer taken, want all", got)
			}
			if got := l.packets(other, 100, 0); got != 0 {
				t.Fatalf("got %d packets of another source taken, want none", got)
			}
		}
	})
	t.Run("many while the peer is silent, which has sent for long", func(t *testing.T) {
		l := newLatched(spec)
		l.packets(nat, settledPackets, pace)
		l.now = l.now.Add(time.Minute)
		if got := l.packets(other, 1000, pace); got != 0 {
			t.Errorf("got %d packets of another source taken, want none", got)
		}
	})
	t.Run("out of sequence", func(t *testing.T) {
		l := newLatched(spec)
		l.packets(nat, 1, pace)
		for range 100 {
			l.number[other] += 1000
			if l.packet(other) {
				t.Fatal("got packets out of sequence taken")
			}
		}
	})
}

// What is sent to who has sent only a few packets from another host than the signalled one could be for anybody.
func TestAFewPacketsDivertNoMedia(t *testing.T) {
	l := newLatched(timbre.Media{Remote: addr("10.0.0.1:4000"), LatchAny: true})
	for i := range steadyPackets {
		if l.isCredible() {
			t.Errorf("got a credible source after %d packets", i)
		}
		l.packet("6.6.6.6:1")
	}
	if !l.isCredible() {
		t.Errorf("got no credible source after %d packets", steadyPackets)
	}
}

func TestPreviousSourceIsLatchedAgain(t *testing.T) {
	l := newLatched(timbre.Media{Remote: addr("10.0.0.1:4000"), LatchAny: true})
	l.packet("6.6.6.6:1")
	l.signal(timbre.Media{Remote: addr("10.0.0.1:4002"), LatchAny: true})
	for range previousSourceLimit {
		if !l.allows(addr("6.6.6.7:1")) {
			t.Fatal("got the latch closed, want it open for the previous source")
		}
		l.packet("6.6.6.6:1")
	}
	if l.packets("6.6.6.7:1", 2*steadyPackets, 0) != 0 {
		t.Error("got the latch open, want it closed")
	}
}
