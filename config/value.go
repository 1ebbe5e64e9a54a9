package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Address is a host and a port to listen on, as net.Listen takes it. An empty host stands for all addresses.
type Address string

// UnmarshalText parses "host:port".
func (a *Address) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not HOST:PORT", text)
	}
	*a = Address(text)
	return nil
}

// loopback reports whether only programs of the same machine can connect. A name may stand for any address, except localhost.
func (a Address) loopback() bool {
	host, _, _ := net.SplitHostPort(string(a))
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// Endpoint is an address on which SIP listens.
type Endpoint struct {
	Network string // udp, tcp or tls
	Addr    netip.AddrPort
}

func (e Endpoint) String() string { return e.Network + "://" + e.Addr.String() }

// UnmarshalText parses "udp://ip:port", and tcp:// and tls:// alike. Without an IP address it stands for all IPv4 addresses.
func (e *Endpoint) UnmarshalText(text []byte) error {
	network, at, ok := strings.Cut(string(text), "://")
	if !ok || !slices.Contains([]string{"udp", "tcp", "tls"}, network) {
		return fmt.Errorf("%q is not udp://IP:PORT, tcp://IP:PORT or tls://IP:PORT", text)
	}
	if strings.HasPrefix(at, ":") {
		at = netip.IPv4Unspecified().String() + at
	}
	addr, err := netip.ParseAddrPort(at)
	if err != nil {
		return fmt.Errorf("%q is not an IP address and a port after %s://", at, network)
	}
	*e = Endpoint{network, addr}
	return nil
}

// Ports is a range of UDP ports.
type Ports struct{ First, Last uint16 }

func (p Ports) String() string { return fmt.Sprintf("%d-%d", p.First, p.Last) }

// UnmarshalText parses "first-last", which must contain a pair of an even port and the next odd one.
func (p *Ports) UnmarshalText(text []byte) error {
	from, to, ok := strings.Cut(string(text), "-")
	first, err1 := strconv.ParseUint(strings.TrimSpace(from), 10, 16)
	last, err2 := strconv.ParseUint(strings.TrimSpace(to), 10, 16)
	if !ok || err1 != nil || err2 != nil {
		return fmt.Errorf("%q is not FIRST-LAST, two ports", text)
	}
	if first == 0 || first+first%2+1 > last {
		return fmt.Errorf("%q holds no even port with the odd one after it", text)
	}
	*p = Ports{uint16(first), uint16(last)}
	return nil
}

// Webhook is a named URL that receives events, and the secret that signs them.
type Webhook struct{ Name, URL, Secret string }

// webhookName is the form of the last part of a webhook's ARN.
var webhookName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// UnmarshalText parses "name=url#secret". Its errors do not repeat the text, which contains a secret.
func (w *Webhook) UnmarshalText(text []byte) error {
	name, rest, ok := strings.Cut(string(text), "=")
	place, secret, signed := strings.Cut(rest, "#")
	switch u, err := url.Parse(place); {
	case !ok || !webhookName.MatchString(name):
		return fmt.Errorf("a webhook is NAME=URL#SECRET, its name of letters, digits, - and _")
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("the URL of webhook %s is not one of http or https", name)
	case !signed || secret == "":
		return fmt.Errorf("webhook %s has no secret; write it after its URL and a #", name)
	}
	*w = Webhook{name, place, secret}
	return nil
}

// String hides the secret, and the query of the URL, which may contain one.
func (w Webhook) String() string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return w.Name + "=" + hidden
	}
	place := u.Scheme + "://" + u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		place += "?" + hidden
	}
	return w.Name + "=" + place + "#" + hidden
}

// Gateway is the host of a route with its digest credentials.
type Gateway struct{ Host, User, Password string }

// UnmarshalText parses "host=user:password". Its errors do not repeat the text, which contains a password.
func (g *Gateway) UnmarshalText(text []byte) error {
	host, rest, ok := strings.Cut(string(text), "=")
	user, password, given := strings.Cut(rest, ":")
	if !ok || !given || host == "" || user == "" || strings.ContainsAny(host, " /@") {
		return fmt.Errorf("a gateway's credentials are HOST=USER:PASSWORD, HOST as in the route")
	}
	*g = Gateway{strings.ToLower(host), user, password}
	return nil
}

// String hides the password.
func (g Gateway) String() string { return g.Host + "=" + g.User + ":" + hidden }

// PlatformToken is the secret by which a telephone platform signs requests for a connector.
type PlatformToken struct{ Connector, Platform, Secret string }

// minToken is the length from which a token cannot be guessed. Those that platforms give are longer.
const minToken = 16

// UnmarshalText parses "connector=platform:secret". Its errors do not repeat the text, which contains a secret.
func (t *PlatformToken) UnmarshalText(text []byte) error {
	connector, rest, ok := strings.Cut(string(text), "=")
	platform, secret, given := strings.Cut(rest, ":")
	if !ok || !given || connector == "" || platform == "" || len(secret) < minToken {
		return fmt.Errorf("the token of a platform is CONNECTOR=PLATFORM:TOKEN, with at least %d characters in TOKEN", minToken)
	}
	*t = PlatformToken{strings.ToLower(connector), strings.ToLower(platform), secret}
	return nil
}

// String hides the secret.
func (t PlatformToken) String() string { return t.Connector + "=" + t.Platform + ":" + hidden }

// hidden replaces secrets in output.
const hidden = "****"
