package voice

import (
	"context"
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/rest"
)

// putStreaming replaces the whole document: omitted members are removed. A disabled link may name no configuration.
func (s *service) putStreaming(ctx context.Context, in *sdk.PutVoiceConnectorStreamingConfigurationInput) (*sdk.PutVoiceConnectorStreamingConfigurationOutput, error) {
	doc := in.StreamingConfiguration
	st := timbre.Streaming{RetentionHours: int(*doc.DataRetentionInHours), Disabled: *doc.Disabled}
	for i, t := range doc.StreamingNotificationTargets {
		if t.NotificationTarget == "" {
			return nil, rest.Missing("streamingConfiguration.streamingNotificationTargets." + strconv.Itoa(i+1) + ".member.notificationTarget")
		}
		st.Targets = append(st.Targets, string(t.NotificationTarget))
	}
	if m := doc.MediaInsightsConfiguration; m != nil {
		st.Insights = &timbre.InsightsLink{Disabled: valueOr(m.Disabled, false), ConfigurationARN: valueOr(m.ConfigurationArn, "")}
		if st.Insights.ConfigurationARN == "" && !st.Insights.Disabled {
			return nil, rest.Missing("streamingConfiguration.mediaInsightsConfiguration.configurationArn")
		}
	}
	if err := s.deps.Store.PutStreaming(ctx, *in.VoiceConnectorId, st); err != nil {
		return nil, err
	}
	return &sdk.PutVoiceConnectorStreamingConfigurationOutput{StreamingConfiguration: streaming(st)}, nil
}

func (s *service) getStreaming(ctx context.Context, in *sdk.GetVoiceConnectorStreamingConfigurationInput) (*sdk.GetVoiceConnectorStreamingConfigurationOutput, error) {
	st, err := s.deps.Store.Streaming(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceConnectorStreamingConfigurationOutput{StreamingConfiguration: streaming(st)}, nil
}

func (s *service) deleteStreaming(ctx context.Context, in *sdk.DeleteVoiceConnectorStreamingConfigurationInput) (*sdk.DeleteVoiceConnectorStreamingConfigurationOutput, error) {
	return &sdk.DeleteVoiceConnectorStreamingConfigurationOutput{}, s.deps.Store.DeleteStreaming(ctx, *in.VoiceConnectorId)
}

func streaming(st timbre.Streaming) *types.StreamingConfiguration {
	doc := &types.StreamingConfiguration{DataRetentionInHours: new(int32(st.RetentionHours)), Disabled: &st.Disabled}
	for _, t := range st.Targets {
		doc.StreamingNotificationTargets = append(doc.StreamingNotificationTargets,
			types.StreamingNotificationTarget{NotificationTarget: types.NotificationTarget(t)})
	}
	if st.Insights != nil {
		doc.MediaInsightsConfiguration = &types.MediaInsightsConfiguration{
			Disabled: new(st.Insights.Disabled), ConfigurationArn: nonZero(st.Insights.ConfigurationARN),
		}
	}
	return doc
}
