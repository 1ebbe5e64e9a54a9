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
		t.rebased++
	}
	if p.samples() == 0 {
		return
	}
	if !t.started {
		t.started, t.end = true, p.ts
	}
	t.align(int64(int32(p.ts-t.end)), p.ts)
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

// align brings the timeline to where the packet with timestamp ts begins, gap samples after the end of the last one.
func (t *timeline) align(gap int64, ts uint32) {
	switch {
	case -slack <= gap && gap <= slack:
	case gap < 0 || gap > hour || t.at+gap > longest:
		t.end = ts
		t.rebased++
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
