// Package impair simulates a bad network for tests. Datagrams come in; the same go out, some of them lost, duplicated or reordered,
// reproducibly by a seed. It has no clock: a datagram is delayed by a number of those that follow it.
//
// It does not change datagrams, and is for tests only.
package impair

import (
	"bytes"
	"math/rand/v2"
)

// Network configures a network. The zero value delivers all datagrams in order.
type Network struct {
	Loss      float64 // share that is lost, 0 to 1
	Burst     float64 // mean length of a burst of losses; up to 1: losses are independent
	Duplicate float64 // share that is delivered twice
	Reorder   float64 // share that is overtaken by later ones
	Delay     int     // by how many later ones at most
	Intact    int     // how many at the beginning are delivered unchanged, so that a receiver knows where the stream starts
	Seed      uint64
}

// Tally counts datagrams.
type Tally struct {
	Received, Duplicated, Reordered, Delivered int
	Lost                                       []int // their indices from 0
}

// link is a stream of datagrams through a network.
type link struct {
	Network
	random  *rand.Rand
	losing  bool
	delayed []delayed
	tally   Tally
}

// delayed is a datagram in flight.
type delayed struct {
	due  int // when so many have been received
	data []byte
}

func newLink(n Network) *link { return &link{Network: n, random: rand.New(rand.NewPCG(n.Seed, 7))} }

// take takes the next datagram and returns those that arrive now.
func (l *link) take(data []byte) (arriving [][]byte) {
	l.tally.Received++
	if spared := l.tally.Received <= l.Intact; spared || !l.loses() {
		l.wait(data, spared || l.random.Float64() >= l.Reorder)
		if !spared && l.random.Float64() < l.Duplicate {
			l.tally.Duplicated++
			l.wait(data, false)
		}
	} else {
		l.tally.Lost = append(l.tally.Lost, l.tally.Received-1)
	}
	return l.arrive(l.tally.Received)
}

// loses decides whether the next datagram is lost (a Gilbert model with the configured share and burst length).
func (l *link) loses() bool {
	switch {
	case l.Burst <= 1:
		return l.random.Float64() < l.Loss
	case l.losing:
		l.losing = l.random.Float64() >= 1/l.Burst
	default:
		l.losing = l.random.Float64() < l.Loss/(1-l.Loss)/l.Burst
	}
	return l.losing
}

// wait schedules a datagram at once or after some later ones.
func (l *link) wait(data []byte, prompt bool) {
	due := l.tally.Received
	if !prompt && l.Delay > 0 {
		l.tally.Reordered++
		due += 1 + l.random.IntN(l.Delay)
	}
	l.delayed = append(l.delayed, delayed{due, bytes.Clone(data)})
}

// arrive returns the datagrams that are due.
func (l *link) arrive(now int) (arriving [][]byte) {
	kept := l.delayed[:0]
	for _, w := range l.delayed {
		if w.due <= now {
			arriving = append(arriving, w.data)
		} else {
			kept = append(kept, w)
		}
	}
	l.delayed = kept
	l.tally.Delivered += len(arriving)
	return arriving
}
