package task

import "timbre"

func (in speechReceived) search(t *searchStep) {
	if in.subscription != t.subscription || t.phase == concluding || t.phase == voiceprinting {
		return
	}
	if t.phase == queued {
		t.phase, t.Status, t.Started, t.Updated = listening, timbre.InProgress, t.now, t.now
	}
	if t.net < ForVoiceprint { // net counts what is buffered, and no more than a voiceprint needs is
		t.do(bufferSpeech{in.subscription, in.speech})
		t.net = max(t.net, in.speech.Net)
	}
	switch {
	case t.phase == listening && t.net >= ForSearch:
		t.phase = identifying
		t.do(identify{t.net})
	case t.phase == collecting && t.net >= ForVoiceprint:
		t.phase = voiceprinting
		t.do(makeVoiceprint{t.net})
	}
}

func (in searched) search(t *searchStep) {
	if t.phase != identifying && t.phase != concluding {
		return
	}
	t.Status, t.Identified, t.Matches = timbre.PartialSuccess, true, in.found.Matches
	if len(t.Matches) > 0 {
		t.report(timbre.IdentificationSuccessful, "")
	} else {
		t.report(timbre.IdentificationNoMatches, "")
	}
	switch {
	case t.net >= ForVoiceprint:
		t.phase = voiceprinting
		t.do(makeVoiceprint{t.net})
	case t.phase == identifying:
		t.phase = collecting
	default:
		t.failVoiceprint(tooShort(t.net, ForVoiceprint))
	}
}

func (in voiceprintMade) search(t *searchStep) {
	if t.phase != voiceprinting {
		return
	}
	t.Voiceprint, t.VoiceprintMade, t.VoiceprintStatus = &in.print, t.now, timbre.VoiceprintGenerationSuccess
	t.finish(timbre.Succeeded, "")
	t.report(timbre.VoiceprintGenerationSuccess, "")
}

func (in workFailed) search(t *searchStep) {
	switch t.phase {
	case identifying, concluding, voiceprinting:
		t.fail(failureReason(in.err))
	}
}

func (in legEnded) search(t *searchStep) {
	if in.subscription != t.subscription {
		return
	}
	switch t.phase {
	case queued, listening:
		t.failIdentification(tooShort(t.net, ForSearch))
	case identifying:
		t.phase = concluding
	case collecting:
		t.failVoiceprint(tooShort(t.net, ForVoiceprint))
	}
}

func (in callChanged) search(t *searchStep) {
	if t.phase == concluding { // all its audio came before the change
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
