package sip

import (
	"net/netip"
	"strings"
	"testing"

	"timbre/admission/source"
	"timbre/environment"
	"timbre/sip/transport"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// sixth is a server on the loopback address of IPv6, by both networks.
func sixth(t *testing.T, change func(*bench)) *running {
	t.Helper()
	b := newBench(t, "udp://[::1]:0", "tcp://[::1]:0")
	b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"::1/128"}}
	if change != nil {
		change(b)
	}
	return start(t, b)
}

var inIPv6 = strings.NewReplacer("IN IP4 127.0.0.1", "IN IP6 ::1")

func TestACallByIPv6(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		for family, c := range map[string]struct {
			sdp, address string
			local        netip.Addr
		}{
			"IPv6 media": {inIPv6.Replace(twoLines), "IN IP6 ::1", netip.IPv6Loopback()},
			"IPv4 media": {twoLines, "IN IP4 127.0.0.1", netip.MustParseAddr("127.0.0.1")},
		} {
			t.Run(network+", "+family, func(t *testing.T) {
				r := sixth(t, nil)
				p := dial(t, r, network)
				m := recording("call-1")
				m.body = both(c.sdp, annAndBob)
				res := p.ask(m.String())
				if res.StatusCode != gosip.StatusOK {
					t.Fatalf("%s", res)
				}
				if got := res.Contact().Value(); !strings.Contains(got, "@"+r.Addr(network).String()) || !strings.Contains(got, "@[::1]:") {
					t.Errorf("the contact is %s", got)
				}
				if body := string(res.Body()); strings.Count(body, "c=") != 1 || !strings.Contains(body, "\r\nc="+c.address+"\r\n") {
					t.Errorf("answered with\n%s", body)
				}
				for i := range 2 {
					if got := r.media.specs(i)[0]; got.Local != c.local || got.Remote.Addr() != c.local || got.Source != netip.IPv6Loopback() {
						t.Errorf("stream %d: %+v", i, got)
					}
				}
				tag := res.To().Params.GetOr("tag", "")
				p.send(message{method: "ACK", callID: "call-1", toTag: tag, seq: 1}.String())
				m.seq, m.toTag = 2, tag
				if res := p.ask(m.String()); res.StatusCode != gosip.StatusOK {
					t.Errorf("again: %s", res)
				}
				p.send(message{method: "ACK", callID: "call-1", toTag: tag, seq: 2}.String())
				r.stop()
				bye, ok := p.receive().(*gosip.Request)
				if !ok || bye.Method != gosip.BYE || bye.Via().Host != "::1" || !strings.Contains(bye.String(), "@[::1]:") {
					t.Fatalf("%v", bye)
				}
				p.send(gosip.NewResponseFromRequest(bye, 200, "OK", nil).String())
			})
		}
	}
}

