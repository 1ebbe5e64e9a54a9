package trunk

import (
	"context"
	"net/netip"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/transport"
)

// maxAddresses is how many addresses of a gateway's name are tried.
const maxAddresses = 3

// gateway is one address that a route leads to.
type gateway struct {
	host    string // of the route
	port    int    // of the route; 0: the default
	network string
	at      netip.AddrPort
}

// gateways are the addresses of a route. A connector that requires encryption reaches its TCP routes by TLS.
func (c *call) gateways(route timbre.Route) ([]gateway, *transport.Refusal) {
	g := gateway{host: route.Host, port: route.Port, network: "udp"}
	if strings.EqualFold(route.Protocol, "TCP") {
		g.network = "tcp"
	}
	if c.connector.RequireEncryption {
		if g.network == "udp" {
			return nil, transport.Refuse(503, "encryption", "the connector requires encryption, and the route is UDP")
		}
		g.network = "tls"
	}
	addresses, err := c.resolve(strings.Trim(route.Host, "[]"))
	if err != nil || len(addresses) == 0 {
		return nil, transport.Refuse(503, "no_host", "the host %.64q was not found: %v", route.Host, err)
	}
	var all []gateway
	for _, a := range addresses[:min(len(addresses), maxAddresses)] {
		g.at = netip.AddrPortFrom(a.Unmap(), g.effectivePort())
		all = append(all, g)
	}
	return all, nil
}

func (g gateway) effectivePort() uint16 {
	switch {
	case g.port > 0:
		return uint16(g.port)
	case g.network == "tls":
		return uint16(gosip.DefaultTlsPort)
	}
	return uint16(gosip.DefaultUdpPort)
}

// resolve returns the addresses of a host, for which it has no longer than a gateway has for its first response.
func (c *call) resolve(host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	ctx, cancel := context.WithTimeout(c.ua.ctx, responseTimeout)
	defer cancel()
	return c.ua.deps.Agent.Lookup(ctx, host)
}

// uri is the Request-URI of a number at the gateway.
func (g gateway) uri(number string) gosip.Uri {
	u := gosip.Uri{Scheme: "sip", User: number, Host: strings.Trim(g.host, "[]"), Port: g.port}
	if g.network != "udp" {
		u.UriParams.Add("transport", g.network)
	}
	return u
}

// sentTo reports whether a request goes to the gateway itself, at whatever port.
func (g gateway) sentTo(req *gosip.Request) bool {
	to, err := netip.ParseAddrPort(req.Destination())
	return err == nil && to.Addr().Unmap() == g.at.Addr()
}
