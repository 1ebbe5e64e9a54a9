package task

import (
	"slices"
	"time"

	"timbre"
)

func (in toneScored) tone(t *toneStep) {
	if t.phase != closing && (t.phase != tracking || in.final) {
		return
	}
	for i := range t.legs {
		got, silent := legScore{}, false
		if i < len(in.legs) && i < len(in.silent) { // else it has joined since
			got, silent = in.legs[i], in.silent[i]
		}
		t.legs[i].update(t.span, in.at, got)
		if in.final {
			t.reportFinal(i, in.at, got)
		} else {
			t.reportScore(i, in.at, got, silent)
		}
		t.legs[i].poorReported = got.err != nil
	}
	if in.final {
		t.complete(failureMessage(in.legs[0]))
	}
}

// update records a score of a leg.
func (l *toneLeg) update(span func(from, to time.Duration, t timbre.Tone) timbre.ToneSpan, at time.Duration, got legScore) {
	if got.ok && got.err == nil {
		l.scored = true
		l.current, l.overall = span(max(0, at-Window), at, got.current), span(0, at, got.overall)
	}
}

func (s *toneState) span(from, to time.Duration, tone timbre.Tone) timbre.ToneSpan {
	return timbre.ToneSpan{Start: s.wallTime(from), End: s.wallTime(to), Tone: tone}
}

// reportScore reports the score of a tick. An error is reported once until a score succeeds.
func (t *toneStep) reportScore(leg int, at time.Duration, got legScore, silent bool) {
	if got.err != nil {
		if silent || !t.legs[leg].poorReported {
			t.report(leg, timbre.ToneFailure, failureReason(got.err), at)
		}
		return
	}
	if got.ok {
		t.report(leg, timbre.ToneSuccessful, "", at)
	}
	if silent {
		t.report(leg, timbre.ToneFailure, silenceMessage, at)
	}
}

// reportFinal reports the end of a leg: its latest scores if it ever had some.
func (t *toneStep) reportFinal(leg int, at time.Duration, got legScore) {
	if t.legs[leg].scored {
		t.reportLast(leg, timbre.ToneCompleted, "", at)
	} else {
		t.reportLast(leg, timbre.ToneFailure, failureMessage(got), at)
	}
}

// complete ends a task whose call has ended: it has succeeded if any leg was ever scored.
func (t *toneStep) complete(reason string) {
	if slices.ContainsFunc(t.legs, func(l toneLeg) bool { return l.scored }) {
		t.finish(timbre.Succeeded, "")
	} else {
		t.finish(timbre.Failed, joined(reason, t.doubts()))
	}
}

func (in legEnded) tone(t *toneStep) {
	t.legs[in.subscription].ended, t.legs[in.subscription].doubt = true, in.doubt
	if slices.ContainsFunc(t.legs, func(l toneLeg) bool { return !l.ended }) {
		return
	}
	switch t.phase {
	case tracking:
		t.phase = closing
		t.do(t.scoreAt(t.clock, true))
	case queued:
		for i := range t.legs {
			t.reportLast(i, timbre.ToneFailure, tooLittleSpeech, 0)
		}
		t.finish(timbre.Failed, joined(tooLittleSpeech, t.doubts()))
	}
}

// doubts says why legs could hardly be heard.
func (t *toneStep) doubts() (all string) {
	for _, l := range t.legs {
		all = joined(all, hard(l.doubt))
	}
	return all
}

func (in aborted) tone(t *toneStep) {
	for i := range t.legs {
		t.reportLast(i, timbre.ToneFailure, in.reason, t.clock)
		// After a crash the media time is lost with the process, so the event is not earlier than now.
		if e := &t.events[len(t.events)-1]; e.Time.Before(t.now) {
			e.Time = t.now
		}
	}
	t.finish(timbre.Failed, in.reason)
}

func failureMessage(s legScore) string {
	if s.err != nil {
		return failureReason(s.err)
	}
	return tooLittleSpeech
}
