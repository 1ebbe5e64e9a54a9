package demo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// heard is which of the awaited events have come.
type heard struct {
	answer, enrolment, callerTone, agentTone bool
}

// missing names the events that the story still needs of the call.
func (v *visit) missing() (names []string) {
	for _, m := range []struct {
		here bool
		name string
	}{
		{v.heard.answer, "answer of the speaker search"},
		{v.heard.enrolment || v.second, timbre.VoiceprintGenerationSuccess},
		{v.heard.callerTone, timbre.ToneCompleted + " of the caller"},
		{v.heard.agentTone, "end of the agent's tone"},
	} {
		if !m.here {
			names = append(names, m.name)
		}
	}
	return names
}

// hear acts on an event.
func (v *visit) hear(ctx context.Context, e event) error {
	switch e.Detail.Status {
	case timbre.IdentificationSuccessful, timbre.IdentificationNoMatches:
		v.answer(e)
	case timbre.VoiceprintGenerationSuccess:
		if !v.second {
			return v.enrol(ctx)
		}
	case timbre.IdentificationFailure:
		return v.failed(e)
	case timbre.VoiceprintGenerationFailure:
		if !v.second {
			return v.failed(e)
		}
	case timbre.ToneSuccessful, timbre.ToneCompleted, timbre.ToneFailure:
		v.sounds(e)
	}
	return nil
}

func (v *visit) failed(e event) error {
	return timbre.Errorf(timbre.Unprocessable, "", "on %s's call: %s: %s", v.name, e.Detail.Status, e.Detail.Message)
}

// answer notes who Timbre says it is.
func (v *visit) answer(e event) {
	at := v.at()
	v.heard.answer, v.AnsweredAfter = true, at.Seconds()
	if r := e.Detail.Search; r != nil && len(r.Results) > 0 {
		v.ProfileID, v.Confidence = r.Results[0].ProfileID, r.Results[0].Confidence
		v.Identified = v.s.names[v.ProfileID]
		if v.Identified == "" {
			v.Identified = v.ProfileID
		}
	}
	v.Right = v.Identified == v.expected()
	if v.Identified == "" {
		v.s.say.heard(at, v.name, "Timbre says: nobody I know")
		return
	}
	v.s.say.heard(at, v.name, "Timbre says: %s, with confidence %.3f", v.Identified, v.Confidence)
}

// enrol makes a voice profile of the call's voiceprint.
func (v *visit) enrol(ctx context.Context) error {
	out, err := v.s.house.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &v.SearchTaskID})
	if err != nil {
		return timbre.Errorf(timbre.Internal, "", "enrolling %s: %w", v.name, err)
	}
	v.heard.enrolment, v.profile = true, aws.ToString(out.VoiceProfile.VoiceProfileId)
	v.s.say.heard(v.at(), v.name, "has spoken for 20 s: enrolled as %s", v.profile)
	return nil
}

// sounds notes the tone of a leg. Its last event is VoiceToneAnalysisCompleted; or a failure, for an agent who said too
// little. During the call a failure tells of a silence, after which the leg goes on.
func (v *visit) sounds(e event) {
	track, done := &v.AgentTone, &v.heard.agentTone
	if is := e.Detail.IsCaller; is != nil && *is {
		track, done = &v.CallerTone, &v.heard.callerTone
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

// toneEvery is how often the tone of a call is judged, in media time.
const toneEvery = 5 * time.Second
