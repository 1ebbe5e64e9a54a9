package rtp

import (
	"time"

	"timbre"
	"timbre/rtp/codec"
)

const (
	slack   = 32                       // samples that a timestamp may be off before it counts: 4 ms
	hour    = 3600 * timbre.SampleRate // samples: a longer jump is no pause but another clock
	longest = 1000 * hour              // samples: where media time stops jumping, far from where it would overflow
	sample  = time.Second / timbre.SampleRate
)

// timeline turns packets in order into frames with their media time. A timestamp that lies before what has been heard, or
// more than an hour after it, begins a new base: the audio goes on without a gap. None of it is thrown away.
type timeline struct {
	to      timbre.Listener
	started bool
	end     uint32 // RTP timestamp of the sample after the last one heard
	at      int64  // media time of the first sample of pcm, in samples
	n       int    // samples in pcm
	pcm     [timbre.FrameSamples]int16
	filled  uint64 // samples of silence put into small gaps
	jumps   uint64 // larger gaps
	rebased uint64 // new bases
}

// hear takes the next packet. One without audio is only a place in the sequence: the next with audio tells the time.
func (t *timeline) hear(p packet) {
	if p.fresh && t.started {
		t.started = false
		t.rebase(&p)
	}
	if p.samples() == 0 {
		return
	}
	if !t.started {
		t.started, t.end = true, p.ts
	}
	t.align(&p)
	law := codec.ULaw
	if p.codec == PCMA {
		law = codec.ALaw
	}
	for b := p.payload; len(b) > 0; {
		m := min(len(b), len(t.pcm)-t.n)
		law.Decode(t.pcm[:t.n], b[:m])
		t.advance(m)
		b = b[m:]
	}
	t.end += uint32(p.samples())
}

// rebase begins a new base with p. Between two bases the time that went by is all that tells how long a pause was.
func (t *timeline) rebase(p *packet) {
	t.end = p.ts
	t.rebased++
	if pause := p.idle - int64(p.samples()); pause > span && t.at+pause <= longest {
		t.flush()
		t.at += pause
	}
}

// align brings the timeline to where p begins.
func (t *timeline) align(p *packet) {
	ts := p.ts
	gap := int64(int32(ts - t.end)) // samples after the end of the last one
	switch {
	case -slack <= gap && gap <= slack:
	case gap < 0 || gap > hour || t.at+gap > longest:
		t.rebase(p)
	case gap <= span:
		t.end = ts
		t.filled += uint64(gap)
		for gap > 0 {
			m := min(int(gap), len(t.pcm)-t.n)
			clear(t.pcm[t.n : t.n+m])
			t.advance(m)
			gap -= int64(m)
		}
	default:
		t.end = ts
		t.jumps++
		t.flush()
		t.at += gap
	}
}

// advance counts m samples more in pcm, and hands on a full frame.
func (t *timeline) advance(m int) {
	if t.n += m; t.n == len(t.pcm) {
		t.flush()
	}
}

// flush hands on what there is of a frame.
func (t *timeline) flush() {
	if t.n == 0 {
		return
	}
	n := t.n
	t.n = 0
	at := t.at
	t.at += int64(n)
	t.to.Frame(timbre.Frame{At: time.Duration(at) * sample, PCM: t.pcm[:n]})
}
