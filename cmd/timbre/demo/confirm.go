package demo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// confirm compares each speaker search task with what the webhook received.
func (s *story) confirm(ctx context.Context) error {
	for i := range s.result.Calls {
		c := &s.result.Calls[i]
		out, err := s.deployment.voice.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{
			VoiceConnectorId: &s.deployment.connector, SpeakerSearchTaskId: &c.SearchTaskID,
		})
		if err != nil {
			return timbre.Errorf(timbre.Internal, "", "asking for the task of %s's call: %w", c.Caller, err)
		}
		t := out.SpeakerSearchTask
		c.Confirmed = t.SpeakerSearchDetails != nil && agrees(*c, t.SpeakerSearchDetails.Results)
		verdict := "agrees with the webhook"
		if !c.Confirmed {
			verdict = "DISAGREES with the webhook"
		}
		s.say.line("GetSpeakerSearchTask  %-10s  %-6s  %s  %s", c.Caller, ordinal(*c), aws.ToString(t.SpeakerSearchTaskStatus), verdict)
	}
	return nil
}

// agrees compares the best match with the event's. The SDK reads confidences as float32.
func agrees(c CallResult, results []vtypes.SpeakerSearchResult) bool {
	if len(results) == 0 {
		return c.ProfileID == ""
	}
	return aws.ToString(results[0].VoiceProfileId) == c.ProfileID && results[0].ConfidenceScore == float32(c.Confidence)
}
