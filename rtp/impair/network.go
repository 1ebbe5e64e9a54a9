// Package impair is a bad network for tests: in come datagrams, out go the same, but for those that it loses, doubles or
// delivers late, by a dice that always falls alike. It has no clock: a datagram is late by some of those that follow it.
//
// It does not change what is in a datagram, and nothing but tests uses it.
package impair

import (
	"bytes"
	"math/rand/v2"
)

// Network says what becomes of datagrams. The zero value delivers all of them in order.
type Network struct {
	Loss   float64 // share of them that is lost
	Burst  float64 // how many are lost in a row, on average; up to 1: each falls by itself
	Double float64 // share that comes twice
	Late   float64 // share that is overtaken
	Delay  int     // by how many of those that follow at most
	Spare  int     // the first ones, which nothing happens to: by them the receiver knows where a stream begins
	Seed   uint64
}

// Tally is what became of the datagrams so far.
type Tally struct {
	Taken, Doubled, Late, Delivered int
	Lost                            []int // which, counted from 0
}

// link is one stream of datagrams through a network.
type link struct {
	Network
	dice    *rand.Rand
	losing  bool
	waiting []waiting
	tally   Tally
}

// waiting is a datagram that is on its way.
type waiting struct {
	due  int // when so many have been taken
	data []byte
}

func newLink(n Network) *link { return &link{Network: n, dice: rand.New(rand.NewPCG(n.Seed, 7))} }

// pass takes the next datagram and gives those that arrive now.
func (l *link) pass(data []byte) (arriving [][]byte) {
	l.tally.Taken++
	if spared := l.tally.Taken <= l.Spare; spared || !l.loses() {
		l.wait(data, spared || l.dice.Float64() >= l.Late)
		if !spared && l.dice.Float64() < l.Double {
			l.tally.Doubled++
			l.wait(data, false)
		}
	} else {
		l.tally.Lost = append(l.tally.Lost, l.tally.Taken-1)
	}
	return l.arrive(l.tally.Taken)
}

// loses says whether the next datagram is lost. Runs begin so often that the share is right.
func (l *link) loses() bool {
	switch {
	case l.Burst <= 1:
		return l.dice.Float64() < l.Loss
	case l.losing:
		l.losing = l.dice.Float64() >= 1/l.Burst
	default:
		l.losing = l.dice.Float64() < l.Loss/(1-l.Loss)/l.Burst
	}
	return l.losing
}

// wait lets a datagram arrive at once, or after some of those that follow.
func (l *link) wait(data []byte, prompt bool) {
	due := l.tally.Taken
	if !prompt && l.Delay > 0 {
		l.tally.Late++
		due += 1 + l.dice.IntN(l.Delay)
	}
	l.waiting = append(l.waiting, waiting{due, bytes.Clone(data)})
}

// arrive gives what is due when so many datagrams have been taken.
func (l *link) arrive(now int) (arriving [][]byte) {
	kept := l.waiting[:0]
	for _, w := range l.waiting {
		if w.due <= now {
			arriving = append(arriving, w.data)
		} else {
			kept = append(kept, w)
		}
	}
	l.waiting = kept
	l.tally.Delivered += len(arriving)
	return arriving
}
