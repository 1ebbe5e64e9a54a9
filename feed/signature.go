package feed

import (
	"crypto/sha256"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/feed/httpsig"
	"timbre/ttl"
)

// signed are the components of a request that a signature must cover: those that AudioHook signs.
var signed = []string{
	"@request-target", "@authority", "audiohook-organization-id", "audiohook-session-id", "audiohook-correlation-id", "x-api-key",
}

// signature is that of a request; nil if it is not signed. Its key is named twice, by the header that AudioHook always sends as well.
func (s *Server) signature(r *http.Request) (*httpsig.Signature, *refusal) {
	signature, err := httpsig.Read(r, signed)
	if err == nil && signature != nil {
		err = signature.Current(s.env.Now())
	}
	switch {
	case err != nil:
		return nil, refuse(http.StatusForbidden, "signature", err.Error())
	case signature != nil && signature.KeyID != r.Header.Get("X-Api-Key"):
		return nil, refuse(http.StatusForbidden, "signature", "the signature is of another key than X-API-KEY")
	}
	return signature, nil
}

// proof is what admission compares a signature with; nil without one.
func proof(s *httpsig.Signature) *timbre.Signature {
	if s == nil {
		return nil
	}
	return &timbre.Signature{User: s.KeyID, Signed: s.Base, MAC: s.MAC}
}

// maxNonces bounds the remembered nonces: those of a minute at more than a thousand feeds a second, or of a day at more than one.
const maxNonces = 1 << 17

// nonces remembers those of right signatures as long as the signatures are valid, so that who has heard a request cannot repeat it. Of what
// a server before this one has taken, what the journal has is known: other signatures that were made before the start are refused.
type nonces struct {
	start   time.Time
	journal *ttl.Journal // nil: none
	failing environment.Outage
	log     *slog.Logger

	mu   sync.Mutex
	used *ttl.Map[ttl.Key, struct{}]
}

func newNonces(env environment.Environment, journal *ttl.Journal) *nonces {
	n := &nonces{start: env.Now().Truncate(time.Second), journal: journal, log: env.Log, used: ttl.NewMap[ttl.Key, struct{}](httpsig.Life, nil)}
	if journal != nil {
		journal.Each(ttl.FeedNonce, func(key ttl.Key, until time.Time) { n.used.Put(key, struct{}{}, until) })
	}
	return n
}

// once is what can be used once of a signature.
type once struct {
	nonce   string // with whose it is
	made    time.Time
	until   time.Time // when the signature is valid no more
	undated bool      // it does not say when it was made
}

// last is the latest start of a server that would take it once more.
func (o *once) last() time.Time {
	if o.undated {
		return o.until
	}
	return o.made
}

// onceOf is that of a signature of AudioHook.
func onceOf(s *httpsig.Signature) *once {
	return &once{nonce: s.KeyID + "\n" + s.Nonce, made: s.Created, until: s.Until()}
}

// take refuses a signature that was taken before. Nil can be used again.
func (n *nonces) take(s *once, now time.Time) *refusal {
	if s == nil {
		return nil
	}
	if s.made.Before(n.start) {
		return refuse(http.StatusServiceUnavailable, "signature", "the signature was made before the start of the server: sign again")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.used.Forget(now)
	key := sha256.Sum256([]byte("feed\n" + s.nonce))
	if _, used := n.used.Get(key); used {
		return refuse(http.StatusForbidden, "signature", "the nonce of the signature was used already")
	}
	if n.used.Len() >= maxNonces {
		return refuse(http.StatusServiceUnavailable, "signature", "too many signed requests")
	}
	n.used.Put(key, struct{}{}, s.until)
	n.enter(key, s, now)
	return nil
}

// enter keeps a nonce for the next server, if that would take it.
func (n *nonces) enter(key ttl.Key, s *once, now time.Time) {
	if n.journal == nil {
		return
	}
	if err := n.journal.Keep(ttl.FeedNonce, key, s.last(), s.until, now); err != nil {
		n.failing.Failed(n.log, "nonces cannot be kept for the next start", "error", err)
		return
	}
	n.failing.Over(n.log, "nonces can be kept again")
}
