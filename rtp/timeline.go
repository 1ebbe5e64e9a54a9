package rtp

import (
	"time"

	"timbre"
	"timbre/rtp/codec"
)

const (
	slack   = 32                       // samples that a timestamp may be off where nothing was lost: 4 ms
	hour    = 3600 * timbre.SampleRate // samples: a longer jump is no pause but another clock
	longest = 1000 * hour              // samples: where media time stops jumping, far from where it would overflow
	sample  = time.Second / timbre.SampleRate
)

// timeline turns packets in order into frames with their media time. A timestamp that lies before what has been heard, or
// more than an hour after it, begins a new base, as another clock rate does: the audio goes on without a gap. None of it is
// thrown away.
type timeline struct {
	to         timbre.Listener
	started    bool
	ticks      int    // of the RTP clock, a sample
	end        uint32 // RTP timestamp of the sample after the last one heard
	after      bool   // packets were given up since then
	at         int64  // media time of the first sample of pcm, in samples
	n          int    // samples in pcm
	pcm        [timbre.FrameSamples]int16
	decoders   map[timbre.Codec]codec.Decoder // made when first needed
	audio      []int16                        // of one packet
	filled     uint64                         // samples of silence, where for a moment none were sent
	recovered  uint64                         // samples of which a later packet had a spare copy
	jumps      uint64                         // gaps of more than a moment
	rebased    uint64                         // new bases
	unreadable uint64                         // packets that their codec could not read
}

// hear takes the next packet. One without audio is only a place in the sequence: the next with audio tells the time.
func (t *timeline) hear(p packet) {
	t.after = t.after || p.after
	if p.fresh {
		for _, d := range t.decoders {
			d.Reset()
		}
		if t.started {
			t.started = false
			t.rebase(&p)
		}
	}
	if p.samples() == 0 {
		return
	}
	if !t.started {
		t.started, t.ticks, t.end = true, ticks(p.codec), p.ts
	}
	t.align(&p)
	t.after = false
	var err error
	if t.audio, err = t.decoder(p.codec).Decode(t.audio[:0], p.payload); err != nil {
		t.unreadable++
		t.pass(p.samples())
	}
	t.say()
	t.end += uint32(p.samples() * t.ticks)
}

// decoder is the stream's own decoder of a codec.
func (t *timeline) decoder(c timbre.Codec) codec.Decoder {
	d := t.decoders[c]
	if d == nil {
		d, _ = codec.NewDecoder(c) // every audio codec has one
		if t.decoders == nil {
			t.decoders = map[timbre.Codec]codec.Decoder{}
		}
		t.decoders[c] = d
	}
	return d
}

// say hands on audio.
func (t *timeline) say() {
	for pcm := t.audio; len(pcm) > 0; {
		n := copy(t.pcm[t.n:], pcm)
		pcm = pcm[n:]
		if t.n += n; t.n == len(t.pcm) {
			t.flush()
		}
	}
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
	if perSample := ticks(p.codec); perSample != t.ticks {
		t.ticks = perSample
		t.rebase(p)
	}
	gap := int64(int32(p.ts-t.end)) / int64(t.ticks) // samples after the end of the last one
	switch {
	case -slack <= gap && (gap <= 0 || gap <= slack && !t.after):
		t.end = p.ts // nothing is missing: the sender takes the time by another clock than the samples
	case gap < 0 || gap > hour || t.at+gap > longest:
		t.rebase(p)
	case gap <= span && t.after:
		t.end = p.ts
		t.audio = t.decoder(p.codec).Recover(t.audio[:0], int(gap), p.payload)
		t.recovered += uint64(len(t.audio))
		t.pass(int(gap) - len(t.audio))
		t.say()
	case gap <= span:
		t.end = p.ts
		t.filled += uint64(gap)
		t.audio = append(t.audio[:0], make([]int16, gap)...)
		t.say()
	default:
		t.end = p.ts
		t.jumps++
		t.pass(int(gap))
	}
}

// pass lets n samples go by of which nothing is heard.
func (t *timeline) pass(n int) {
	if n > 0 {
		t.flush()
		t.at += int64(n)
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
