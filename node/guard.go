package node

import (
	"bytes"
	"crypto/hmac"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"timbre"
	"timbre/api/sigv4"
)

// right is what a request on the admin port needs, as the grants of keys name it.
type right string

const (
	getMetrics   right = "timbre:GetMetrics"
	listCalls    right = "timbre:ListCalls"
	getNumbers   right = "timbre:GetNumbers" // of live calls, unmasked
	manageOutbox right = "timbre:ManageOutbox"
	getProfile   right = "timbre:GetProfile" // of the Go runtime
)

// maxOrder bounds the body of a request on the admin port.
const maxOrder = 1 << 20

// guard decides who sees and does what on the admin port: who has the operator's token, who signs with an access key, and, where the
// settings trust them, programs of the same machine, which only read.
type guard struct {
	token      string
	trustLocal bool
	hosts      []string // names of the server besides its addresses
	signatures *sigv4.Verifier
}

// caller is who has sent a request.
type caller struct {
	operator, local bool
	key             *timbre.Key
}

func (c caller) may(r right) bool {
	switch {
	case c.operator:
		return true
	case c.key != nil:
		return c.key.May(string(r), "*")
	}
	return c.local && (r == getMetrics || r == listCalls)
}

// of names the caller of a request. Credentials that are wrong are an error, wherever they come from.
func (g *guard) of(r *http.Request) (caller, error) {
	authorization := r.Header.Get("Authorization")
	token, bearer := strings.CutPrefix(authorization, "Bearer ")
	switch {
	case bearer && hmac.Equal([]byte(token), []byte(g.token)):
		return caller{operator: true}, nil
	case strings.HasPrefix(authorization, "AWS4-"), r.URL.Query().Has("X-Amz-Signature"):
		key, err := g.signatures.Check(r, func() ([]byte, error) { return rewound(r) })
		return caller{key: &key}, err
	case authorization != "":
		return caller{}, errors.New("the token is wrong")
	}
	return caller{local: g.trustLocal && fromHere(r)}, nil
}

// rewound returns the body of a request, which can be read again.
func rewound(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxOrder+1))
	if err == nil && len(body) > maxOrder {
		err = errors.New("the body is too long")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

// need lets only requests pass whose caller has the right, to the address of this server and from no page of another.
func (g *guard) need(needed right, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		who, err := g.of(r)
		switch {
		case !g.names(r.Host):
			http.Error(w, "this server does not have that name: see admin.hosts", http.StatusMisdirectedRequest)
		case foreign(r):
			http.Error(w, "pages of other sites may not ask", http.StatusForbidden)
		case err != nil:
			w.Header().Set("WWW-Authenticate", `Bearer realm="timbre"`)
			http.Error(w, err.Error(), http.StatusUnauthorized)
		case !who.may(needed) && who.key != nil:
			http.Error(w, "the access key does not have the right "+string(needed), http.StatusForbidden)
		case !who.may(needed):
			w.Header().Set("WWW-Authenticate", `Bearer realm="timbre"`)
			http.Error(w, "the operator's token or a signature is missing", http.StatusUnauthorized)
		default:
			h(w, r)
		}
	}
}

// has says whether the caller of a request that may come from anywhere has a right.
func (g *guard) has(r *http.Request, needed right) bool {
	who, err := g.of(r)
	return err == nil && who.may(needed) && g.names(r.Host) && !foreign(r)
}

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
