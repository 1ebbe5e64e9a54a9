package console

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"time"

	"timbre"
)

// maxProof bounds the body of a sign-in.
const maxProof = 4 << 10

// proof is what a browser signs in with.
type proof struct {
	KeyID        string `json:"keyId"`
	Secret       string `json:"secret"`
	SessionToken string `json:"sessionToken"` // of a key that has one
}

// signIn opens a session for who knows the secret of an access key. Who fails too often has to wait a minute.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	if !ofPage(r) {
		refuse(w, http.StatusForbidden, "sign in from the page of this server")
		return
	}
	var p proof
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxProof)).Decode(&p); err != nil {
		refuse(w, http.StatusBadRequest, "the body is not a sign-in")
		return
	}
	source := sourceOf(r)
	if !c.deps.Attempts.May(source, "") || !c.deps.Attempts.May(source, p.KeyID) {
		c.metrics.signIns.WithLabelValues("throttled").Inc()
		w.Header().Set("Retry-After", "60")
		refuse(w, http.StatusTooManyRequests, "too many wrong sign-ins from this address: wait a minute")
		return
	}
	key, ok := c.proven(r, p)
	if !ok {
		c.deps.Attempts.Failed(source, "")
		c.deps.Attempts.Failed(source, p.KeyID)
		c.metrics.signIns.WithLabelValues("refused").Inc()
		c.env.Repeats.Count(c.env.Log, source.String(), "a sign-in to the console is refused", "source", source)
		refuse(w, http.StatusUnauthorized, "the access key or its secret is wrong, or may not be used from here")
		return
	}
	reply(w, http.StatusOK, c.told(c.admit(w, r, key, "")))
}

// admit opens a session of a key, of a person if the issuer has signed one in.
func (c *Console) admit(w http.ResponseWriter, r *http.Request, key timbre.Key, person string) *session {
	c.metrics.signIns.WithLabelValues("accepted").Inc()
	c.deps.Keys.Used(key.ID)
	line := []any{"key", key.ID, "user", key.User, "source", sourceOf(r)}
	if person != "" {
		line = append(line, "subject", person)
	}
	c.env.Log.Info("signed in to the console", line...)
	s := c.sessions.begin(key, person)
	sessionCookie.set(w, r, s.id)
	return s
}

// proven returns the key of a proof.
func (c *Console) proven(r *http.Request, p proof) (timbre.Key, bool) {
	key, known := c.deps.Keys.Key(p.KeyID)
	secret := subtle.ConstantTimeCompare([]byte(key.Secret), []byte(p.Secret)) == 1
	token := subtle.ConstantTimeCompare([]byte(key.Session), []byte(p.SessionToken)) == 1
	return key, known && secret && token && !key.Expired(c.env.Now()) && key.From(sourceOf(r))
}

// sessionOf is a session as the page sees it.
type sessionOf struct {
	In     bool      `json:"signedIn"`
	OIDC   bool      `json:"oidc"` // there is an issuer to sign in by
	User   string    `json:"user"`
	KeyID  string    `json:"keyId"`
	Ends   time.Time `json:"expires"`
	IdleMs int64     `json:"idleMs"`
	Rights []string  `json:"rights"`
}

func (c *Console) told(s *session) sessionOf {
	return sessionOf{true, c.deps.Issuer != nil, s.key.User, s.key.ID, s.ends.UTC(), idleLimit.Milliseconds(), rights(s.key)}
}

// tellSession tells who has signed in. That nobody has is an answer, too: a browser would call another status an error.
func (c *Console) tellSession(w http.ResponseWriter, r *http.Request) {
	v, ok := c.visitor(r)
	if !ok {
		reply(w, http.StatusOK, struct {
			SignedIn bool `json:"signedIn"`
			OIDC     bool `json:"oidc"`
		}{false, c.deps.Issuer != nil})
		return
	}
	reply(w, http.StatusOK, c.told(v.session))
}

// signOut ends a session. It needs none, so that a page can always be rid of its cookie.
func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	if !ofPage(r) {
		refuse(w, http.StatusForbidden, "sign out from the page of this server")
		return
	}
	c.sessions.end(sessionCookie.of(r))
	sessionCookie.set(w, r, "")
	w.WriteHeader(http.StatusNoContent)
}

// serveAPI passes a request on to the two AWS APIs.
func (c *Console) serveAPI(w http.ResponseWriter, r *http.Request, v visitor) {
	http.StripPrefix("/console/api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.deps.API(w, r, v.key)
	})).ServeHTTP(w, r)
}
