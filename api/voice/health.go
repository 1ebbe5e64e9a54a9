package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// getHealth is empty until a connector's callers have shown a sign of life.
func (s *service) getHealth(ctx context.Context, in *sdk.GetVoiceConnectorTerminationHealthInput) (*sdk.GetVoiceConnectorTerminationHealthOutput, error) {
	c, err := s.deps.Store.Connector(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	h := &types.TerminationHealth{}
	if p, ok := s.deps.Pings.LastPing(c.ID); ok {
		h.Timestamp, h.Source = &p.At, &p.Source
	}
	return &sdk.GetVoiceConnectorTerminationHealthOutput{TerminationHealth: h}, nil
}

// listRegions gives those that a connector may name.
func (s *service) listRegions(context.Context, *sdk.ListAvailableVoiceConnectorRegionsInput) (*sdk.ListAvailableVoiceConnectorRegionsOutput, error) {
	return &sdk.ListAvailableVoiceConnectorRegionsOutput{
		VoiceConnectorRegions: types.VoiceConnectorAwsRegion("").Values(),
	}, nil
}