func TestLinesOfTwoFamiliesAreAnsweredEachInItsOwn(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	m := recording("call-1")
	sdp := strings.Replace(twoLines, "a=label:2\n", "c=IN IP6 ::1\na=label:2\n", 1)
	m.body = both(sdp, annAndBob)
	res := p.ask(m.String())
	first, second, _ := strings.Cut(string(res.Body()), "a=label:1")
	if res.StatusCode != gosip.StatusOK || !strings.Contains(first, "c=IN IP4 127.0.0.1\r\nt=") || !strings.Contains(second, "c=IN IP6 ::1\r\n") {
		t.Fatalf("%s", res)
	}
	if a, b := r.media.specs(0)[0].Local, r.media.specs(1)[0].Local; a.String() != "127.0.0.1" || b.String() != "::1" {
		t.Errorf("received at %v and %v", a, b)
	}
	p.send(message{method: "ACK", callID: "call-1", toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String())
	m.seq, m.toTag, m.body = 2, res.To().Params.GetOr("tag", ""), both(strings.Replace(sdp, "IP6 ::1", "IP4 127.0.0.1", 1), "")
	if res := p.ask(m.String()); res.StatusCode != gosip.StatusNotAcceptableHere {
		t.Errorf("media moved to the other family: %s", res)
	}
}

func TestWhatIsAnnounced(t *testing.T) {
	four, six := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8::7")
	local, local6 := netip.MustParseAddrPort("10.0.0.5:5060"), netip.MustParseAddrPort("[fd00::5]:5060")
	for name, c := range map[string]struct {
		cfg         Config
		local       netip.AddrPort
		peer, media string
		contact     string // told in Contact and Via
		to, at      string // media is sent, and received; empty: everywhere
	}{
		"nothing is set":            {Config{}, local, "192.0.2.1", "192.0.2.1", "10.0.0.5:5060", "10.0.0.5", "10.0.0.5"},
		"behind NAT":                {Config{Transport: transport.Config{Address: four}, MediaAddress: four}, local, "192.0.2.1", "192.0.2.1", "203.0.113.7:5060", "203.0.113.7", ""},
		"media alone":               {Config{MediaAddress: four}, local, "192.0.2.1", "192.0.2.1", "10.0.0.5:5060", "203.0.113.7", ""},
		"signalling alone":          {Config{Transport: transport.Config{Address: four}}, local, "192.0.2.1", "192.0.2.1", "203.0.113.7:5060", "10.0.0.5", "10.0.0.5"},
		"a peer on this machine":    {Config{Transport: transport.Config{Address: four}}, local, "127.0.0.1", "192.0.2.1", "10.0.0.5:5060", "10.0.0.5", "10.0.0.5"},
		"the other family is set":   {Config{Transport: transport.Config{Address: four}, MediaAddress: four}, local6, "fd00::9", "fd00::9", "[fd00::5]:5060", "fd00::5", "fd00::5"},
		"both are":                  {Config{Transport: transport.Config{Address: four, Address6: six}, MediaAddress: four, MediaAddress6: six}, local6, "fd00::9", "192.0.2.1", "[2001:db8::7]:5060", "203.0.113.7", ""},
		"media of IPv6 alone is":    {Config{MediaAddress6: six}, local, "192.0.2.1", "2001:db8::9", "10.0.0.5:5060", "2001:db8::7", ""},
		"an old way of saying hold": {Config{}, local6, "fd00::9", "0.0.0.0", "[fd00::5]:5060", "fd00::5", "fd00::5"},
	} {
		s := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) { *cfg = c.cfg })
		at := ""
		if a := s.mediaSocket(c.local.Addr(), netip.MustParseAddr(c.media)); a.IsValid() {
			at = a.String()
		}
		contact, to := s.stack.Advertised(c.local, netip.MustParseAddr(c.peer)), s.mediaAddress(c.local.Addr(), netip.MustParseAddr(c.media))
		if contact.String() != c.contact || to.String() != c.to || at != c.at {
			t.Errorf("%s: contact %v, media to %v at %q", name, contact, to, at)
		}
	}
}

// The address behind which NAT hides us is told in what the peer uses to reach us, and nowhere else.
func TestThePublicAddressIsInContactAndVia(t *testing.T) {
	b := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) {
		cfg.Transport.Address = netip.MustParseAddr("203.0.113.7")
	})
	b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{outsider + "/32"}}
	tx := newTransaction()
	tx.answering = func(res *gosip.Response) {
		if res.StatusCode == gosip.StatusOK {
			go func() {
				tx.acks <- request(t, message{method: "ACK", callID: "call-1", toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String())
			}()
		}
	}
	b.handle(from(t, outsider, recording("call-1").String()), tx)
	res := tx.last()
	if res.StatusCode != gosip.StatusOK || res.Contact().Address.Host != "203.0.113.7" || strings.Contains(string(res.Body()), "203.0.113.7") {
		t.Fatalf("%s", res)
	}
	for _, d := range b.dialogs.all() {
		b.hangUp(d, "")
	}
	if bye := <-b.sent; bye.Via().Host != "203.0.113.7" {
		t.Errorf("%s", bye)
	}
}
