package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// The limits of a session.
const (
	idleLimit   = 15 * time.Minute // without a request
	totalLimit  = 12 * time.Hour
	sessionsOf  = 20 // an access key; one more ends the one that was used least recently
	cookie      = "timbre-session"
	cookieOfTLS = "__Host-timbre-session" // browsers take it over TLS alone, and from no other host
)

// session is a browser that has proven an access key. It keeps no secret.
type session struct {
	id          string
	key         timbre.Key // as it was, without its secrets
	secrets     [sha256.Size]byte
	began, used time.Time // by the clock that never jumps
	ends        time.Time // to be shown
}

// sessions are those that have not ended. They are bounded by the number of access keys.
type sessions struct {
	env  environment.Environment
	keys timbre.Keys
	salt []byte // of the digests of secrets

	mu   sync.Mutex
	byID map[string]*session
}

func newSessions(env environment.Environment, keys timbre.Keys) *sessions {
	s := &sessions{env: env, keys: keys, salt: make([]byte, sha256.Size), byID: map[string]*session{}}
	_, _ = rand.Read(s.salt) // never fails
	return s
}

// bare is a key without its secrets, and their digest.
func (s *sessions) bare(k timbre.Key) (timbre.Key, [sha256.Size]byte) {
	digest := hmac.New(sha256.New, s.salt)
	digest.Write([]byte(k.Secret + "\x00" + k.Session))
	k.Secret, k.Session = "", ""
	return k, [sha256.Size]byte(digest.Sum(nil))
}

// begin opens a session of a key.
func (s *sessions) begin(k timbre.Key) *session {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	now := s.env.Steady()
	n := &session{id: base64.RawURLEncoding.EncodeToString(random), began: now, used: now, ends: s.env.Now().Add(totalLimit)}
	n.key, n.secrets = s.bare(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	var same []*session
	for id, o := range s.byID {
		switch {
		case o.over(now):
			delete(s.byID, id)
		case o.key.ID == k.ID:
			same = append(same, o)
		}
	}
	if len(same) >= sessionsOf {
		oldest := slices.MinFunc(same, func(a, b *session) int { return a.used.Compare(b.used) })
		delete(s.byID, oldest.id)
	}
	s.byID[n.id] = n
	return n
}

func (n *session) over(now time.Time) bool {
	return now.Sub(n.used) >= idleLimit || now.Sub(n.began) >= totalLimit
}

// find returns the session of an id and its key, as long as the key is what it was and may be used from the source. A use postpones the
// idle limit.
func (s *sessions) find(id string, source netip.Addr, use bool) (*session, timbre.Key, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.byID[id]
	if n == nil {
		return nil, timbre.Key{}, false
	}
	now := s.env.Steady()
	key, known := s.keys.Key(n.key.ID)
	bare, secrets := s.bare(key)
	switch {
	case n.over(now), !known, key.Expired(s.env.Now()), secrets != n.secrets, !bare.Equal(n.key):
		delete(s.byID, id)
		return nil, timbre.Key{}, false
	case !key.From(source): // another place has got hold of the cookie: it is of no use there
		return nil, timbre.Key{}, false
	}
	if use {
		n.used = now
		s.keys.Used(key.ID)
	}
	return n, key, true
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

// cookieOf is the id of the session that a request carries; empty: none.
func cookieOf(r *http.Request) string {
	name := cookie
	if r.TLS != nil {
		name = cookieOfTLS
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie gives a browser the id of its session; an empty one takes it away.
func setCookie(w http.ResponseWriter, r *http.Request, id string) {
	c := &http.Cookie{Name: cookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1}
	if r.TLS != nil {
		c.Name, c.Secure = cookieOfTLS, true
	}
	if id != "" {
		c.MaxAge = int(totalLimit / time.Second)
	}
	http.SetCookie(w, c)
}

// sourceOf is the address that a request comes from.
func sourceOf(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr()
}
