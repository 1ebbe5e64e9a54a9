package task

import (
	"time"

	"timbre"
)

// maxTicks is how many ticks a jump of the media clock makes at most. What lies further from the last speech than a window
// and a silence has nothing to report.
const maxTicks = 12

func (in speechReceived) tone(t *toneStep) {
	if t.phase == closing {
		return
	}
	if t.phase == queued {
		t.phase, t.Status, t.Started, t.Updated = tracking, timbre.InProgress, t.now, t.now
	}
	leg := &t.legs[in.subscription]
	leg.align(in.speech.At, t.clock)
	in.speech.At += leg.offset
	at := in.speech.At
	t.tickUntil(at)
	t.do(bufferSpeech{in.subscription, in.speech})
	t.clock = max(t.clock, at)
	if in.speech.Voiced {
		leg.lastVoiced, leg.silenceReported = at, false
	}
	if t.tick == at {
		t.scoreTick()
	}
}

// align sets the offset of a leg with its first audio. A leg that starts more than a tick behind the clock has joined late.
func (l *toneLeg) align(at, clock time.Duration) {
	if lag := clock - at; !l.received && lag > Tick {
		l.offset = lag
	}
	l.received = true
}

// tickUntil scores the ticks before a media time, so that their scores do not include what comes at that time.
func (t *toneStep) tickUntil(at time.Duration) {
	for n := 0; t.tick < at && n < maxTicks; n++ {
		t.scoreTick()
	}
	t.tick = max(t.tick, (at + Tick - 1).Truncate(Tick))
}

func (t *toneStep) scoreTick() {
	t.do(t.scoreAt(t.tick, false))
	t.tick += Tick
}

// scoreAt requests the scores at a media time. It decides now which silences are reported with them: speech may resume
// before the scores are there.
func (t *toneStep) scoreAt(at time.Duration, final bool) scoreTone {
	s := scoreTone{at: at, silent: make([]bool, len(t.legs)), final: final}
	for i := range t.legs {
		leg := &t.legs[i]
		if at-leg.lastVoiced >= Silence && !leg.silenceReported {
			s.silent[i], leg.silenceReported = true, true
		}
	}
	return s
}

func (in callChanged) tone(t *toneStep) {
	if t.phase == closing || t.Source != nil || len(in.call.Legs) < len(t.legs) {
		return
	}
	t.call = in.call
	for i := len(t.legs); i < len(t.call.Legs); i++ {
		t.legs = append(t.legs, toneLeg{lastVoiced: t.clock})
		t.do(subscribe{i})
	}
}
