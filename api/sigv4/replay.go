package sigv4

import (
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
)

// most bounds the remembered signatures: those of half an hour at nearly 150 changing requests a second.
const most = 1 << 19

// grace is how long requests with one signature may differ in what is not signed: dates count seconds, and the SDK of Python does not
// sign the id of a request and the number of its attempt, as others do. Two of its requests that are alike have one signature then.
const grace = 2 * time.Second

// replays remembers the signatures of changing requests as long as they are valid, so that who has heard a request cannot send it
// again.
//
// What a server before this one has taken is not known: requests dated before the start are refused, as RFC 4120 (3.2.3) advises.
type replays struct {
	start time.Time

	mu   sync.Mutex
	used map[digest]use
	next time.Time // when what is over is forgotten
}

type digest = [sha256.Size]byte

// use is when a signature was seen first, and until when it is valid.
type use struct{ first, until time.Time }

func newReplays(now time.Time) *replays {
	return &replays{start: now.Truncate(time.Second), used: map[digest]use{}}
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
	p.forget(now)
	id := r.Header.Get("Amz-Sdk-Invocation-Id")
	signature := sha256.Sum256([]byte(c.signature))
	request := sha256.Sum256([]byte(c.signature + "\n" + id + "\n" + r.Header.Get("Amz-Sdk-Request")))
	before, again := p.used[signature]
	if _, same := p.used[request]; again && (same || id == "" || now.Sub(before.first) > grace) {
		return refuse(mismatch, "This signature was used already. Sign each request anew.")
	}
	if len(p.used) >= most {
		return refuse(crowded, "Rate exceeded")
	}
	if !again {
		before = use{now, c.until()}
		p.used[signature] = before
	}
	p.used[request] = before
	return nil
}

// forget drops, once a minute, the signatures that are valid no more.
func (p *replays) forget(now time.Time) {
	if now.Before(p.next) {
		return
	}
	p.next = now.Add(time.Minute)
	for id, u := range p.used {
		if now.After(u.until) {
			delete(p.used, id)
		}
	}
}
