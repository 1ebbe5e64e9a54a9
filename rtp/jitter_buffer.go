package rtp

import (
	"bytes"

	"timbre"
	"timbre/rtp/codec"
)

const (
	maxDelay    = 1600 // samples: a missing packet is given up when this much newer media is buffered, 200 ms
	slots       = 64   // packets that are buffered or told from duplicates: 200 ms of the shortest packets in use, and a gap
	maxDropout  = 3000 // a larger jump of sequence numbers needs a second packet in sequence (RFC 3550, A.1)
	maxSwitches = 5    // packets in a row after which the previous source becomes the current one again
)

// packet is one RTP packet whose source has been checked.
type packet struct {
	ssrc, ts  uint32
	seq       uint16
	codec     timbre.Codec // zero: not negotiated; the packet only takes its place in the sequence
	first     bool         // of its sequence: its timestamp is unrelated to the one before
	afterLoss bool         // packets right before it were given up
	idle      int64        // time since the packet that arrived before it, in samples
	arrived   int64        // time since the first packet of the stream, in samples
	payload   []byte       // valid until push returns
}

// samples is how much audio the packet holds, at 8 kHz.
func (p *packet) samples() int { return codec.Samples(p.codec, p.payload) }

// outcome is what the jitter buffer did with a packet.
type outcome uint8

const (
	accepted  outcome = iota
	restarted         // accepted as the first of a new sequence
	late              // it had been given up
	duplicate
	outOfSequence // out of sequence, or of the previous source
)

// jitterBuffer puts the packets of a source in the order of their sequence numbers. It is driven by packets alone, not by a
// clock, and buffers packets only while one before them is missing.
type jitterBuffer struct {
	out          stage // receives each packet once, in order
	started      bool
	next         uint16 // sequence number of the packet to emit next
	ssrc         uint32
	previousSSRC uint32 // its late packets are not a new source
	switches     int
	seen         uint64         // bit n: packet next-1-n arrived, in time or late
	held         *[slots]packet // by sequence number modulo slots; payload is nil in free ones. Nil until the first packet is held
	count        int            // of packets held
	size         int            // of their payloads
	high         uint16         // the highest sequence number held
	probation    *packet        // the previous packet, if it was out of sequence or of another source
	lost         uint64         // packets given up
	skipped      bool           // the packets right before next were given up
}

// push adds a packet and emits what is in order.
func (r *jitterBuffer) push(p packet) outcome {
	what := accepted
	switch {
	case !r.started:
		r.started = true
		r.restart(&p)
		what = restarted
	case p.ssrc != r.ssrc:
		if !r.switchSource(&p) {
			return outOfSequence
		}
		what = restarted
	}
	r.switches = 0
	if ahead := r.ahead(&p); ahead >= maxDropout || ahead <= -slots {
		first, ok := r.confirmed(p)
		if !ok {
			return outOfSequence
		}
		r.restartWith(first)
		what = restarted
	}
	r.probation = nil
	return r.place(p, what)
}

// ahead is how many packets p is after the next one to emit; negative: before it.
func (r *jitterBuffer) ahead(p *packet) int { return int(int16(p.seq - r.next)) }

// switchSource makes the source of p the current one. False: p alone does not do that.
func (r *jitterBuffer) switchSource(p *packet) bool {
	r.switches++
	first, ok := r.confirmed(*p)
	if p.ssrc == r.previousSSRC && r.switches < maxSwitches || !ok && p.idle < maxDelay {
		return false
	}
	previous := r.ssrc
	if ok {
		r.restartWith(first)
	} else {
		r.flush()
		r.restart(p)
	}
	r.previousSSRC = previous
	return true
}

// restartWith ends the current sequence and emits the first packet of another one.
func (r *jitterBuffer) restartWith(first packet) {
	r.flush()
	r.restart(&first)
	r.emit(first)
}

// place emits, holds or discards a packet of the current sequence.
func (r *jitterBuffer) place(p packet, what outcome) outcome {
	switch ahead := r.ahead(&p); {
	case ahead == 0:
		r.emit(p)
		r.release()
		return what
	case ahead > 0:
		return r.hold(p, ahead, what)
	case r.seen>>(-ahead-1)&1 == 1:
		return duplicate
	default:
		r.seen |= 1 << (-ahead - 1)
		return late
	}
}

// confirmed reports whether a packet out of sequence, or of another source, is the second in a row, and returns the first. A
// single one, which may be forged, changes nothing while the current source goes on.
func (r *jitterBuffer) confirmed(p packet) (first packet, ok bool) {
	before, kept := r.probation, p
	kept.payload = bytes.Clone(p.payload)
	r.probation = &kept
	if before == nil || before.ssrc != p.ssrc || p.seq != before.seq+1 {
		return packet{}, false
	}
	return *before, true
}

// restart starts a new sequence with p.
func (r *jitterBuffer) restart(p *packet) {
	r.ssrc, r.next, r.seen, r.skipped, p.first = p.ssrc, p.seq, 0, false, true
}
