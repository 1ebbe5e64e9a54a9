package source

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"timbre"
)

// A source with too many wrong passwords in a window may try none until the window is over.
const (
	maxAttempts     = 10
	attemptWindow   = time.Minute
	maxTriedOfAHost = 1000   // users that are remembered of a host
	maxTried        = 20_000 // and of all
)

// Attempts counts wrong passwords by source and user, where a request that fails is no SIP message that Limiter has seen. An empty user
// stands for all together. Users that nobody has make others be forgotten late, or never: of a host with too many the one with the fewest wrong
// passwords, of too many hosts the one whose window began first. It is safe for concurrent use.
type Attempts struct {
	now   func() time.Time
	mu    sync.Mutex
	hosts map[netip.Prefix]*list.Element
	order *list.List // of *attempter, whose window began first at the front
	tried int        // users of all hosts
}

// attempter is a host with wrong passwords.
type attempter struct {
	network netip.Prefix
	since   time.Time
	wrong   map[string]int // by user
}

// NewAttempts makes an Attempts.
func NewAttempts(now func() time.Time) *Attempts {
	return &Attempts{now: now, hosts: map[netip.Prefix]*list.Element{}, order: list.New()}
}

// May reports whether a source may try a password of a user.
func (a *Attempts) May(source netip.Addr, user string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.hosts[timbre.HostNetwork(source)]
	if e == nil {
		return true
	}
	h := e.Value.(*attempter)
	return h.wrong[user] < maxAttempts || a.now().Sub(h.since) >= attemptWindow
}

// Failed counts a wrong password.
func (a *Attempts) Failed(source netip.Addr, user string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.host(timbre.HostNetwork(source))
	if h.wrong[user] == 0 {
		if len(h.wrong) >= maxTriedOfAHost {
			delete(h.wrong, h.leastTried())
			a.tried--
		}
		a.tried++
	}
	h.wrong[user]++
	for a.tried > maxTried {
		a.forget(a.order.Front())
	}
}

// host returns a host within its window, which begins now unless there is one. The caller holds mu.
func (a *Attempts) host(network netip.Prefix) *attempter {
	now, e := a.now(), a.hosts[network]
	if e != nil && now.Sub(e.Value.(*attempter).since) < attemptWindow {
		return e.Value.(*attempter)
	}
	if e != nil {
		a.forget(e)
	}
	h := &attempter{network, now, map[string]int{}}
	a.hosts[network] = a.order.PushBack(h)
	return h
}

// forget drops a host. The caller holds mu.
func (a *Attempts) forget(e *list.Element) {
	h := a.order.Remove(e).(*attempter)
	delete(a.hosts, h.network)
	a.tried -= len(h.wrong)
}

// leastTried is the user with the fewest wrong passwords.
func (h *attempter) leastTried() (user string) {
	fewest := 0
	for u, n := range h.wrong {
		if fewest == 0 || n < fewest {
			user, fewest = u, n
		}
	}
	return user
}
