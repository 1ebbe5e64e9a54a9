package rtp

import (
	"bytes"

	"timbre"
	"timbre/rtp/codec"
)

const (
	span  = 1600 // samples: how much newer media a missing packet is waited for, 200 ms
	slots = 64   // packets that can be held or told from duplicates: 200 ms of the shortest packets in use, and a gap
	wild  = 3000 // a sequence number further away than this is believed only when the next packet confirms it (RFC 3550, A.1)
	flips = 5    // packets in a row of the source that was left, before it is taken for the current one again
)

// packet is one RTP packet whose source has been checked.
type packet struct {
	ssrc, ts uint32
	seq      uint16
	codec    timbre.Codec // zero: unknown, so that it only takes its place in the sequence
	fresh    bool         // its timestamp has nothing to do with the one before
	after    bool         // packets right before it were given up
	idle     int64        // samples: how long nothing had come before it
	payload  []byte       // good until push returns
}

// samples is how much audio the packet holds, at 8 kHz.
func (p *packet) samples() int { return codec.Samples(p.codec, p.payload) }

// outcome is what became of a packet.
type outcome uint8

const (
	taken     outcome = iota
	restarted         // taken as the first of a new sequence
	late              // its gap had been given up
	duplicate
	stray // out of any sequence, or of a source that was left
)

// ring puts the packets of a source into the order of their sequence numbers. It is driven by packets alone, never by a
// clock, and holds packets only while one before them is missing.
type ring struct {
	out     func(packet) // takes each packet once, in order
	started bool
	next    uint16 // sequence number of the next packet to go out
	ssrc    uint32
	former  uint32 // the source before this one: its latecomers are not a new source
	flips   int
	seen    uint64        // bit n: packet next-1-n came, in time or late
	held    [slots]packet // by sequence number; payload is nil where there is none
	count   int           // of packets held
	bytes   int           // of their payloads
	high    uint16        // the highest sequence number held
	suspect *packet       // the packet before, if it was wild or of another source
	lost    uint64        // packets that were given up
	skipped bool          // the last ones before the next were
}

// push takes a packet and hands on what is now in order.
func (r *ring) push(p packet) outcome {
	what := taken
	switch {
	case !r.started:
		r.started = true
		r.restart(&p)
		what = restarted
	case p.ssrc != r.ssrc:
		r.flips++
		first, ok := r.confirmed(p)
		if p.ssrc == r.former && r.flips < flips || !ok && p.idle < span {
			return stray
		}
		r.flush()
		r.former = r.ssrc
		if ok {
			r.restart(&first)
			r.send(first)
		} else {
			r.restart(&p)
		}
		what = restarted
	}
	r.flips = 0
	ahead := int(int16(p.seq - r.next))
	if ahead >= wild || ahead <= -slots {
		first, ok := r.confirmed(p)
		if !ok {
			return stray
		}
		r.flush()
		r.restart(&first)
		r.send(first)
		ahead, what = 0, restarted
	}
	r.suspect = nil
	switch {
	case ahead == 0:
		r.send(p)
		r.run()
	case ahead > 0:
		return r.hold(p, ahead, what)
	case r.seen>>(-ahead-1)&1 == 1:
		return duplicate
	default:
		r.seen |= 1 << (-ahead - 1)
		return late
	}
	return what
}

// confirmed says whether a packet out of sequence, or of another source, is the second in a row, and gives the first. One
// alone, which anybody may have forged, changes nothing while the source before goes on.
func (r *ring) confirmed(p packet) (first packet, ok bool) {
	before, kept := r.suspect, p
	kept.payload = bytes.Clone(p.payload)
	r.suspect = &kept
	if before == nil || before.ssrc != p.ssrc || p.seq != before.seq+1 {
		return packet{}, false
	}
	return *before, true
}

// restart begins a new sequence with p.
func (r *ring) restart(p *packet) {
	r.ssrc, r.next, r.seen, r.skipped, p.fresh = p.ssrc, p.seq, 0, false, true
}

// hold keeps a packet that came before its turn, and gives up what it waits for when it waits too long.
func (r *ring) hold(p packet, ahead int, what outcome) outcome {
	for ahead >= slots {
		r.skip(min(ahead-slots+1, r.gap()))
		r.run()
		ahead = int(int16(p.seq - r.next))
	}
	if ahead == 0 {
		r.send(p)
		r.run()
		return what
	}
	slot := &r.held[p.seq%slots]
	if slot.payload != nil {
		return duplicate
	}
	*slot = p
	slot.payload = append(make([]byte, 0, len(p.payload)), p.payload...) // never nil
	if r.count == 0 || int16(p.seq-r.high) > 0 {
		r.high = p.seq
	}
	r.count++
	r.bytes += len(p.payload)
	for r.count > 0 && r.overdue() {
		r.skip(r.gap())
		r.run()
	}
	return what
}

// gap is how many packets are missing before the first one held; all slots if none is held.
func (r *ring) gap() int {
	n := 0
	for n < slots && r.held[(r.next+uint16(n))%slots].payload == nil {
		n++
	}
	return n
}

// overdue says whether what is held, from its first to its newest packet, spans more media than a missing one is waited for.
func (r *ring) overdue() bool {
	first, newest := &r.held[(r.next+uint16(r.gap()))%slots], &r.held[r.high%slots]
	perSample := int32(ticks(newest.codec))
	held := int32(newest.ts-first.ts)/perSample + int32(newest.samples())
	return held > span || held < -span || r.bytes > 2*span
}

// skip gives n packets up.
func (r *ring) skip(n int) {
	r.next += uint16(n)
	r.seen <<= n
	r.lost += uint64(n)
	r.skipped = r.skipped || n > 0
}

// run hands on the packets held whose turn it is.
func (r *ring) run() {
	for r.count > 0 {
		slot := &r.held[r.next%slots]
		if slot.payload == nil {
			return
		}
		p := *slot
		*slot = packet{}
		r.count--
		r.bytes -= len(p.payload)
		r.send(p)
	}
}

func (r *ring) send(p packet) {
	r.next++
	r.seen = r.seen<<1 | 1
	p.after, r.skipped = r.skipped, false
	r.out(p)
}

// flush hands on all that is held: nothing more is waited for.
func (r *ring) flush() {
	for r.count > 0 {
		r.skip(r.gap())
		r.run()
	}
}
