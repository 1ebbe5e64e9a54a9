package rtp

import (
	"bytes"
	"net/netip"
	"time"
)

const (
	// maxCandidates is how many handshakes an association tries side by side, and how many addresses it tries in the place of the
	// signalled one.
	maxCandidates = 8
	// candidateGrace is how long a candidate has until a newcomer may take its place, and an address that answers in the place of the
	// signalled one until it must have shown its certificate.
	candidateGrace = 2 * time.Second
	// headStart is how long the signalled address alone may answer our ClientHello.
	headStart = time.Second
)

// at returns the handshake that records from an address belong to. A ClientHello with another random than that of the peer begins
// the next one.
func (a *association) at(from netip.AddrPort, clientRandom []byte) *candidate {
	if c := a.candidates[from]; c != nil {
		return c
	}
	for _, c := range a.candidates {
		if c.follows == from {
			return c
		}
	}
	p := a.proven
	if p == nil || from != p.with && from != p.follows || !a.params.Active && clientRandom != nil && !bytes.Equal(clientRandom, p.clientRandom) {
		return nil
	}
	return p
}

// makeRoom makes room for a handshake that an address begins. The signalled address always finds a place; another one takes that of
// a candidate which has had its time.
func (a *association) makeRoom(from netip.AddrPort) bool {
	if len(a.candidates) < maxCandidates {
		return true
	}
	var oldest *candidate
	for _, c := range a.candidates {
		if c.with != a.target && (oldest == nil || c.began.Before(oldest.began)) {
			oldest = c
		}
	}
	if oldest == nil || from != a.target && a.stream.pool.env.Steady().Sub(oldest.began) < candidateGrace {
		return false
	}
	oldest.abandon()
	delete(a.candidates, oldest.with)
	return true
}

// follow lets an address answer our ClientHello in the place of the signalled one, which has had its head start and is silent: a peer
// may send from another port than it receives on. Our records still go to the signalled address, and no alert does before the
// certificate is there: what is answered may be false. Nil: it may not answer.
func (a *association) follow(from netip.AddrPort) *candidate {
	c := a.candidates[a.target]
	switch {
	case c == nil || c.heard || c.follows.IsValid() || a.barred[from] || len(a.barred) == maxCandidates:
		return nil
	case a.stream.pool.env.Steady().Sub(c.began) < headStart:
		return nil
	}
	c.follows = from
	c.transport.careful.Store(true)
	time.AfterFunc(candidateGrace, c.giveUp)
	return c
}

// again restarts a handshake that failed because of an address that was not signalled. That address is not heard a second time.
func (a *association) again(c *candidate) {
	if c.follows.IsValid() && !a.barred[c.follows] {
		a.barred[c.follows] = true
		a.begin(a.target, nil)
	}
}

// prove makes a candidate the peer. The others, and the peer before, are sent nothing.
func (a *association) prove(c *candidate) {
	for with, other := range a.candidates {
		other.abandon()
		delete(a.candidates, with)
	}
	if a.proven != nil {
		a.proven.abandon()
	}
	a.proven = c
	c.transport.careful.Store(false)
}
