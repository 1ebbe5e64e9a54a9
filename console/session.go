package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
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
	idleLimit  = 15 * time.Minute // without a request
	totalLimit = 12 * time.Hour
	sessionsOf = 20   // an access key, or a person of the issuer; one more ends the one that was used least recently
	sharedBy   = 1000 // all people of the issuer who have the rights of one key
)

// session is a browser that has proven an access key, or a person to whom the issuer gives one. It keeps no secret.
type session struct {
	id          string
	person      string     // the issuer's subject; empty: who knows the secret of the key
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

// begin opens a session of a key, of a person if the issuer has signed one in.
func (s *sessions) begin(k timbre.Key, person string) *session {
	now := s.env.Steady()
	n := &session{id: newSecret(), person: person, began: now, used: now, ends: s.env.Now().Add(totalLimit)}
	n.key, n.secrets = s.bare(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	var same, shared []*session
	for id, o := range s.byID {
		switch {
		case o.over(now):
			delete(s.byID, id)
			continue
		case o.key.ID != k.ID:
			continue
		case o.person == person:
			same = append(same, o)
		}
		if o.person != "" {
			shared = append(shared, o)
		}
	}
	s.makeRoom(same, sessionsOf)
	if person != "" {
		s.makeRoom(shared, sharedBy)
	}
	s.byID[n.id] = n
	return n
}

// makeRoom ends the session that was used least recently if there are as many as there may be. The caller holds mu.
func (s *sessions) makeRoom(of []*session, most int) {
	if len(of) >= most {
		delete(s.byID, slices.MinFunc(of, func(a, b *session) int { return a.used.Compare(b.used) }).id)
	}
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

// sourceOf is the address that a request comes from.
func sourceOf(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr()
}
