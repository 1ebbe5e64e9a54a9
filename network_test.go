package timbre_test

import (
	"net/netip"
	"strings"
	"testing"

	"timbre"
)

func TestAllowedNetworkIsANetworkOrAnAddress(t *testing.T) {
	for host, want := range map[string]string{
		"192.0.2.7/28":              "192.0.2.0/28",
		" 192.0.2.7 ":               "192.0.2.7/32",
		"2001:db8::7/64":            "2001:db8::/64",
		"2001:db8::7":               "2001:db8::7/128",
		"fe80::1%eth0":              "fe80::1/128",
		"::ffff:192.0.2.7":          "192.0.2.7/32",
		"::ffff:192.0.2.7/120":      "192.0.2.0/24",
		"::ffff:0.0.0.0/96":         "0.0.0.0/0",
		"::/0":                      "::/0",
		"":                          "",
		"192.0.2.0/33":              "",
		"fe80::1%eth0/64":           "",
		"localhost":                 "",
		"192.0.2.0/24,198.51.100.0": "",
	} {
		t.Run(host, func(t *testing.T) {
			got, ok := timbre.AllowedNetwork(host)
			if ok != (want != "") || ok && got.String() != want {
				t.Errorf("got %v %v, want %q", got, ok, want)
			}
		})
	}
}

func TestTerminationAllowsItsNetworksAndAddresses(t *testing.T) {
	term := timbre.Termination{CIDRs: []string{
		"192.0.2.0/28", " 198.51.100.7 ", "::ffff:203.0.113.9", "2001:db8::/64", "fe80::/10", "::ffff:10.0.0.0/104", "not a network",
	}}
	for source, want := range map[string]bool{
		"192.0.2.15": true, "192.0.2.16": false, "198.51.100.7": true, "198.51.100.8": false, "203.0.113.9": true,
		"::ffff:192.0.2.15": true, "2001:db8::5": true, "2001:db8:1::5": false, "10.1.2.3": true, "11.1.2.3": false,
		"fe80::1%eth0": true, "2001:db8::5%1": true, "2001:db8:1::5%1": false,
	} {
		t.Run(source, func(t *testing.T) {
			if got := term.Allows(netip.MustParseAddr(source)); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// An entry of the allowed hosts is written by an operator, and must never allow more than it says.
func FuzzAllowedNetwork(f *testing.F) {
	for _, host := range []string{"192.0.2.0/28", " 198.51.100.7 ", "::ffff:203.0.113.9/97", "fe80::1%eth0", "::/0", "/", "%", "1.2.3.4/032"} {
		f.Add(host, "192.0.2.1")
	}
	f.Add("fe80::/10", "fe80::1%eth0")
	f.Fuzz(func(t *testing.T, host, source string) {
		n, ok := timbre.AllowedNetwork(host)
		if ok && (!n.IsValid() || n != n.Masked() || n.Addr().Zone() != "" || n.Addr().Is4In6()) {
			t.Errorf("got %v for %q", n, host)
		}
		a, err := netip.ParseAddr(source)
		if err != nil {
			return
		}
		term := timbre.Termination{CIDRs: []string{host}}
		if got := term.Allows(a); got != (ok && n.Contains(timbre.PlainAddr(a))) {
			t.Errorf("%q allows %s: got %v", host, source, got)
		}
		if strings.Contains(source, "%") && term.Allows(a) != term.Allows(a.WithZone("")) {
			t.Errorf("%q treats %s differently with its zone", host, source)
		}
	})
}

func TestAPublicNetworkThatPutsCallsThroughIsNarrow(t *testing.T) {
	for network, want := range map[string]bool{
		"0.0.0.0/0": false, "0.0.0.0/1": false, "128.0.0.0/1": false, "203.0.113.0/26": false, "203.0.113.0/27": true, "203.0.113.7": true,
		"10.0.0.0/8": true, "10.0.0.0/7": false, "127.0.0.0/8": true, "172.16.0.0/12": true, "172.0.0.0/8": false, "192.168.0.0/16": true,
		"::/0": false, "2000::/3": false, "2001:db8::/55": false, "2001:db8::/56": true, "fd00::/8": true, "::1": true,
		"::ffff:0.0.0.0/96": false, "::ffff:203.0.113.0/123": true,
	} {
		t.Run(network, func(t *testing.T) {
			n, ok := timbre.AllowedNetwork(network)
			if !ok {
				t.Fatal("got no network")
			}
			if got := timbre.RelayNetwork(n); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	wide := timbre.Termination{CIDRs: []string{"0.0.0.0/0", "203.0.113.0/28"}}
	if !wide.Relays(netip.MustParseAddr("203.0.113.1")) || wide.Relays(netip.MustParseAddr("198.51.100.1")) {
		t.Error("got the wide network counted, want the narrow one alone")
	}
}
