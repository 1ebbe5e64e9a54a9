package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// getHealth returns an empty structure until an OPTIONS request has come for the connector.
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

// listRegions returns the regions that a connector can have.
func (s *service) listRegions(context.Context, *sdk.ListAvailableVoiceConnectorRegionsInput) (*sdk.ListAvailableVoiceConnectorRegionsOutput, error) {
	return &sdk.ListAvailableVoiceConnectorRegionsOutput{
		VoiceConnectorRegions: types.VoiceConnectorAwsRegion("").Values(),
	}, nil
}
