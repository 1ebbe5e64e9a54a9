package rtp

import (
	"time"

	"timbre"
)

const (
	// stampTolerance is that of time stamps of pieces, which some senders take from the clock on the wall: 10 ms.
	stampTolerance = 80
	// maxLate is how late a piece may be, in samples: one that is later is of another clock.
	maxLate = timbre.SampleRate
)

// Track decodes audio that comes without RTP by the rules for RTP: its pieces become packets, with a sequence number and a timestamp, for
// the same chain.
type Track struct {
	pool  *Pool
	codec timbre.Codec
	chain

	end     uint32 // timestamp after the newest piece
	stamped bool   // a piece had a time stamp
	offset  uint32 // of timestamps from the sender's clock
	numbers numbering
	delayed int // pieces in a row that were late
}

// Track implements timbre.TrackMaker.
func (p *Pool) Track(c timbre.Codec, to timbre.Listener) timbre.Track {
	t := &Track{pool: p, codec: c}
	t.connect(to, stampTolerance-tolerance, p.panicked)
	return t
}

// Add implements timbre.Track.
func (t *Track) Add(p timbre.Piece) (audio time.Duration, heard bool) {
	k := packet{codec: t.codec, payload: p.Payload}
	samples := k.samples()
	if samples == 0 {
		return 0, len(p.Payload) == 0
	}
	audio = timbre.Duration(samples)
	k.ts = t.timestamp(p)
	gap := int(int32(k.ts-t.end)) / ticks(t.codec)
	numbered, newest := t.numbers.believe(p, k.ts, gap)
	switch {
	case numbered:
		k.seq = p.Number
	case t.late(p, gap, samples):
		return audio, false
	default:
		k.seq = t.buffer.next
		t.buffer.skipped = t.buffer.skipped || gap > stampTolerance
	}
	if newest {
		t.end = k.ts + uint32(samples*ticks(t.codec))
	}
	undecodable := t.timeline.undecodable
	what := t.push(&k, t.pool.env.Steady())
	return audio, what <= restarted && t.timeline.undecodable == undecodable
}

// Flush implements timbre.Track.
func (t *Track) Flush() { t.flush() }

// timestamp is that of a piece. Timestamps begin where the audio without time stamps has ended.
func (t *Track) timestamp(p timbre.Piece) uint32 {
	if !p.Timed {
		return t.end
	}
	ts := uint32(p.At/sample) * uint32(ticks(t.codec))
	if !t.stamped {
		t.stamped, t.offset = true, t.end-ts
	}
	return ts + t.offset
}

// late reports whether a piece without a number comes after its time, or twice. Pieces that never come in time have a clock that stands.
func (t *Track) late(p timbre.Piece, gap, samples int) bool {
	if !p.Timed || gap > -max(stampTolerance, samples) || gap <= -maxLate {
		t.delayed = 0
		return false
	}
	t.delayed++
	return t.delayed <= agreement
}
