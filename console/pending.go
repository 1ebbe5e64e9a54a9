package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/netip"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// The limits of sign-ins that wait for the answer of the issuer.
const (
	pendingLimit = 10 * time.Minute
	maxPending   = 1000
	pendingOf    = 20 // a host
)

// Challenge is what ties the answer of an issuer to the browser and the sign-in that it is for.
type Challenge struct {
	State    string // comes back in the address
	Nonce    string // comes back in the ID token
	Verifier string // proves to the issuer that who redeems the code has begun the sign-in (PKCE, RFC 7636)
}

func newChallenge() Challenge {
	return Challenge{State: newSecret(), Nonce: newSecret(), Verifier: newSecret()}
}

// newSecret is 32 random bytes as text.
func newSecret() string {
	random := make([]byte, sha256.Size)
	_, _ = rand.Read(random) // never fails
	return base64.RawURLEncoding.EncodeToString(random)
}

// pendings are the sign-ins that wait, by the secret of their browser.
type pendings struct {
	env environment.Environment

	mu   sync.Mutex
	byID map[string]pending
}

type pending struct {
	Challenge
	host  netip.Prefix
	began time.Time // by the clock that never jumps
}

func newPendings(env environment.Environment) *pendings {
	return &pendings{env: env, byID: map[string]pending{}}
}

// add returns the secret by which the browser finds a challenge again. One too many makes the oldest of its host, or of all, be forgotten.
func (p *pendings) add(c Challenge, source netip.Addr) (id string) {
	id = newSecret()
	added := pending{c, timbre.HostNetwork(source), p.env.Steady()}
	p.mu.Lock()
	defer p.mu.Unlock()
	ofHost, oldest, oldestOfHost := 0, "", ""
	for other, o := range p.byID {
		if o.over(added.began) {
			delete(p.byID, other)
			continue
		}
		oldest = p.older(oldest, other)
		if o.host == added.host {
			ofHost++
			oldestOfHost = p.older(oldestOfHost, other)
		}
	}
	switch {
	case ofHost >= pendingOf:
		delete(p.byID, oldestOfHost)
	case len(p.byID) >= maxPending:
		delete(p.byID, oldest)
	}
	p.byID[id] = added
	return id
}

// older is the one of two that began first; an empty one is none.
func (p *pendings) older(a, b string) string {
	if a == "" || p.byID[b].began.Before(p.byID[a].began) {
		return b
	}
	return a
}

func (o pending) over(now time.Time) bool { return now.Sub(o.began) >= pendingLimit }

// take returns the challenge of a browser whose state has come back, once.
func (p *pendings) take(id, state string) (Challenge, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, known := p.byID[id]
	if !known || o.over(p.env.Steady()) || subtle.ConstantTimeCompare([]byte(o.State), []byte(state)) == 0 {
		return Challenge{}, false
	}
	delete(p.byID, id)
	return o.Challenge, true
}
