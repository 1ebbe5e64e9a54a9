package dialog

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
	"timbre/sip/header"
	"timbre/sip/transport"
)

func TestContactIsSIPSWhereTheInviteSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		network string
		invite  *gosip.Request
		want    string
	}{
		"udp":                 {"UDP", invite(t, "sip:x@h", "sip:a@192.0.2.1"), "<sip:timbre@192.0.2.9:5060>;+sip.srs"},
		"tcp":                 {"TCP", invite(t, "sip:x@h", "sip:a@192.0.2.1"), "<sip:timbre@192.0.2.9:5060;transport=tcp>;+sip.srs"},
		"tls":                 {"TLS", invite(t, "sip:x@h", "sip:a@192.0.2.1"), "<sip:timbre@192.0.2.9:5060;transport=tls>;+sip.srs"},
		"request URI":         {"TLS", invite(t, "sips:x@h", "sip:a@192.0.2.1"), "<sips:timbre@192.0.2.9:5060>;+sip.srs"},
		"contact":             {"TLS", invite(t, "sip:x@h", "sips:a@192.0.2.1"), "<sips:timbre@192.0.2.9:5060>;+sip.srs"},
		"route":               {"TLS", invite(t, "sip:x@h", "sip:a@192.0.2.1", "Record-Route: <sips:p@h;lr>"), "<sips:timbre@192.0.2.9:5060>;+sip.srs"},
		"route over contact":  {"TLS", invite(t, "sip:x@h", "sips:a@192.0.2.1", "Record-Route: <sip:p@h;lr>"), "<sip:timbre@192.0.2.9:5060;transport=tls>;+sip.srs"},
		"request URI, routed": {"TLS", invite(t, "sips:x@h", "sip:a@192.0.2.1", "Record-Route: <sip:p@h;lr>"), "<sips:timbre@192.0.2.9:5060>;+sip.srs"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(newAgent())
			cfg.Network, cfg.Feature = c.network, "+sip.srs"
			d := NewUAS(cfg, c.invite)
			if got := d.Response(c.invite, 200, "OK").Contact().Value(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestNATedPeerIsToldTheAddressOutside(t *testing.T) {
	cfg := config(newAgent())
	cfg.Endpoint.Advertised = netip.MustParseAddrPort("198.51.100.7:5060")
	req := NewUAS(cfg, invite(t, "sip:x@h", "sip:a@192.0.2.1")).Request(gosip.OPTIONS)
	if got := req.Contact().Address.Host; got != "198.51.100.7" {
		t.Errorf("got Contact at %s, want 198.51.100.7", got)
	}
	if got := req.Via().Host; got != "198.51.100.7" {
		t.Errorf("got Via at %s, want 198.51.100.7", got)
	}
}

func TestServerRequestGoesBackTheWayOfTheInvite(t *testing.T) {
	d := NewUAS(config(newAgent()), invite(t, "sip:x@h", "sip:a@10.0.0.1", "Record-Route: <sip:192.0.2.1:5070;lr>", "Record-Route: <sip:192.0.2.4;lr>"))
	local, remote := d.Tags()
	bye := d.Request(gosip.BYE)
	for _, c := range []struct{ what, got, want string }{
		{"request URI", bye.Recipient.String(), "sip:a@10.0.0.1"},
		{"From tag", bye.From().Params.GetOr("tag", ""), local},
		{"To tag", bye.To().Params.GetOr("tag", ""), remote},
		{"remote tag", remote, "theirs"},
		{"Route", strings.Join(header.Values(bye, "route"), " "), "<sip:192.0.2.1:5070;lr> <sip:192.0.2.4;lr>"},
		{"next hop", bye.Destination(), "192.0.2.1:5070"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
	if first, second := bye.CSeq().SeqNo, d.Request(gosip.BYE).CSeq().SeqNo; second != first+1 {
		t.Errorf("got CSeq %d after %d, want the next one", second, first)
	}
}

func TestAStrictRouterFindsItselfInTheRequestURI(t *testing.T) {
	for name, c := range map[string]struct {
		routes      []string
		uri, routed string
	}{
		"strict":           {[]string{"<sip:192.0.2.3:5080>", "<sip:192.0.2.4;lr>"}, "sip:192.0.2.3:5080", "<sip:192.0.2.4;lr> <sip:a@10.0.0.1>"},
		"alone":            {[]string{"<sip:p@192.0.2.3;maddr=192.0.2.8;method=INVITE?subject=x>"}, "sip:p@192.0.2.3;maddr=192.0.2.8", "<sip:a@10.0.0.1>"},
		"after a loose":    {[]string{"<sip:192.0.2.3;lr=on>", "<sip:192.0.2.4>"}, "sip:a@10.0.0.1", "<sip:192.0.2.3;lr=on> <sip:192.0.2.4>"},
		"unreadable":       {[]string{"<mailto:x>"}, "sip:a@10.0.0.1", "<mailto:x>"},
		"none, no routing": {nil, "sip:a@10.0.0.1", ""},
	} {
		var headers []string
		for _, r := range c.routes {
			headers = append(headers, "Record-Route: "+r)
		}
		d := NewUAS(config(newAgent()), invite(t, "sip:x@h", "sip:a@10.0.0.1", headers...))
		for range 2 { // the route set stays as it is
			bye := d.Request(gosip.BYE)
			if got := strings.Join(header.Values(bye, "route"), " "); bye.Recipient.String() != c.uri || got != c.routed {
				t.Errorf("%s: got %s by %s, want %s by %s", name, bye.Recipient.String(), got, c.uri, c.routed)
			}
		}
	}
}

func TestClientRouteSetIsReversed(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		d, _, tx := call(t, a)
		d.Established(tx.Response(200, "", "Record-Route: <sip:192.0.2.3;lr>", "Record-Route: <sip:192.0.2.4;lr>, <sip:192.0.2.5;LR>"))
		bye := d.Request(gosip.BYE)
		if got, want := strings.Join(header.Values(bye, "route"), " "), "<sip:192.0.2.5;LR> <sip:192.0.2.4;lr> <sip:192.0.2.3;lr>"; got != want {
			t.Errorf("got Route %s, want %s", got, want)
		}
		if got, want := bye.Recipient.String(), "sip:peer@192.0.2.2:5070"; got != want {
			t.Errorf("got request URI %s, want %s", got, want)
		}
	})
}

func TestNextHop(t *testing.T) {
	peer := netip.MustParseAddrPort("203.0.113.1:5061")
	for name, c := range map[string]struct {
		network, target    string
		routes             []string
		connected, gateway bool
		want               string
	}{
		"target":                       {"udp", "sip:a@203.0.113.1:5070", nil, false, false, "203.0.113.1:5070"},
		"default port":                 {"udp", "sip:a@203.0.113.1", nil, false, false, "203.0.113.1:5060"},
		"default port of TLS":          {"tls", "sip:a@203.0.113.1", nil, false, false, "203.0.113.1:5061"},
		"open connection":              {"tcp", "sip:a@203.0.113.1:5070", nil, true, false, "203.0.113.1:5061"},
		"closed connection":            {"tcp", "sip:a@203.0.113.1:5070", nil, false, false, "203.0.113.1:5070"},
		"UDP has no connection":        {"udp", "sip:a@203.0.113.1:5070", nil, true, false, "203.0.113.1:5070"},
		"open connection and a route":  {"tcp", "sip:a@10.0.0.1", []string{"<sip:198.51.100.1;lr>"}, true, false, "203.0.113.1:5061"},
		"behind NAT":                   {"udp", "sip:a@192.168.0.1:5060", nil, false, false, "203.0.113.1:5061"},
		"gateway's other address":      {"udp", "sip:a@198.51.100.9", nil, false, true, "198.51.100.9:5060"},
		"gateway behind NAT":           {"udp", "sip:a@10.0.0.9", nil, false, true, "203.0.113.1:5061"},
		"gateway without an address":   {"udp", "sip:a@0.0.0.0", nil, false, true, "203.0.113.1:5061"},
		"a gateway names us":           {"udp", "sip:a@127.0.0.1:8080", nil, false, true, "203.0.113.1:5061"},
		"a gateway names us by IPv6":   {"tcp", "sip:a@[::1]:8080", nil, false, true, "203.0.113.1:5061"},
		"a gateway names us, mapped":   {"tcp", "sip:a@[::ffff:127.0.0.1]:8080", nil, false, true, "203.0.113.1:5061"},
		"a gateway names metadata":     {"tcp", "sip:a@169.254.169.254:80", nil, false, true, "203.0.113.1:5061"},
		"a gateway names a link":       {"udp", "sip:a@[fe80::1]", nil, false, true, "203.0.113.1:5061"},
		"a gateway names a group":      {"udp", "sip:a@239.0.0.1", nil, false, true, "203.0.113.1:5061"},
		"a gateway names all":          {"udp", "sip:a@255.255.255.255", nil, false, true, "203.0.113.1:5061"},
		"a gateway behind a carrier":   {"udp", "sip:a@100.64.0.1", nil, false, true, "203.0.113.1:5061"},
		"a gateway's route names us":   {"udp", "sip:a@198.51.100.9", []string{"<sip:127.0.0.1:8080;lr>"}, false, true, "203.0.113.1:5061"},
		"gateway of IPv6":              {"udp", "sip:a@[2001:db8::1]:5099", nil, false, true, "[2001:db8::1]:5099"},
		"name":                         {"udp", "sip:a@pbx.example.com:5060", nil, false, false, "203.0.113.1:5061"},
		"proxy":                        {"udp", "sip:a@192.168.0.1", []string{"<sip:203.0.113.1:5080;lr>", "<sip:198.51.100.2>"}, false, false, "203.0.113.1:5080"},
		"a route to anybody":           {"udp", "sip:a@203.0.113.1", []string{"<sip:198.51.100.1:5080;lr>"}, false, false, "203.0.113.1:5061"},
		"a contact of anybody":         {"udp", "sip:a@198.51.100.1:5080", nil, false, false, "203.0.113.1:5061"},
		"a gateway's proxy":            {"udp", "sip:a@192.168.0.1", []string{"<sip:198.51.100.1:5080;lr>", "<sip:198.51.100.2>"}, false, true, "198.51.100.1:5080"},
		"a gateway's proxy of IPv6":    {"udp", "sip:a@192.168.0.1", []string{"<sip:[2001:db8::1];lr>"}, false, true, "[2001:db8::1]:5060"},
		"proxy with a name":            {"udp", "sip:a@192.168.0.1", []string{"<sip:proxy.example.com;lr>"}, false, false, "203.0.113.1:5061"},
		"route that cannot be read":    {"udp", "sip:a@203.0.113.1:5070", []string{"<tel"}, false, false, "203.0.113.1:5070"},
		"default port of TLS by proxy": {"tls", "sip:a@192.168.0.1", []string{"<sip:198.51.100.1;lr>"}, false, true, "198.51.100.1:5061"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := hopOf(t, c.network, peer, c.target, c.routes, c.connected, c.gateway); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// hopOf is the destination of a request in a dialog of a remote target and a route set.
func hopOf(t *testing.T, network string, peer netip.AddrPort, target string, routes []string, connected, gateway bool) string {
	t.Helper()
	a := newAgent()
	a.Open = connected
	cfg := config(a)
	cfg.Network, cfg.Gateway, cfg.Peer = network, gateway, peer
	d := NewUAS(cfg, invite(t, "sip:x@h", "sip:a@203.0.113.1"))
	d.routes = routes
	if err := gosip.ParseUri(target, &d.target); err != nil {
		t.Skip(err)
	}
	return d.Request(gosip.BYE).Destination()
}

func TestRequestsOutOfOrderAreRefused(t *testing.T) {
	d := NewUAS(config(newAgent()), invite(t, "sip:x@h", "sip:a@192.0.2.1"))
	for i, c := range []struct {
		seq  int
		want int
	}{{1, 500}, {5, 0}, {5, 500}, {4, 500}, {6, 0}} {
		got := 0
		if r := d.Receive(request(t, "OPTIONS", c.seq, "ours", nil, "sip:x@h")); r != nil {
			got = r.Code
		}
		if got != c.want {
			t.Errorf("request %d, CSeq %d: got %d, want %d", i, c.seq, got, c.want)
		}
	}
}

func TestFirstRequestOfTheServerMayHaveCSeq0(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		d, _, _ := call(t, a)
		for i, want := range []bool{true, false} {
			if got := d.Receive(request(t, "OPTIONS", 0, "ours", nil, "sip:x@h")) == nil; got != want {
				t.Errorf("request %d: got taken %v, want %v", i, got, want)
			}
		}
	})
}

func TestNothingIsTakenAfterBYE(t *testing.T) {
	d := NewUAS(config(newAgent()), invite(t, "sip:x@h", "sip:a@192.0.2.1"))
	for i, c := range []struct {
		method string
		want   int
	}{{"OPTIONS", 0}, {"BYE", 0}, {"OPTIONS", 481}, {"BYE", 481}} {
		got := 0
		if r := d.Receive(request(t, c.method, 2+i, "ours", nil, "sip:x@h")); r != nil {
			got = r.Code
		}
		if got != c.want {
			t.Errorf("request %d, %s: got %d, want %d", i, c.method, got, c.want)
		}
	}
	if !d.IsOver() {
		t.Error("got a dialog that goes on, want it over")
	}
}

func TestEncryptedDialogTakesTLSOnly(t *testing.T) {
	cfg := config(newAgent())
	cfg.Encrypted = true
	d := NewUAS(cfg, invite(t, "sip:x@h", "sip:a@192.0.2.1"))
	for network, want := range map[string]bool{"UDP": false, "TCP": false, "TLS": true} {
		req := request(t, "OPTIONS", 2, "ours", nil, "sip:x@h")
		req.SetTransport(network)
		if got := d.Receive(req) == nil; got != want {
			t.Errorf("over %s: got taken %v, want %v", network, got, want)
		}
	}
}

func TestTableFindsTheOwnerByCallIDAndTags(t *testing.T) {
	var table Table[string]
	d := NewUAS(config(newAgent()), invite(t, "sip:x@h", "sip:a@192.0.2.1"))
	local, remote := d.Tags()
	table.Put(d, "owner")
	if got, ok := table.Find(request(t, "BYE", 2, local, nil, "sip:x@h")); !ok || got != "owner" {
		t.Errorf("got %q, %v, want the owner", got, ok)
	}
	if got, ok := table.Named("c", local, remote); !ok || got != "owner" {
		t.Errorf("by name: got %q, %v, want the owner", got, ok)
	}
	for _, tag := range []string{"", "other"} {
		if got, ok := table.Find(request(t, "BYE", 2, tag, nil, "sip:x@h")); ok {
			t.Errorf("tag %q: got %q, want none", tag, got)
		}
	}
	if all := table.All(); !slices.Equal(all, []string{"owner"}) || table.Len() != 1 {
		t.Errorf("got %v, %d, want the owner alone", all, table.Len())
	}
	if !table.Remove(d) || table.Remove(d) || table.Len() != 0 {
		t.Error("got a dialog that is removed twice or stays, want it removed once")
	}
}

func TestSecondInviteOfACallIsMerged(t *testing.T) {
	var i Invites
	req := invite(t, "sip:x@h", "sip:a@192.0.2.1")
	if !i.Reserve(req) || i.Reserve(req) || i.Len() != 1 {
		t.Fatal("got a second reservation, want one")
	}
	i.Release(req)
	if !i.Reserve(req) {
		t.Error("got no reservation after the release, want one")
	}
}

func TestRefusalKeepsInternalDetailsFromThePeer(t *testing.T) {
	req := invite(t, "sip:x@h", "sip:a@192.0.2.1")
	for code, want := range map[int]string{488: `399 timbre "no 'codec'"`, 500: "", 503: ""} {
		res := transport.Refuse(code, "x", "no %q", "codec").With("Retry-After", "5").Response(req)
		if got := header.Value(res, "warning"); got != want {
			t.Errorf("%d: got Warning %s, want %s", code, got, want)
		}
		if got := header.Value(res, "retry-after"); got != "5" || res.StatusCode != code || res.Reason != transport.Phrase(code) {
			t.Errorf("got %d %s, Retry-After %q, want %d %s, 5", res.StatusCode, res.Reason, got, code, transport.Phrase(code))
		}
	}
}

// words are the headers of a message that the stack has not parsed.
type words []gosip.Header

func (w words) Headers() []gosip.Header { return w }

// Whatever a peer writes, nothing panics, an interval is never negative and the next hop is an address.
func FuzzPeer(f *testing.F) {
	f.Add("1800;refresher=uac", "<sip:proxy.example.com;lr>", "sip:a,b")
	f.Add("90 ; Refresher = UAS", "<sip:[2001:db8::1]:5070;transport=tcp>, <sip:b>", "sip: ,")
	f.Add("-1", `"a" <sip:192.0.2.1`, "sip:")
	peer := netip.MustParseAddrPort("203.0.113.1:5060")
	f.Fuzz(func(t *testing.T, expires, route, target string) {
		if w, r := ReadTimerParams(words{gosip.NewHeader("Session-Expires", expires)}); w.Interval < 0 || r != nil && w.Interval != 0 || w.Interval > 1<<31*time.Second {
			t.Errorf("%q: got %v, want no more than 2^31 s", expires, w.Interval)
		}
		hop := hopOf(t, "udp", peer, target, []string{route}, false, len(target)%2 == 0)
		if _, _, err := net.SplitHostPort(hop); err != nil {
			t.Errorf("%q by %q: got next hop %q, want an address", target, route, hop)
		}
	})
}
