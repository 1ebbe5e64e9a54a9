package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

func (s *service) startTone(ctx context.Context, in *sdk.StartVoiceToneAnalysisTaskInput) (*sdk.StartVoiceToneAnalysisTaskOutput, error) {
	t, err := s.deps.Tasks.Start(ctx, timbre.Task{
		Kind: timbre.VoiceTone, ConnectorID: *in.VoiceConnectorId, TransactionID: *in.TransactionId,
		Token: valueOr(in.ClientRequestToken, ""),
	})
	if err != nil {
		return nil, err
	}
	return &sdk.StartVoiceToneAnalysisTaskOutput{VoiceToneAnalysisTask: toneTask(t, nil)}, nil
}

// getTone returns the results of one leg. The task is the same for both legs.
func (s *service) getTone(ctx context.Context, in *sdk.GetVoiceToneAnalysisTaskInput) (*sdk.GetVoiceToneAnalysisTaskOutput, error) {
	t, err := s.task(ctx, timbre.VoiceTone, *in.VoiceConnectorId, *in.VoiceToneAnalysisTaskId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceToneAnalysisTaskOutput{VoiceToneAnalysisTask: toneTask(t, in.IsCaller)}, nil
}

func (s *service) stopTone(ctx context.Context, in *sdk.StopVoiceToneAnalysisTaskInput) (*sdk.StopVoiceToneAnalysisTaskOutput, error) {
	return &sdk.StopVoiceToneAnalysisTaskOutput{}, s.stop(ctx, timbre.VoiceTone, *in.VoiceConnectorId, *in.VoiceToneAnalysisTaskId)
}

func toneTask(t timbre.Task, isCaller *bool) *types.VoiceToneAnalysisTask {
	return &types.VoiceToneAnalysisTask{
		VoiceToneAnalysisTaskId: &t.ID, VoiceToneAnalysisTaskStatus: new(string(t.Status)),
		CallDetails:      &types.CallDetails{VoiceConnectorId: &t.ConnectorID, TransactionId: &t.TransactionID, IsCaller: isCaller},
		CreatedTimestamp: &t.Created, UpdatedTimestamp: &t.Updated, StartedTimestamp: nonZeroTime(t.Started), StatusMessage: nonZero(t.Message),
	}
}
