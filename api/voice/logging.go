package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// putLogging replaces the whole document: omitted members are off. It takes effect with the next message.
func (s *service) putLogging(ctx context.Context, in *sdk.PutVoiceConnectorLoggingConfigurationInput) (*sdk.PutVoiceConnectorLoggingConfigurationOutput, error) {
	doc := in.LoggingConfiguration
	l := timbre.Logging{SIP: valueOr(doc.EnableSIPLogs, false), Media: valueOr(doc.EnableMediaMetricLogs, false)}
	if err := s.deps.Store.PutLogging(ctx, *in.VoiceConnectorId, l); err != nil {
		return nil, err
	}
	return &sdk.PutVoiceConnectorLoggingConfigurationOutput{LoggingConfiguration: logging(l)}, nil
}

func (s *service) getLogging(ctx context.Context, in *sdk.GetVoiceConnectorLoggingConfigurationInput) (*sdk.GetVoiceConnectorLoggingConfigurationOutput, error) {
	l, err := s.deps.Store.Logging(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceConnectorLoggingConfigurationOutput{LoggingConfiguration: logging(l)}, nil
}

func logging(l timbre.Logging) *types.LoggingConfiguration {
	return &types.LoggingConfiguration{EnableSIPLogs: &l.SIP, EnableMediaMetricLogs: &l.Media}
}
