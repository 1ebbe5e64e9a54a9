package node

import (
	"bytes"
	"crypto/hmac"
	"errors"
	"io"
	"net/http"
	"strings"

	"timbre"
	"timbre/api/sigv4"
	"timbre/console"
)

// maxOrder bounds the body of a request on the admin port.
const maxOrder = 1 << 20

// guard decides who sees and does what on the admin port: holders of the operator's token, signers with an access key, who has signed in to
// the console with one, and, where the settings trust them, programs of the same machine, which only read.
type guard struct {
	token      string
	trustLocal bool
	hosts      []string // names of the server besides its addresses
	signatures *sigv4.Verifier
	console    *console.Console
}

// caller is who has sent a request.
type caller struct {
	operator, local bool
	key             *timbre.Key
}

func (c caller) may(action string) bool {
	switch {
	case c.operator:
		return true
	case c.key != nil:
		return c.key.May(action, "*")
	}
	return c.local && (action == timbre.ActionGetMetrics || action == timbre.ActionListCalls)
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
	if key, ok := g.console.Visitor(r); ok {
		return caller{key: &key}, nil
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

// known lets only requests pass to a name of this server.
func (g *guard) known(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !g.names(r.Host) {
			http.Error(w, "this server does not have that name: see admin.hosts", http.StatusMisdirectedRequest)
			return
		}
		h(w, r)
	}
}

// own lets only requests pass to a name of this server and from no page of another.
func (g *guard) own(h http.HandlerFunc) http.HandlerFunc {
	return g.known(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if foreign(r) {
			http.Error(w, "pages of other sites may not ask", http.StatusForbidden)
			return
		}
		h(w, r)
	})
}

// need lets only requests pass whose caller has the right, to a name of this server and from no page of another.
func (g *guard) need(needed string, h http.HandlerFunc) http.HandlerFunc {
	return g.own(func(w http.ResponseWriter, r *http.Request) {
		who, err := g.of(r)
		switch {
		case err != nil:
			w.Header().Set("WWW-Authenticate", `Bearer realm="timbre"`)
			http.Error(w, err.Error(), http.StatusUnauthorized)
		case !who.may(needed) && who.key != nil:
			http.Error(w, "the access key does not have the right "+needed, http.StatusForbidden)
		case !who.may(needed):
			w.Header().Set("WWW-Authenticate", `Bearer realm="timbre"`)
			http.Error(w, "the operator's token or a signature is missing", http.StatusUnauthorized)
		default:
			h(w, r)
		}
	})
}

// has says whether the caller of a request that may come from anywhere has a right.
func (g *guard) has(r *http.Request, needed string) bool {
	if !g.names(r.Host) || foreign(r) {
		return false
	}
	who, err := g.of(r)
	return err == nil && who.may(needed)
}
