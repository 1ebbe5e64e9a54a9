package sigv4

import (
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"timbre/environment"
	"timbre/ttl"
)

// most bounds the remembered signatures. Each request takes two places for a quarter of an hour. One key holds at most as many as
// are free, so that none uses up the room of all.
const most = 1 << 19

// Dates count seconds, and the SDK of Python does not sign the id of a request and the number of its attempt, as others do: some of its
// requests that are alike have one signature. They are sent up to a second apart, from one host, and may arrive another second apart.
const (
	grace = 2 * time.Second
	alike = 8 // requests with one signature
)

// replays remembers the signatures of changing requests as long as they are valid, so that a request that was overheard cannot be
// sent again.
//
// Of what a server before this one has taken, what a Journal has is known: other requests dated before the start are refused, as RFC 4120 (3.2.3)
// advises.
type replays struct {
	start   time.Time
	journal *ttl.Journal // nil: none
	failing environment.Outage
	log     *slog.Logger

	mu   sync.Mutex
	most int // signatures
	used *ttl.Map[digest, use]
	held map[string]int // signatures of each key
}

type digest = [sha256.Size]byte

// use is a signature that was seen.
type use struct {
	key   string
	first time.Time
	from  netip.Addr
	ids   int // that came with it; 0: the first request had none
}

// excuses reports whether another request may have the signature.
func (u use) excuses(id string, from netip.Addr, now time.Time) bool {
	return id != "" && u.ids > 0 && u.ids < alike && from == u.from && now.Sub(u.first) <= grace
}

func newReplays(now time.Time) *replays {
	p := &replays{start: now.Truncate(time.Second), most: most, held: map[string]int{}}
	p.used = ttl.NewMap[digest](time.Minute, p.release)
	return p
}

// take refuses a changing request that was taken before.
func (p *replays) take(r *http.Request, c *claim, now time.Time) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if c.at.Before(p.start) {
		return refuse(expired, "The request is dated before the start of the server, which cannot know whether it was received before. Sign it again.")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used.Forget(now)
	id, from := r.Header.Get("Amz-Sdk-Invocation-Id"), sender(r)
	signed := c.accessKeyID + "\n" + c.signature // which does not cover the key
	signature := sha256.Sum256([]byte(signed))
	request := sha256.Sum256([]byte(signed + "\n" + id + "\n" + r.Header.Get("Amz-Sdk-Request")))
	u, again := p.used.Get(signature)
	if _, same := p.used.Get(request); again && (same || !u.excuses(id, from, now)) {
		return refuse(mismatch, "This signature was used already. Each request needs a signature of its own.")
	}
	if p.held[c.accessKeyID] >= p.most-p.used.Len() {
		return refuse(crowded, "Rate exceeded")
	}
	if !again {
		u = use{key: c.accessKeyID, first: now, from: from}
		p.held[u.key]++
	}
	if id != "" {
		u.ids++
	}
	p.used.Put(signature, u, c.until())
	p.used.Put(request, u, c.until())
	p.held[u.key]++
	p.enter(signature, c, now)
	return nil
}

// enter keeps a signature for the next server, if that would take it.
func (p *replays) enter(signature digest, c *claim, now time.Time) {
	if p.journal == nil {
		return
	}
	if err := p.journal.Keep(ttl.APISignature, signature, c.at, c.until(), now); err != nil {
		p.failing.Failed(p.log, "signatures cannot be kept for the next start", "error", err)
		return
	}
	p.failing.Over(p.log, "signatures can be kept again")
}

// recall takes the signatures that a journal has for used.
func (p *replays) recall(j *ttl.Journal) {
	j.Each(ttl.APISignature, func(signature digest, until time.Time) {
		p.used.Put(signature, use{}, until)
		p.held[""]++
	})
	p.journal = j
}

// sender is the host that a request comes from.
func sender(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr()
}

// release takes one that is valid no more off the count of its key. The caller holds mu.
func (p *replays) release(u use) {
	if p.held[u.key]--; p.held[u.key] == 0 {
		delete(p.held, u.key)
	}
}
