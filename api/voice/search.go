package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// startSearch leaves the choice of the leg to the engine if the request names none.
func (s *service) startSearch(ctx context.Context, in *sdk.StartSpeakerSearchTaskInput) (*sdk.StartSpeakerSearchTaskOutput, error) {
	side := timbre.Mixed
	switch in.CallLeg {
	case types.CallLegTypeCaller:
		side = timbre.Caller
	case types.CallLegTypeCallee:
		side = timbre.Callee
	}
	t, err := s.deps.Tasks.Start(ctx, timbre.Task{
		Kind: timbre.SpeakerSearch, ConnectorID: *in.VoiceConnectorId, TransactionID: *in.TransactionId,
		DomainID: *in.VoiceProfileDomainId, Side: side, Token: valueOr(in.ClientRequestToken, ""),
	})
	if err != nil {
		return nil, err
	}
	return &sdk.StartSpeakerSearchTaskOutput{SpeakerSearchTask: searchTask(t)}, nil
}

func (s *service) getSearch(ctx context.Context, in *sdk.GetSpeakerSearchTaskInput) (*sdk.GetSpeakerSearchTaskOutput, error) {
	t, err := s.task(ctx, timbre.SpeakerSearch, *in.VoiceConnectorId, *in.SpeakerSearchTaskId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetSpeakerSearchTaskOutput{SpeakerSearchTask: searchTask(t)}, nil
}

func (s *service) stopSearch(ctx context.Context, in *sdk.StopSpeakerSearchTaskInput) (*sdk.StopSpeakerSearchTaskOutput, error) {
	return &sdk.StopSpeakerSearchTaskOutput{}, s.stop(ctx, timbre.SpeakerSearch, *in.VoiceConnectorId, *in.SpeakerSearchTaskId)
}

func searchTask(t timbre.Task) *types.SpeakerSearchTask {
	return &types.SpeakerSearchTask{
		SpeakerSearchTaskId: &t.ID, SpeakerSearchTaskStatus: new(string(t.Status)),
		CallDetails:          &types.CallDetails{VoiceConnectorId: &t.ConnectorID, TransactionId: &t.TransactionID, IsCaller: t.Side.IsCaller()},
		SpeakerSearchDetails: searchDetails(t),
		CreatedTimestamp:     &t.Created, UpdatedTimestamp: &t.Updated, StartedTimestamp: nonZeroTime(t.Started), StatusMessage: nonZero(t.Message),
	}
}

// searchDetails returns nil until there are details. A search without a match has an empty list.
func searchDetails(t timbre.Task) *types.SpeakerSearchDetails {
	if !t.Identified && t.VoiceprintStatus == "" {
		return nil
	}
	d := &types.SpeakerSearchDetails{VoiceprintGenerationStatus: nonZero(t.VoiceprintStatus)}
	if t.Identified {
		d.Results = []types.SpeakerSearchResult{}
		for _, m := range t.Matches {
			d.Results = append(d.Results, types.SpeakerSearchResult{VoiceProfileId: &m.ProfileID, ConfidenceScore: float32(m.Confidence)})
		}
	}
	return d
}
