package feed

import (
	"net/netip"
	"sync"
	"time"
)

// Whoever has given so many wrong passwords within a minute is asked for none until the minute is over. Who needs none, as
// an allowed host, is let in all the same.
const (
	mostGuesses  = 10
	guessWindow  = time.Minute
	mostGuessers = 10_000 // that are remembered
)

// guesses counts wrong passwords by where they come from: an IPv4 address, or a network of 64 bits of IPv6.
type guesses struct {
	now   func() time.Time
	mu    sync.Mutex
	wrong map[netip.Prefix]tries
}

type tries struct {
	since time.Time
	n     int
}

func home(source netip.Addr) netip.Prefix {
	bits := 64
	if source.Is4() {
		bits = 32
	}
	p, _ := source.Prefix(bits) // of a valid address it always is one
	return p
}

// may says whether a source may give a password.
func (g *guesses) may(source netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.wrong[home(source)]
	return t.n < mostGuesses || g.now().Sub(t.since) >= guessWindow
}

// failed counts a wrong password.
func (g *guesses) failed(source netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, from := g.now(), home(source)
	t := g.wrong[from]
	if at.Sub(t.since) >= guessWindow {
		t = tries{since: at}
	}
	if t.n == 0 && len(g.wrong) >= mostGuessers {
		clear(g.wrong) // of so many, none is worth remembering
	}
	t.n++
	g.wrong[from] = t
}
