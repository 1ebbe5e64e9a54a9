package node

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// names says whether a Host is this server. Addresses always are: a page of another site can make its own name resolve to this server,
// but not change the name that the browser asks for.
func (g *guard) names(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return slices.ContainsFunc(g.hosts, func(own string) bool { return strings.EqualFold(own, strings.TrimSuffix(name, ".")) })
}

// foreign says whether a browser asks for a page of another site.
func foreign(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" && site != "same-origin" {
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || !strings.EqualFold(u.Host, r.Host)
}

// relayed are the headers of proxies, behind which the sender of a request may be anywhere.
var relayed = []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"}

// fromHere says whether a program of this machine has sent a request.
func fromHere(r *http.Request) bool {
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && source.Addr().Unmap().IsLoopback() &&
		!slices.ContainsFunc(relayed, func(name string) bool { return r.Header.Get(name) != "" })
}
