package rtp

import (
	"time"

	"timbre"
	"timbre/rtp/codec"
)

const (
	patience     = timbre.SampleRate        // samples: arrival tells nothing about pauses before so much audio
	maxAhead     = 2 * timbre.SampleRate    // samples: media time of a live stream is not further ahead of arrival
	tolerance    = 32                       // samples: a timestamp may be off by this much where nothing was lost, 4 ms
	maxJump      = 3600 * timbre.SampleRate // samples: a longer jump is another clock, not a pause
	maxMediaTime = 1000 * maxJump           // samples: media time does not jump beyond this, far from overflow
	sample       = time.Second / timbre.SampleRate
)

// timeline decodes packets in order into frames with their media time. A timestamp before the end of the audio so far, or more
// than an hour after it, is a new base, as is another clock rate: the audio goes on without a gap, and none is discarded.
type timeline struct {
	to          timbre.Listener
	slack       int64                   // samples that a timestamp may be off beyond the tolerance
	panicked    func(timbre.Codec, any) // is told why a decoder panicked
	started     bool
	ticks       int                        // of the RTP clock in a sample of ours
	end         uint32                     // RTP timestamp of the sample after the last one
	afterLoss   bool                       // packets were given up since then
	keyed       bool                       // an event came since the last frame
	at          int64                      // media time of the first sample of pcm, in samples
	n           int                        // samples in pcm
	decoders    []codec.Decoder            // by codec, made when first needed
	audio       []int16                    // of one packet
	filled      uint64                     // samples of silence, in pauses of up to maxDelay
	recovered   uint64                     // lost samples that a later packet carried a copy of
	jumps       uint64                     // longer pauses
	rebased     uint64                     // new bases
	misfits     uint64                     // those that the timestamps of one sequence made
	began       int64                      // arrival of the first packet
	undecodable uint64                     // packets that their codec refused
	pcm         [timbre.FrameSamples]int16 // of a frame that more than one packet fills; last, because most streams have none
}

// add takes the next packet. One without audio only takes its place in the sequence.
func (t *timeline) add(p packet) {
	t.afterLoss = t.afterLoss || p.afterLoss
	if p.first {
		for _, d := range t.decoders {
			if d != nil {
				d.Reset()
			}
		}
		if t.started {
			t.started = false
			t.rebase(&p)
		}
	}
	t.keyed = t.keyed || p.codec.Kind() == timbre.EventPayload
	if p.samples() == 0 {
		return
	}
	if !t.started {
		if t.at+int64(t.n) == 0 {
			t.began = p.arrived
		}
		t.started, t.ticks, t.end = true, ticks(p.codec), p.ts
	}
	t.align(&p)
	t.afterLoss = false
	var err error
	if t.audio, err = t.decoder(p.codec).Decode(t.audio[:0], p.payload); err != nil {
		t.undecodable++
		t.advance(p.samples())
	}
	t.emit()
	t.end += uint32(p.samples() * t.ticks)
}

// decoder returns the stream's decoder of a codec.
func (t *timeline) decoder(c timbre.Codec) codec.Decoder {
	for len(t.decoders) <= int(c) {
		t.decoders = append(t.decoders, nil)
	}
	if t.decoders[c] == nil {
		t.decoders[c], _ = codec.NewDecoder(c, func(cause any) { t.panicked(c, cause) }) // every audio codec has one
	}
	return t.decoders[c]
}

// emit delivers t.audio in frames.
func (t *timeline) emit() {
	for pcm := t.audio; len(pcm) > 0; {
		if t.n == 0 && len(pcm) >= len(t.pcm) {
			t.deliver(pcm[:len(t.pcm)])
			pcm = pcm[len(t.pcm):]
			continue
		}
		n := copy(t.pcm[t.n:], pcm)
		pcm = pcm[n:]
		if t.n += n; t.n == len(t.pcm) {
			t.flush()
		}
	}
}

// rebase makes p the new base. Between two bases, the length of a pause is known by the arrival times alone.
func (t *timeline) rebase(p *packet) {
	t.end = p.ts
	t.rebased++
	if pause := p.idle - int64(p.samples()); pause > maxDelay && t.at+pause <= maxMediaTime {
		t.flush()
		t.at += pause
	}
}

// align moves the timeline to the timestamp of p.
func (t *timeline) align(p *packet) {
	if perSample := ticks(p.codec); perSample != t.ticks {
		t.ticks = perSample
		t.rebase(p)
	}
	gap := int64(int32(p.ts-t.end)) / int64(t.ticks) // samples between the end of the audio and p
	switch {
	case -tolerance-t.slack <= gap && (gap <= 0 || gap <= tolerance+t.slack && !t.afterLoss):
		t.end = p.ts // nothing is missing: the sender's timestamps and samples have different clocks
	case gap < 0 || gap > maxJump || t.at+gap > maxMediaTime || !t.isPause(gap, p):
		t.misfits++
		t.rebase(p)
	case gap <= maxDelay && t.afterLoss:
		t.end = p.ts
		t.audio = t.decoder(p.codec).Recover(t.audio[:0], int(gap), p.payload)
		t.recovered += uint64(len(t.audio))
		t.advance(int(gap) - len(t.audio))
		t.emit()
	case gap <= maxDelay:
		t.end = p.ts
		t.filled += uint64(gap)
		t.audio = append(t.audio[:0], make([]int16, gap)...)
		t.emit()
	default:
		t.end = p.ts
		t.jumps++
		t.advance(int(gap))
	}
}

// isPause reports whether a gap in the timestamps may be a pause of the sender. Audio that has come as fast as it was spoken says how much
// time has passed, and a gap far beyond that is another clock. Audio that comes faster, as a replayed recording does, says nothing.
func (t *timeline) isPause(gap int64, p *packet) bool {
	media, passed := t.at+int64(t.n), p.arrived-t.began
	live := media >= patience && 10*passed >= 9*media
	return gap <= maxDelay || !live || media+gap <= passed+maxAhead
}

// advance leaves out n samples.
func (t *timeline) advance(n int) {
	if n > 0 {
		t.flush()
		t.at += int64(n)
	}
}

// flush delivers the incomplete frame.
func (t *timeline) flush() {
	if n := t.n; n > 0 {
		t.n = 0
		t.deliver(t.pcm[:n])
	}
}

// deliver hands on a frame.
func (t *timeline) deliver(pcm []int16) {
	f := timbre.Frame{At: time.Duration(t.at) * sample, PCM: pcm, Keyed: t.keyed}
	t.at += int64(len(pcm))
	t.keyed = false
	t.to.Frame(f)
}
