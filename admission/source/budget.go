package source

import (
	"net/netip"
	"time"
)

const (
	sharerLife = 10 * time.Second // how long who has asked for something has a share
	maxSharers = 1000             // with a share of their own
	oneEvent   = 1 - 1e-6         // what has to be left for one: parts of a second are not exact
)

// Budget is a number of events a second that hosts, or networks, share. One may use all of them while no other one asks. One that has not
// used its share, the same for all that ask, gets it although others have used up the rest; these wait until that is paid back, so that the
// limit holds over a few seconds. It is not safe for concurrent use.
type Budget struct {
	limit   float64 // since the last event
	left    float64 // below zero: to be paid back
	at      time.Time
	sharers map[netip.Prefix]*sharer
	looked  time.Time // when sharers were last forgotten
}

// sharer is what one has left of its share.
type sharer struct {
	left float64
	at   time.Time // when it last asked
}

// NewBudget makes a Budget of which nothing is used.
func NewBudget(perSecond int, now time.Time) *Budget {
	return &Budget{limit: float64(perSecond), left: float64(perSecond), at: now, sharers: map[netip.Prefix]*sharer{}, looked: now}
}

// Allow counts one event, or returns false. The limit may have changed since the last one.
func (b *Budget) Allow(from netip.Prefix, perSecond int, now time.Time) bool {
	all := float64(perSecond)
	b.left = refill(b.left, b.at, now, b.limit)
	b.at, b.limit = now, all
	b.left = min(b.left, all)
	b.forget(now)
	s, share := b.sharer(from, all, now)
	s.left = refill(s.left, s.at, now, share)
	s.at = now
	switch {
	case b.left >= oneEvent:
	case len(b.sharers) > 1 && s.left >= oneEvent && b.left > 1-all:
	default:
		return false
	}
	b.left--
	s.left = max(s.left-1, 0)
	return true
}

// sharer is what one has left, and the share of each. It is one event at least.
func (b *Budget) sharer(from netip.Prefix, all float64, now time.Time) (s *sharer, share float64) {
	if b.sharers[from] == nil && len(b.sharers) >= maxSharers {
		from = netip.Prefix{}
	}
	s = b.sharers[from]
	if s == nil {
		s = &sharer{left: all, at: now} // which is cut to its share
		b.sharers[from] = s
	}
	return s, max(all/float64(len(b.sharers)), 1)
}

// forget drops those that have not asked for a while, once a second.
func (b *Budget) forget(now time.Time) {
	if now.Sub(b.looked) < time.Second {
		return
	}
	b.looked = now
	for from, s := range b.sharers {
		if now.Sub(s.at) >= sharerLife {
			delete(b.sharers, from)
		}
	}
}

// refill is what is left at a rate a second, a second's worth at most.
func refill(left float64, since, now time.Time, rate float64) float64 {
	return min(left+now.Sub(since).Seconds()*rate, rate)
}
