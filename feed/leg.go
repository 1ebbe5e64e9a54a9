package feed

import (
	"time"

	"timbre"
)

// How far a time stamp may be from where the audio has come to.
const (
	slack = 10 * time.Millisecond // less is no gap
	early = time.Second           // a piece that lies further back is of another clock
	hour  = time.Hour             // and so is one that lies further ahead

	longest = 1000 * 3600 * timbre.SampleRate // samples: where media time stops jumping, far from where it would overflow
	sample  = time.Second / timbre.SampleRate
)

// leg puts the pieces of one track into frames. Media time counts its samples, and jumps where the sender's clock does.
type leg struct {
	decoder Decoder
	to      timbre.Listener

	started bool
	clock   time.Duration // what the sender's clock shows now, at the end of what was heard
	at      int           // media time of the first sample of pcm, in samples
	pcm     []int16       // less than a frame
}

// hear takes the next piece; false: it came after its time, and was not heard.
func (l *leg) hear(p piece) (heard bool, err error) {
	before := len(l.pcm)
	pcm, err := l.decoder.Decode(l.pcm, p.payload)
	if err != nil {
		return true, err
	}
	fresh := pcm[before:]
	lasts := timbre.Duration(len(fresh))
	if p.timed {
		gap := p.at - l.clock
		switch {
		case !l.started || gap < -early || gap > hour || l.at > longest: // a new clock: the audio goes on
			l.clock = p.at
		case gap <= -max(slack, lasts):
			return false, nil
		case gap > slack:
			l.flush()
			l.at += timbre.Samples(gap)
			l.clock, pcm = p.at, fresh
		}
		l.started = true
	}
	l.clock += lasts
	for len(pcm) >= timbre.FrameSamples {
		l.give(pcm[:timbre.FrameSamples])
		pcm = pcm[timbre.FrameSamples:]
	}
	l.pcm = append(l.pcm[:0], pcm...)
	return true, nil
}

// flush hands on what there is of a frame.
func (l *leg) flush() {
	if len(l.pcm) > 0 {
		l.give(l.pcm)
		l.pcm = l.pcm[:0]
	}
}

func (l *leg) give(pcm []int16) {
	l.to.Frame(timbre.Frame{At: time.Duration(l.at) * sample, PCM: pcm})
	l.at += len(pcm)
}
