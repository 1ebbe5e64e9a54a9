package rtp

import (
	"math"
	"slices"
)

const (
	// maxRollover is the highest roll-over counter that a stream may begin with without our having heard it before: three hours of
	// 20 ms packets.
	maxRollover = 8
	// maxTrials is how many packets that are not authentic a key has tried such counters for.
	maxTrials = 50
)

// rollover finds the roll-over counter (RFC 3711, 3.3.1) that a source begins a key with. No packet carries it. RFC 3711 has it go on
// after a change of keys, where many peers begin again at zero, and a stream that is joined late has any. The authentication tag
// decides, before anything of the packet is used.
type rollover struct {
	last    map[uint32]uint32 // by SSRC, of the key before
	newest  uint32            // of the source that was heard last before
	changed bool              // there was a key before
	trials  int
}

// after is the rollover of the key that follows on that of a context.
func (e *cryptoContext) after() rollover {
	if e.in == nil {
		return rollover{}
	}
	if len(e.ssrcs) == 0 { // the key was never used
		return rollover{last: e.rollover.last, newest: e.rollover.newest, changed: e.rollover.changed}
	}
	r := rollover{last: map[uint32]uint32{}, changed: true}
	for ssrc := range e.ssrcs {
		r.last[ssrc], _ = e.in.ROC(ssrc)
	}
	r.newest = r.last[e.newest]
	return r
}

// guesses are the counters that a source may begin with, other than zero: those around the one that it had or, of a source that is
// new, around that of the stream.
func (r *rollover) guesses(ssrc uint32) (all []uint32) {
	at, known := r.last[ssrc]
	switch {
	case !known && r.trials >= maxTrials:
		return nil
	case !known && !r.changed:
		for n := range uint32(maxRollover) {
			all = append(all, n+1)
		}
		return all
	case !known:
		at = r.newest
	}
	all = []uint32{at, at + 1, at - 1}
	return slices.DeleteFunc(all, func(n uint32) bool { return n == 0 || n == math.MaxUint32 })
}

// decryptFirst decrypts a packet of a source from which nothing authentic has come under this key, with another counter than zero.
func (e *cryptoContext) decryptFirst(b []byte, ssrc uint32) ([]byte, bool) {
	guesses := e.rollover.guesses(ssrc)
	for _, n := range guesses {
		e.in.SetROC(ssrc, n)
		if plaintext, err := e.in.DecryptRTP(e.buf[:0], b, &e.header); err == nil {
			return plaintext, true
		}
	}
	if len(guesses) > 0 {
		e.rollover.trials++
		e.in.SetROC(ssrc, 0)
	}
	return nil, false
}
