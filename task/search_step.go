package task

import (
	"time"

	"timbre"
)

func (in speechReceived) search(t *searchStep) {
	if in.subscription != t.subscription || t.ended {
		return
	}
	if t.phase == queued {
		t.phase, t.Status, t.Started, t.Updated = listening, timbre.InProgress, t.now, t.now
	}
	t.dropped.Add(in.speech.Drop)
	t.received = in.speech.At
	fresh := max(0, in.speech.Net-t.heard)
	t.heard += fresh
	if t.net >= t.wanted() {
		return
	}
	t.do(bufferSpeech{in.subscription, in.speech})
	t.net += fresh
	t.proceed()
}

// proceed starts the analysis that the buffered speech is enough for.
func (t *searchStep) proceed() {
	switch t.phase {
	case listening, unsure:
		if look, _ := t.nextLook(); t.net >= look {
			t.identify(identifying)
		}
	case collecting:
		if t.net >= t.need {
			t.makeVoiceprint()
		}
	}
}

func (t *searchStep) identify(p phase) {
	t.phase, t.searched = p, t.net
	t.do(identify{t.net})
}

func (t *searchStep) makeVoiceprint() {
	t.phase, t.printed = voiceprinting, t.net
	t.do(makeVoiceprint{t.net, t.need})
}

// An answer that more speech may change is kept back as long as the search may wait.
func (in searched) search(t *searchStep) {
	if t.phase != identifying && t.phase != concluding {
		return
	}
	_, wait := t.nextLook()
	switch {
	case in.sure() || !wait || t.ended && t.net == t.searched:
		t.identified(in)
	case t.ended:
		t.identify(concluding)
	default:
		t.keep(in)
		t.phase = unsure
		t.proceed()
	}
}

// keep keeps an unsure answer. One of two voices is worth less than an earlier one of one.
func (t *searchStep) keep(in searched) {
	if t.unsure == nil || t.unsure.who.Mixed || !in.who.Mixed {
		t.unsure = &in
	}
}

// sure says whether more speech is unlikely to change the answer, which is of one voice that has spoken for long enough.
func (in searched) sure() bool { return in.found.Sure && in.who.settled() }

// identified reports an answer.
func (t *searchStep) identified(in searched) {
	t.keep(in)
	in, t.unsure = *t.unsure, nil
	t.Status, t.Identified, t.Matches, t.RunnerUp = timbre.PartialSuccess, true, in.found.Matches, in.found.RunnerUp
	t.Message = joined(in.who.Message(), in.warning)
	if len(t.Matches) > 0 {
		t.report(timbre.IdentificationSuccessful, t.Message)
	} else {
		t.Message = joined(t.Message, in.found.Skipped)
		t.report(timbre.IdentificationNoMatches, joined(t.Message, notAnalysed(t.dropped, t.heard)))
	}
	t.phase = collecting
	if t.ended {
		t.conclude()
	} else {
		t.proceed()
	}
}

func (in voiceprintMade) search(t *searchStep) {
	if t.phase != voiceprinting {
		return
	}
	t.Voiceprint, t.VoiceprintMade, t.VoiceprintStatus = &in.print, t.now, timbre.VoiceprintGenerationSuccess
	message := joined(onlyOf("voiceprint", in.print.Net, in.other), in.warning)
	t.finish(timbre.Succeeded, joined(t.Message, message))
	t.report(timbre.VoiceprintGenerationSuccess, message)
}

// Two voices of which neither has spoken for long enough make no voiceprint. The search listens on until the one that has
// spoken longer has.
func (in voicesMixed) search(t *searchStep) {
	if t.phase != voiceprinting {
		return
	}
	t.mixed = twoPeople(in.larger, in.other)
	if t.ended || t.net >= MaxSpeech {
		t.failVoiceprint(t.mixed)
		return
	}
	share := min(1, max(0.1, in.larger.Seconds()/t.net.Seconds()))
	missing := float64(ForVoiceprint-in.larger) / share
	t.need = min(MaxSpeech, t.net+max(leastMore, time.Duration(missing)))
	t.phase = collecting
}

// leastMore is the least net speech until voices are told apart again.
const leastMore = 2 * time.Second

func (in workFailed) search(t *searchStep) {
	switch t.phase {
	case identifying, concluding:
		if t.unsure != nil && timbre.KindOf(in.err) == timbre.Unprocessable { // the longer audio is worse
			t.identified(*t.unsure)
			return
		}
		t.fail(failureReason(in.err))
	case voiceprinting:
		t.fail(failureReason(in.err))
	}
}

func (in legEnded) search(t *searchStep) {
	if in.subscription != t.subscription {
		return
	}
	t.ended = true
	switch t.phase {
	case queued, listening:
		t.failIdentification(joined(joined(tooShort(t.net, ForSearch), deaf(t.received, t.heard+t.dropped.Total())), hard(in.doubt)))
	case unsure:
		t.phase = concluding
		t.unsure.search(t)
	case identifying:
		t.phase = concluding
	case collecting:
		t.conclude()
	}
}

// conclude ends the collecting: the call has ended.
func (t *searchStep) conclude() {
	switch {
	case t.net >= ForVoiceprint && t.net > t.printed:
		t.makeVoiceprint()
	case t.mixed != "":
		t.failVoiceprint(t.mixed)
	default:
		t.failVoiceprint(tooShort(t.net, ForVoiceprint))
	}
}

func (in callChanged) search(t *searchStep) {
	if t.ended { // all its audio came before the change
		return
	}
	side := t.Side
	leg, reason, ok := t.updateCall(in.call)
	switch {
	case reason == "":
	case ok && !t.Identified && t.phase != identifying:
		t.do(t.restart(in.call, leg))
	default:
		t.fail(reason)
	}
	if t.Side != side {
		t.Updated = t.now
	}
}

func (in aborted) search(t *searchStep) { t.fail(in.reason) }
