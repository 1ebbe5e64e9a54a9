package dialog

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"

	"timbre/sip/header"
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
			d := Answer(cfg, c.invite)
			if got := d.Response(c.invite, 200, "OK").Contact().Value(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestNATedPeerIsToldTheAddressOutside(t *testing.T) {
	cfg := config(newAgent())
	cfg.Place.Told = netip.MustParseAddrPort("198.51.100.7:5060")
	req := Answer(cfg, invite(t, "sip:x@h", "sip:a@192.0.2.1")).Request(gosip.OPTIONS)
	if got := req.Contact().Address.Host; got != "198.51.100.7" {
		t.Errorf("got Contact at %s, want 198.51.100.7", got)
	}
	if got := req.Via().Host; got != "198.51.100.7" {
		t.Errorf("got Via at %s, want 198.51.100.7", got)
	}
}

func TestServerRequestGoesBackTheWayOfTheInvite(t *testing.T) {
	d := Answer(config(newAgent()), invite(t, "sip:x@h", "sip:a@10.0.0.1", "Record-Route: <sip:192.0.2.3;lr>", "Record-Route: <sip:192.0.2.4;lr>"))
	local, remote := d.Tags()
	bye := d.Request(gosip.BYE)
	for _, c := range []struct{ what, got, want string }{
		{"request URI", bye.Recipient.String(), "sip:a@10.0.0.1"},
		{"From tag", bye.From().Params.GetOr("tag", ""), local},
		{"To tag", bye.To().Params.GetOr("tag", ""), remote},
		{"remote tag", remote, "theirs"},
		{"Route", strings.Join(header.Values(bye, "route"), " "), "<sip:192.0.2.3;lr> <sip:192.0.2.4;lr>"},
		{"next hop", bye.Destination(), "192.0.2.3:5060"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
	if first, second := bye.CSeq().SeqNo, d.Request(gosip.BYE).CSeq().SeqNo; second != first+1 {
		t.Errorf("got CSeq %d after %d, want the next one", second, first)
	}
}

func TestClientRouteSetIsReversed(t *testing.T) {
	bubble(t, func(t *testing.T, a *fakeAgent) {
		d, _, tx := call(t, a)
		d.Established(tx.response(200, "theirs", "Record-Route: <sip:192.0.2.3;lr>", "Record-Route: <sip:192.0.2.4;lr>"))
		bye := d.Request(gosip.BYE)
		if got, want := strings.Join(header.Values(bye, "route"), " "), "<sip:192.0.2.4;lr> <sip:192.0.2.3;lr>"; got != want {
			t.Errorf("got Route %s, want %s", got, want)
		}
		if got, want := bye.Recipient.String(), "sip:peer@192.0.2.2:5070"; got != want {
			t.Errorf("got request URI %s, want %s", got, want)
		}
	})
}

func TestNextHop(t *testing.T) {
	peer := "203.0.113.1:5060"
	for name, c := range map[string]struct {
		network, contact string
		route            string
		connected        bool
		gateway          bool
		want             string
	}{
		"target as it is":              {network: "udp", contact: "sip:a@203.0.113.1:5099", want: "203.0.113.1:5099"},
		"default port":                 {network: "udp", contact: "sip:a@203.0.113.1", want: "203.0.113.1:5060"},
		"default port of TLS":          {network: "tls", contact: "sip:a@203.0.113.1", want: "203.0.113.1:5061"},
		"open connection":              {network: "tcp", contact: "sip:a@203.0.113.1:5099", connected: true, want: peer},
		"closed connection":            {network: "tcp", contact: "sip:a@203.0.113.1:5099", want: "203.0.113.1:5099"},
		"target behind NAT":            {network: "udp", contact: "sip:a@10.0.0.1:5099", want: peer},
		"target without an address":    {network: "udp", contact: "sip:a@pbx.example.com", want: peer},
		"route":                        {network: "udp", contact: "sip:a@10.0.0.1", route: "<sip:203.0.113.9:5080;lr>", want: "203.0.113.9:5080"},
		"route without an address":     {network: "udp", contact: "sip:a@203.0.113.1:5099", route: "<sip:p.example.com;lr>", want: peer},
		"other host of a gateway":      {network: "udp", contact: "sip:a@203.0.113.7:5099", gateway: true, want: "203.0.113.7:5099"},
		"gateway behind NAT":           {network: "udp", contact: "sip:a@10.0.0.1:5099", gateway: true, want: peer},
		"gateway without an address":   {network: "udp", contact: "sip:a@0.0.0.0:5099", gateway: true, want: peer},
		"IPv6":                         {network: "udp", contact: "sip:a@[2001:db8::1]:5099", gateway: true, want: "[2001:db8::1]:5099"},
		"open connection, and a route": {network: "tcp", contact: "sip:a@10.0.0.1", route: "<sip:203.0.113.9;lr>", connected: true, want: peer},
		"UDP knows of no connection":   {network: "udp", contact: "sip:a@203.0.113.1:5099", connected: true, want: "203.0.113.1:5099"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAgent()
			a.connected = c.connected
			cfg := config(a)
			cfg.Network, cfg.Gateway, cfg.Peer = c.network, c.gateway, netip.MustParseAddrPort(peer)
			var routes []string
			if c.route != "" {
				routes = []string{"Record-Route: " + c.route}
			}
			d := Answer(cfg, invite(t, "sip:x@h", c.contact, routes...))
			if got := d.Request(gosip.BYE).Destination(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestRequestsOutOfOrderAreRefused(t *testing.T) {
	d := Answer(config(newAgent()), invite(t, "sip:x@h", "sip:a@192.0.2.1"))
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

func TestEncryptedDialogTakesTLSOnly(t *testing.T) {
	cfg := config(newAgent())
	cfg.Encrypted = true
	d := Answer(cfg, invite(t, "sip:x@h", "sip:a@192.0.2.1"))
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
	d := Answer(config(newAgent()), invite(t, "sip:x@h", "sip:a@192.0.2.1"))
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
		res := Refuse(code, "x", "no %q", "codec").With("Retry-After", "5").Response(req)
		if got := header.Value(res, "warning"); got != want {
			t.Errorf("%d: got Warning %s, want %s", code, got, want)
		}
		if got := header.Value(res, "retry-after"); got != "5" || res.StatusCode != code || res.Reason != transport.Phrase(code) {
			t.Errorf("got %d %s, Retry-After %q, want %d %s, 5", res.StatusCode, res.Reason, got, code, transport.Phrase(code))
		}
	}
}
