package feed

import (
	"time"

	"timbre"
)

// How far a time stamp may be from the end of the audio so far.
const (
	jitter      = 10 * time.Millisecond // less is no gap
	maxBackstep = time.Second           // a time stamp further back is one of another clock
	maxGap      = time.Hour             // and so is one further ahead

	maxJump = 1000 * 3600 * timbre.SampleRate // samples: beyond this media time follows no time stamps, so it cannot overflow
	sample  = time.Second / timbre.SampleRate
)

// leg divides the audio of one track into frames. Media time counts its samples, and jumps where the time stamps do.
type leg struct {
	decoder Decoder
	to      timbre.Listener

	started bool
	clock   time.Duration // the sender's clock at the end of the audio so far
	at      int           // media time of the first sample of pcm, in samples
	pcm     []int16       // less than a frame
}

// receive takes the next piece. It returns false if the piece is late or a duplicate, and was dropped.
func (l *leg) receive(p piece) (used bool, err error) {
	before := len(l.pcm)
	pcm, err := l.decoder.Decode(l.pcm, p.payload)
	if err != nil {
		return true, err
	}
	fresh := pcm[before:]
	duration := timbre.Duration(len(fresh))
	if p.timed {
		gap := p.at - l.clock
		switch {
		case l.newClock(gap): // the audio continues without a gap
			l.clock = p.at
		case gap <= -max(jitter, duration):
			return false, nil
		case gap > jitter:
			l.flush()
			l.at += timbre.Samples(gap)
			l.clock, pcm = p.at, fresh
		}
		l.started = true
	}
	l.clock += duration
	for len(pcm) >= timbre.FrameSamples {
		l.emit(pcm[:timbre.FrameSamples])
		pcm = pcm[timbre.FrameSamples:]
	}
	l.pcm = append(l.pcm[:0], pcm...)
	return true, nil
}

// newClock reports whether a time stamp, at a gap from the audio so far, is of a clock that has just begun.
func (l *leg) newClock(gap time.Duration) bool {
	return !l.started || gap < -maxBackstep || gap > maxGap || l.at > maxJump
}

// flush emits an incomplete frame.
func (l *leg) flush() {
	if len(l.pcm) > 0 {
		l.emit(l.pcm)
		l.pcm = l.pcm[:0]
	}
}

func (l *leg) emit(pcm []int16) {
	l.to.Frame(timbre.Frame{At: time.Duration(l.at) * sample, PCM: pcm})
	l.at += len(pcm)
}
