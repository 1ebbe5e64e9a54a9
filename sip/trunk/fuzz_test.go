package trunk

import (
	"net"
	"net/netip"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// words are headers that are looked into here.
type words []gosip.Header

func (w words) Headers() []gosip.Header { return w }

// Whatever peers write where we look, nothing panics, an interval is never negative, and the next hop is an address.
func FuzzHeaders(f *testing.F) {
	f.Add("1800;refresher=uac", "a;to-tag=1;from-tag=2", "<sip:proxy.example.com;lr>", "a,b")
	f.Add("90 ; Refresher = UAS", ";;;=;to-tag", "<sip:[2001:db8::1]:5070;transport=tcp>, <sip:b>", " ,")
	f.Add("-1", "%", `"a" <sip:192.0.2.1`, "")
	peer := netip.MustParseAddrPort("203.0.113.1:5060")
	sides := newTable()
	f.Fuzz(func(t *testing.T, expires, replaces, route, marked string) {
		m := words{gosip.NewHeader("Session-Expires", expires)}
		if d, _, r := interval(m, "session-expires"); d < 0 || r != nil && d != 0 || d > 1<<31*time.Second {
			t.Errorf("%v of %q", d, expires)
		}
		if got := sides.rename(replaces); got != replaces {
			t.Errorf("%q became %q", replaces, got)
		}
		_ = sides.renamed("refer-to", "<sip:a@b?Replaces="+replaces+">")
		hop := NextHop("udp", peer, gosip.Uri{Scheme: "sip", Host: marked}, []string{route}, false, len(marked)%2 == 0)
		if _, _, err := net.SplitHostPort(hop); err != nil {
			t.Errorf("%q by %q", hop, route)
		}
		req := gosip.NewRequest(gosip.INVITE, gosip.Uri{Scheme: "sip", Host: "a"})
		req.AppendHeader(gosip.NewHeader(trail, marked))
		if n := len(marks(req)); n > mostMarks {
			t.Errorf("%d marks", n)
		}
	})
}

func TestWhereARequestInADialogGoes(t *testing.T) {
	peer := netip.MustParseAddrPort("203.0.113.1:5061")
	for name, c := range map[string]struct {
		target    string
		routes    []string
		connected bool
		gateway   bool
		want      string
	}{
		"its target":                {"sip:a@203.0.113.1:5070", nil, false, false, "203.0.113.1:5070"},
		"its target's usual port":   {"sip:a@203.0.113.1", nil, false, false, "203.0.113.1:5060"},
		"on its connection":         {"sip:a@203.0.113.1:5070", nil, true, false, "203.0.113.1:5061"},
		"behind NAT":                {"sip:a@192.168.0.1:5060", nil, false, false, "203.0.113.1:5061"},
		"a gateway's other address": {"sip:a@198.51.100.9", nil, false, true, "198.51.100.9:5060"},
		"a gateway behind NAT":      {"sip:a@10.0.0.9", nil, false, true, "203.0.113.1:5061"},
		"a name":                    {"sip:a@pbx.example.com:5060", nil, false, false, "203.0.113.1:5061"},
		"by a proxy":                {"sip:a@192.168.0.1", []string{"<sip:198.51.100.1:5080;lr>", "<sip:198.51.100.2>"}, false, false, "198.51.100.1:5080"},
		"by a proxy of IPv6":        {"sip:a@192.168.0.1", []string{"<sip:[2001:db8::1];lr>"}, false, false, "[2001:db8::1]:5060"},
		"by a proxy with a name":    {"sip:a@192.168.0.1", []string{"<sip:proxy.example.com;lr>"}, false, false, "203.0.113.1:5061"},
		"by what cannot be read":    {"sip:a@203.0.113.1:5070", []string{"<tel"}, false, false, "203.0.113.1:5070"},
		"by two proxies of a line":  {"sip:a@192.168.0.1", []string{"<sip:198.51.100.3;lr>, <sip:198.51.100.2>"}, false, false, "198.51.100.3:5060"},
	} {
		var target gosip.Uri
		if err := gosip.ParseUri(c.target, &target); err != nil {
			t.Fatal(err)
		}
		if got := NextHop("udp", peer, target, c.routes, c.connected, c.gateway); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
