package demo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// received says which of the awaited events have arrived.
type received struct {
	answer, enrolment, callerTone, agentTone bool
}

// missing names the events of the call that are still to come.
func (v *liveCall) missing() (names []string) {
	for _, m := range []struct {
		arrived bool
		name    string
	}{
		{v.received.answer, "answer of the speaker search"},
		{v.received.enrolment || v.second, timbre.VoiceprintGenerationSuccess},
		{v.received.callerTone, timbre.ToneCompleted + " of the caller"},
		{v.received.agentTone, "end of the agent's tone"},
	} {
		if !m.arrived {
			names = append(names, m.name)
		}
	}
	return names
}

// handle processes an event.
func (v *liveCall) handle(ctx context.Context, e event) error {
	switch e.Detail.Status {
	case timbre.IdentificationSuccessful, timbre.IdentificationNoMatches:
		v.answer(e)
	case timbre.VoiceprintGenerationSuccess:
		if !v.second {
			return v.enrol(ctx)
		}
	case timbre.IdentificationFailure:
		if v.line == nil {
			return v.failed(e)
		}
		v.refused(e)
	case timbre.VoiceprintGenerationFailure:
		if !v.second {
			return v.failed(e)
		}
	case timbre.ToneSuccessful, timbre.ToneCompleted, timbre.ToneFailure:
		v.addTone(e)
	}
	return nil
}

func (v *liveCall) failed(e event) error {
	return timbre.Errorf(timbre.Unprocessable, "", "on %s's call: %s: %s", v.name, e.Detail.Status, e.Detail.Message)
}

// answer records the identification.
func (v *liveCall) answer(e event) {
	at := v.at()
	v.received.answer, v.AnsweredAfter = true, at.Seconds()
	if r := e.Detail.Search; r != nil && len(r.Results) > 0 {
		v.ProfileID, v.Confidence = r.Results[0].ProfileID, r.Results[0].Confidence
		v.Identified = v.s.names[v.ProfileID]
		if v.Identified == "" {
			v.Identified = v.ProfileID
		}
	}
	v.Message = e.Detail.Message
	v.Right = v.Identified == v.expected() || v.Identified == "" && v.line != nil && v.line.hopeless
	if v.Identified == "" {
		v.s.say.report(at, v.name, "identified as: no match")
		return
	}
	v.s.say.report(at, v.name, "identified as: %s, confidence %.3f", v.Identified, v.Confidence)
}

// refused records that a bad line was too bad for an answer.
func (v *liveCall) refused(e event) {
	at := v.at()
	v.received.answer, v.AnsweredAfter, v.Message = true, at.Seconds(), e.Detail.Message
	v.Right = v.line.hopeless
	v.s.say.report(at, v.name, "not identified: %s", v.Message)
}

// enrol creates a voice profile from the call's voiceprint.
func (v *liveCall) enrol(ctx context.Context) error {
	out, err := v.s.deployment.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &v.SearchTaskID})
	if err != nil {
		return timbre.Errorf(timbre.Internal, "", "enrolling %s: %w", v.name, err)
	}
	v.received.enrolment, v.profile = true, aws.ToString(out.VoiceProfile.VoiceProfileId)
	v.s.say.report(v.at(), v.name, "20 s of speech: enrolled as %s", v.profile)
	return nil
}

// addTone records the tone of a leg. Its last event is VoiceToneAnalysisCompleted, or a failure for an agent who spoke too
// little. During the call a failure reports a silence, after which the leg continues.
func (v *liveCall) addTone(e event) {
	track, done := &v.AgentTone, &v.received.agentTone
	if is := e.Detail.IsCaller; is != nil && *is {
		track, done = &v.CallerTone, &v.received.callerTone
	}
	switch {
	case e.Detail.Status == timbre.ToneCompleted, e.Detail.Status == timbre.ToneFailure && track == &v.AgentTone && v.over.Load():
		*done = true
	}
	t := e.Detail.Tone
	if t == nil || t.Current == nil || t.Overall == nil {
		return
	}
	overall := t.Overall.scores()
	track.Overall = &overall
	if e.Detail.Status == timbre.ToneSuccessful {
		at := t.Overall.End.Sub(t.Overall.Start) // since the task's start, in media time
		track.Points = append(track.Points, TonePoint{At: at.Seconds(), Scores: t.Current.scores()})
	}
}

// toneEvery is the interval of tone scores, in media time.
const toneEvery = 5 * time.Second
