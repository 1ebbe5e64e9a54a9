package console

import (
	"net/http"
	"time"
)

// cookie is a secret that a browser keeps for this server alone, out of the reach of scripts.
type cookie struct {
	name  string // over TLS with a prefix, by which browsers take it over TLS alone, and from no other host
	site  http.SameSite
	lasts time.Duration
}

var (
	sessionCookie = cookie{"timbre-session", http.SameSiteStrictMode, totalLimit}
	// pendingCookie also comes with a link of another site: the one by which the issuer sends a browser back.
	pendingCookie = cookie{"timbre-oidc", http.SameSiteLaxMode, pendingLimit}
)

func (c cookie) nameFor(r *http.Request) string {
	if r.TLS != nil {
		return "__Host-" + c.name
	}
	return c.name
}

// of is the value that a request carries; empty: none.
func (c cookie) of(r *http.Request) string {
	given, err := r.Cookie(c.nameFor(r))
	if err != nil {
		return ""
	}
	return given.Value
}

// set gives a browser a value; an empty one takes the cookie away.
func (c cookie) set(w http.ResponseWriter, r *http.Request, value string) {
	made := &http.Cookie{Name: c.nameFor(r), Value: value, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: c.site, MaxAge: -1} //nolint:gosec // Secure where there is TLS: browsers keep no such cookie without
	if value != "" {
		made.MaxAge = int(c.lasts / time.Second)
	}
	http.SetCookie(w, made)
}
