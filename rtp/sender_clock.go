package rtp

import "timbre"

// agreement is how many packets in a row must show the same clock before it is believed: 0.2 s of the usual ones.
const agreement = 10

// pace is how far the timestamps of a sender advance, compared with the clock of its codec: 2 for G.722 stamped at 16 kHz, 0 for a clock
// that stands.
type pace struct{ num, den int64 }

// asSignalled is the pace of a sender that does what RFC 3551 says.
var asSignalled = pace{1, 1}

// paces are those that a sender may have: the clocks of 8, 16, 24, 32 and 48 kHz taken for each other, one that stands, and, of feeds, samples
// taken for milliseconds.
var paces = []pace{asSignalled, {2, 1}, {1, 2}, {0, 1}, {3, 1}, {1, 3}, {6, 1}, {1, 6}, {4, 1}, {1, 4}, {8, 1}, {16, 1}}

// paceOf is the pace that a step of timestamps shows, for audio that should advance them by want. False: none of them.
func paceOf(step, want int64) (pace, bool) {
	for _, k := range paces {
		if d := 8 * (step*k.den - want*k.num); max(d, -d) <= want*k.num {
			return k, want > 0
		}
	}
	return pace{}, false
}

// senderClock corrects the timestamps of a sender whose clock is not as signalled. Its other witnesses of time are sequence numbers, which
// say whether anything is missing between two packets; their lengths; and, where timestamps claim more time than there is audio,
// arrival, because a sender may pause after each packet.
type senderClock struct {
	out    stage
	pace   pace
	before mark
	due    uint32 // the timestamp that the packet before should have had

	suspect pace // another pace, which the last packets show
	agreed  int  // how many of them
	audio   int64
	since   int64 // arrival of the first
}

// mark is what is remembered of a packet with audio.
type mark struct {
	ts      uint32 // as received
	seq     uint16
	codec   timbre.Codec // 0: there was none
	samples int64
	arrived int64
}

func newSenderClock(out stage) senderClock { return senderClock{out: out, pace: asSignalled} }

// add takes the next packet in order, and passes it on with the timestamp that it should have.
func (c *senderClock) add(p packet) {
	if p.first {
		c.before, c.agreed = mark{}, 0
	}
	if n := p.samples(); n > 0 {
		now := mark{ts: p.ts, seq: p.seq, codec: p.codec, samples: int64(n), arrived: p.arrived}
		if c.before.codec == 0 {
			c.due = p.ts
		} else {
			c.observe(&now)
			c.due += uint32(c.advance(&now))
		}
		c.before, p.ts = now, c.due
	}
	c.out.add(p)
}

// want is how far timestamps should advance over the packet before.
func (m *mark) want() int64 { return m.samples * int64(ticks(m.codec)) }

// step is how far they have, until now.
func (m *mark) step(now *mark) int64 { return int64(int32(now.ts - m.ts)) }

// advance is how far they should have.
func (c *senderClock) advance(now *mark) int64 {
	if c.pace.num > 0 {
		return c.before.step(now) * c.pace.den / c.pace.num
	}
	packets := int64(now.seq - c.before.seq)
	if pause := now.arrived - c.before.arrived - packets*c.before.samples; pause > maxDelay {
		return packets*c.before.want() + pause*int64(ticks(c.before.codec))
	}
	return packets * c.before.want()
}

// observe compares the timestamps of two packets with nothing between them.
func (c *senderClock) observe(now *mark) {
	b := &c.before
	if now.seq != b.seq+1 || now.codec != b.codec {
		return
	}
	shown, ok := paceOf(b.step(now), b.want())
	if !ok || shown == c.pace {
		c.agreed = 0
		return
	}
	if shown != c.suspect || c.agreed == 0 {
		c.suspect, c.agreed, c.audio, c.since = shown, 0, 0, b.arrived
	}
	c.agreed++
	c.audio += b.samples
	if c.agreed >= agreement && c.arrives(shown, now.arrived-c.since) {
		c.pace, c.agreed = shown, 0
	}
}

// arrives reports whether packets came as fast as their audio and not as their timestamps say. Timestamps that claim less time than there
// is audio need no such witness.
func (c *senderClock) arrives(k pace, took int64) bool {
	return k.num <= k.den || 2*took*k.den < c.audio*(k.num+k.den)
}

// rate is the clock of the sender for a codec, in Hz; 0: it stands.
func (c *senderClock) rate(of timbre.Codec) int64 {
	return int64(ticks(of)) * timbre.SampleRate * c.pace.num / c.pace.den
}
