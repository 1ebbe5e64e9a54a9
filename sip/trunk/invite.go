package trunk

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/transport"
)

const (
	// reply is how long a gateway may be silent when there is another one to try.
	reply = 5 * time.Second
	// ringing is how long a call may ring, from the last sign of life.
	ringing = 3 * time.Minute
	// addresses of a gateway's name are tried, at most so many.
	maxAddresses = 3
)

// Invite puts a call through, or refuses it. It returns when the caller has taken the answer.
func (e *Exchange) Invite(in Incoming) {
	c, r := e.newCall(in)
	if r != nil {
		e.metrics.failed.WithLabelValues(strconv.Itoa(r.Code)).Inc()
		in.Over()
		e.agent.Refuse(in.Request, in.Tx, r)
		return
	}
	defer func() {
		if p := recover(); p != nil { // no call stays that nobody ends
			c.hangUp(e.ctx, nil, "a fault of the server")
			panic(p)
		}
	}()
	if !in.Tx.OnCancel(func(*gosip.Request) { c.giveUp() }) {
		c.giveUp()
	}
	e.agent.Respond(c.tx, gosip.NewResponseFromRequest(c.invite, gosip.StatusTrying, "Trying", nil)) // or the stack would, at any time
	at, res, r := c.reach(order(in.Routes, e.chance))
	if r == nil && res != nil && res.IsSuccess() {
		r = c.connect(at, res)
		res = nil
	}
	switch {
	case c.isGivenUp() && !c.isUp(c.caller()): // and has been told
		c.failed(487)
		c.drop()
	case r != nil:
		c.failed(r.Code)
		c.drop()
		e.agent.Refuse(c.invite, c.tx, r)
	case res != nil:
		c.failed(res.StatusCode)
		c.drop()
		e.log.Info("trunk call failed", "call", c.invite.CallID().Value(), "status", res.StatusCode)
		e.agent.Respond(c.tx, c.failure(res))
	}
}

// gateway is a place where a route leads.
type gateway struct {
	host    string // of the route
	port    int    // of the route; 0: not said
	network string
	at      netip.AddrPort
}

// reach tries the routes in their order until one has a final answer: 2xx, or a failure that another route would not mend.
// All nil: the caller has given up.
func (c *call) reach(routes []timbre.Route) (at *attempt, res *gosip.Response, r *transport.Refusal) {
	r = transport.Refuse(503, "no_route", "no route leads anywhere")
	for i, route := range routes {
		found, why := c.gateways(route)
		if why != nil {
			res, r = nil, why
			c.next(route, why.Detail)
			continue
		}
		for j, g := range found {
			var again bool
			at, res, r, again = c.try(g, i == len(routes)-1 && j == len(found)-1)
			if !again {
				return at, res, r
			}
			if r != nil {
				c.next(route, r.Detail)
			} else {
				c.next(route, "it answered "+strconv.Itoa(res.StatusCode))
			}
		}
	}
	return nil, res, r
}

func (c *call) next(route timbre.Route, why string) {
	c.e.metrics.failovers.Inc()
	c.e.log.Warn("a route failed", "call", c.invite.CallID().Value(), "host", route.Host, "why", why)
}

// gateways are the addresses of a route. A connector that requires encryption reaches its TCP routes by TLS.
func (c *call) gateways(route timbre.Route) ([]gateway, *transport.Refusal) {
	g := gateway{host: route.Host, port: route.Port, network: "udp"}
	port := gosip.DefaultUdpPort
	if strings.EqualFold(route.Protocol, "TCP") {
		g.network = "tcp"
	}
	if c.connector.RequireEncryption {
		if g.network == "udp" {
			return nil, transport.Refuse(503, "encryption", "the connector requires encryption, and the route is UDP")
		}
		g.network, port = "tls", gosip.DefaultTlsPort
	}
	if g.port > 0 {
		port = g.port
	}
	host := strings.Trim(route.Host, "[]")
	addresses := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, a)
	} else if addresses, err = c.lookup(host); err != nil || len(addresses) == 0 {
		return nil, transport.Refuse(503, "no_host", "the host %.64q was not found: %v", host, err)
	}
	var all []gateway
	for _, a := range addresses[:min(len(addresses), maxAddresses)] {
		g.at = netip.AddrPortFrom(a.Unmap(), uint16(port))
		all = append(all, g)
	}
	return all, nil
}

// lookup finds the addresses of a host, if that does not take longer than a gateway may.
func (c *call) lookup(host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(c.e.ctx, reply)
	defer cancel()
	return c.e.agent.Lookup(ctx, host)
}

// uri is how the gateway is asked for a number.
func (g gateway) uri(number string) gosip.Uri {
	u := gosip.Uri{Scheme: "sip", User: number, Host: strings.Trim(g.host, "[]"), Port: g.port}
	if g.network != "udp" {
		u.UriParams.Add("transport", g.network)
	}
	return u
}

// hostPort is the gateway's address as a destination.
func (g gateway) hostPort() string {
	if _, err := netip.ParseAddr(strings.Trim(g.host, "[]")); err == nil || g.network != "tls" {
		return g.at.String()
	}
	return net.JoinHostPort(g.host, strconv.Itoa(int(g.at.Port()))) // its certificate is for its name
}
