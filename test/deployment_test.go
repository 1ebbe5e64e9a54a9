package test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// deployment is a connector that accepts calls from loopback and sends its events to a sink, and a voice profile domain.
type deployment struct {
	connector, domain string
	voice             *voice.Client
	media             *pipelines.Client
}

func setUp(ctx context.Context, t *testing.T, endpoint, sink string) deployment {
	t.Helper()
	h := deployment{}
	h.voice, h.media = clients(endpoint)
	c, err := h.voice.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("sbc"), RequireEncryption: aws.Bool(false)})
	must(t, err)
	h.connector = *c.VoiceConnector.VoiceConnectorId
	h.allow(ctx, t, "127.0.0.0/8")
	cfg, err := h.media.CreateMediaInsightsPipelineConfiguration(ctx, &pipelines.CreateMediaInsightsPipelineConfigurationInput{
		MediaInsightsPipelineConfigurationName: aws.String("analytics"),
		ResourceAccessRoleArn:                  aws.String("arn:aws:iam::000000000000:role/unused"),
		Elements: []mptypes.MediaInsightsPipelineConfigurationElement{
			{Type: mptypes.MediaInsightsPipelineConfigurationElementTypeVoiceAnalyticsProcessor},
			{
				Type:                      mptypes.MediaInsightsPipelineConfigurationElementTypeSqsQueueSink,
				SqsQueueSinkConfiguration: &mptypes.SqsQueueSinkConfiguration{InsightsTarget: &sink},
			},
		},
	})
	must(t, err)
	_, err = h.voice.PutVoiceConnectorStreamingConfiguration(ctx, &voice.PutVoiceConnectorStreamingConfigurationInput{
		VoiceConnectorId: &h.connector,
		StreamingConfiguration: &vtypes.StreamingConfiguration{
			DataRetentionInHours: aws.Int32(0), Disabled: aws.Bool(false),
			StreamingNotificationTargets: []vtypes.StreamingNotificationTarget{{NotificationTarget: vtypes.NotificationTargetEventBridge}},
			MediaInsightsConfiguration:   &vtypes.MediaInsightsConfiguration{Disabled: aws.Bool(false), ConfigurationArn: cfg.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn},
		},
	})
	must(t, err)
	d, err := h.voice.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{
		Name:                              aws.String("callers"),
		ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/local")},
	})
	must(t, err)
	h.domain = *d.VoiceProfileDomain.VoiceProfileDomainId
	return h
}

// allow makes a network the only one whose calls need no password.
func (h deployment) allow(ctx context.Context, t *testing.T, network string) {
	t.Helper()
	_, err := h.voice.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &h.connector,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{network}, Disabled: aws.Bool(false)},
	})
	must(t, err)
}

// setPassword makes the credentials of the connector those of one user.
func (h deployment) setPassword(ctx context.Context, t *testing.T, user, password string) {
	t.Helper()
	_, err := h.voice.PutVoiceConnectorTerminationCredentials(ctx, &voice.PutVoiceConnectorTerminationCredentialsInput{
		VoiceConnectorId: &h.connector, Credentials: []vtypes.Credential{{Username: &user, Password: &password}},
	})
	must(t, err)
}

// routeTo sends the connector's calls to a gateway on this host.
func (h deployment) routeTo(ctx context.Context, t *testing.T, port int) {
	t.Helper()
	_, err := h.voice.PutVoiceConnectorOrigination(ctx, &voice.PutVoiceConnectorOriginationInput{
		VoiceConnectorId: &h.connector,
		Origination: &vtypes.Origination{Disabled: aws.Bool(false), Routes: []vtypes.OriginationRoute{{
			Host: aws.String("127.0.0.1"), Port: aws.Int32(int32(port)), Protocol: vtypes.OriginationRouteProtocolUdp, Priority: aws.Int32(1), Weight: aws.Int32(1),
		}}},
	})
	must(t, err)
}

// analyse starts both tasks on a call.
func (h deployment) analyse(ctx context.Context, t *testing.T, transaction string) (search, tone string) {
	t.Helper()
	s, err := h.voice.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{
		VoiceConnectorId: &h.connector, TransactionId: &transaction,
		VoiceProfileDomainId: &h.domain, CallLeg: vtypes.CallLegTypeCaller,
	})
	must(t, err)
	v, err := h.voice.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: &h.connector,
		TransactionId:    &transaction, LanguageCode: vtypes.LanguageCodeEnUs,
	})
	must(t, err)
	return *s.SpeakerSearchTask.SpeakerSearchTaskId, *v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId
}
