package sip

import (
	"net/netip"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
)

// runIPv6 runs a server on the loopback address of IPv6, by both networks.
func runIPv6(t *testing.T, change func(*bench)) *running {
	t.Helper()
	b := newBench(t, "udp://[::1]:0", "tcp://[::1]:0")
	b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"::1/128"}}
	if change != nil {
		change(b)
	}
	return start(t, b)
}

var inIPv6 = strings.NewReplacer("IN IP4 127.0.0.1", "IN IP6 ::1")

func TestCallOverIPv6(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		for family, c := range map[string]struct {
			sdp, address string
			local        netip.Addr
		}{
			"IPv6 media": {inIPv6.Replace(twoLines), "IN IP6 ::1", netip.IPv6Loopback()},
			"IPv4 media": {twoLines, "IN IP4 127.0.0.1", netip.MustParseAddr("127.0.0.1")},
		} {
			t.Run(network+", "+family, func(t *testing.T) {
				r := runIPv6(t, nil)
				p := dial(t, r, network)
				m := recordingOf("call-1")
				m.body = both(c.sdp, annAndBob)
				res := p.ask(m.String())
				if res.StatusCode != gosip.StatusOK {
					t.Fatalf("got %s", res)
				}
				if got := res.Contact().Value(); !strings.Contains(got, "@"+r.Addr(network).String()) || !strings.Contains(got, "@[::1]:") {
					t.Errorf("got Contact %s", got)
				}
				if body := string(res.Body()); strings.Count(body, "c=") != 1 || !strings.Contains(body, "\r\nc="+c.address+"\r\n") {
					t.Errorf("got\n%s\nwant c=%s", body, c.address)
				}
				for i := range 2 {
					if got := r.media.specs(i)[0]; got.Local != c.local || got.Remote.Addr() != c.local || got.Source != netip.IPv6Loopback() {
						t.Errorf("stream %d: got %+v, want %v", i, got, c.local)
					}
				}
				tag := res.To().Params.GetOr("tag", "")
				p.send(message{method: "ACK", callID: "call-1", toTag: tag, seq: 1}.String())
				m.seq, m.toTag = 2, tag
				if res := p.ask(m.String()); res.StatusCode != gosip.StatusOK {
					t.Errorf("got %s for the re-INVITE, want 200", res)
				}
				p.send(message{method: "ACK", callID: "call-1", toTag: tag, seq: 2}.String())
				r.stop()
				bye, ok := p.receive().(*gosip.Request)
				if !ok || bye.Method != gosip.BYE || bye.Via().Host != "::1" || !strings.Contains(bye.String(), "@[::1]:") {
					t.Fatalf("got %v", bye)
				}
				p.send(gosip.NewResponseFromRequest(bye, 200, "OK", nil).String())
			})
		}
	}
}

func TestLinesAreAnsweredInTheirAddressFamily(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	m := recordingOf("call-1")
	sdp := strings.Replace(twoLines, "a=label:2\n", "c=IN IP6 ::1\na=label:2\n", 1)
	m.body = both(sdp, annAndBob)
	res := p.ask(m.String())
	first, second, _ := strings.Cut(string(res.Body()), "a=label:1")
	if res.StatusCode != gosip.StatusOK || !strings.Contains(first, "c=IN IP4 127.0.0.1\r\nt=") || !strings.Contains(second, "c=IN IP6 ::1\r\n") {
		t.Fatalf("got %s", res)
	}
	if a, b := r.media.specs(0)[0].Local, r.media.specs(1)[0].Local; a.String() != "127.0.0.1" || b.String() != "::1" {
		t.Errorf("got media at %v and %v, want 127.0.0.1 and ::1", a, b)
	}
	p.send(message{method: "ACK", callID: "call-1", toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String())
	m.seq, m.toTag, m.body = 2, res.To().Params.GetOr("tag", ""), both(strings.Replace(sdp, "IP6 ::1", "IP4 127.0.0.1", 1), "")
	if res := p.ask(m.String()); res.StatusCode != gosip.StatusNotAcceptableHere {
		t.Errorf("got %s for media of the other family, want 488", res)
	}
}

// The public address is in Contact and Via, and not in SDP.
func TestThePublicAddressIsInContactAndVia(t *testing.T) {
	b := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) {
		cfg.Transport.Address = netip.MustParseAddr("203.0.113.7")
	})
	b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{outsider + "/32"}}
	tx := newTransaction()
	tx.onRespond = func(res *gosip.Response) {
		if res.StatusCode == gosip.StatusOK {
			go func() {
				tx.acks <- request(t, message{method: "ACK", callID: "call-1", toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String())
			}()
		}
	}
	b.handle(from(t, outsider, recordingOf("call-1").String()), tx)
	res := tx.last()
	if res.StatusCode != gosip.StatusOK || res.Contact().Address.Host != "203.0.113.7" || strings.Contains(string(res.Body()), "203.0.113.7") {
		t.Fatalf("got %s", res)
	}
	b.hangUp()
	if bye := <-b.sent; bye.Via().Host != "203.0.113.7" {
		t.Errorf("got %s", bye)
	}
}
