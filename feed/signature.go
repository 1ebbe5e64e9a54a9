package feed

import (
	"net/http"
	"sync"
	"time"

	"timbre"
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

// nonces remembers those of right signatures as long as the signatures are valid, so that who has heard a request cannot repeat it. What
// a server before this one has taken is not known: signatures that were made before the start are refused.
type nonces struct {
	start time.Time

	mu   sync.Mutex
	used *ttl.Map[string, struct{}]
}

func newNonces(now time.Time) *nonces {
	return &nonces{start: now.Truncate(time.Second), used: ttl.NewMap[string, struct{}](httpsig.Life, nil)}
}

// once is what can be used once of a signature.
type once struct {
	nonce string // with whose it is
	made  time.Time
	until time.Time // when the signature is valid no more
}

// onceOf is that of a signature of AudioHook.
func onceOf(s *httpsig.Signature) *once {
	return &once{s.KeyID + "\n" + s.Nonce, s.Created, s.Until()}
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
	if _, used := n.used.Get(s.nonce); used {
		return refuse(http.StatusForbidden, "signature", "the nonce of the signature was used already")
	}
	if n.used.Len() >= maxNonces {
		return refuse(http.StatusServiceUnavailable, "signature", "too many signed requests")
	}
	n.used.Put(s.nonce, struct{}{}, s.until)
	return nil
}
