package demo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	ptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

const loopback = "127.0.0.0/8"

// deployment is what a user sets up once, through the AWS SDK.
type deployment struct {
	voice             *voice.Client
	pipelines         *pipelines.Client
	connector, domain string
}

// setUp creates the connector with its settings, the domain, and the configuration that sends events to the webhook.
func (s *story) setUp(ctx context.Context) error {
	cfg := aws.Config{
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider(s.server.AccessKeyID, s.server.SecretAccessKey, ""),
		BaseEndpoint: aws.String(s.server.API),
	}
	s.deployment.voice, s.deployment.pipelines = voice.NewFromConfig(cfg), pipelines.NewFromConfig(cfg)
	for _, step := range []func(context.Context) error{s.makeConnector, s.makeDomain, s.makeConfiguration} {
		if err := step(ctx); err != nil {
			return timbre.Errorf(timbre.Internal, "", "setting up: %w", err)
		}
	}
	return nil
}

func (s *story) makeConnector(ctx context.Context) error {
	c, err := s.deployment.voice.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{
		Name: aws.String("demo"), RequireEncryption: aws.Bool(false),
	})
	if err != nil {
		return err
	}
	s.deployment.connector = aws.ToString(c.VoiceConnector.VoiceConnectorId)
	s.say.line("Connector %s accepts calls from %s.", s.deployment.connector, loopback)
	_, err = s.deployment.voice.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &s.deployment.connector,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{loopback}},
	})
	return err
}

func (s *story) makeDomain(ctx context.Context) error {
	d, err := s.deployment.voice.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{
		Name: aws.String("callers"),
		ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{
			KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/demo"),
		},
	})
	if err != nil {
		return err
	}
	s.deployment.domain = aws.ToString(d.VoiceProfileDomain.VoiceProfileDomainId)
	s.say.line("Voice profile domain %s is empty.", s.deployment.domain)
	return nil
}

func (s *story) makeConfiguration(ctx context.Context) error {
	c, err := s.deployment.pipelines.CreateMediaInsightsPipelineConfiguration(ctx, &pipelines.CreateMediaInsightsPipelineConfigurationInput{
		MediaInsightsPipelineConfigurationName: aws.String("demo"),
		ResourceAccessRoleArn:                  aws.String("arn:aws:iam::000000000000:role/unused"),
		Elements: []ptypes.MediaInsightsPipelineConfigurationElement{
			{Type: ptypes.MediaInsightsPipelineConfigurationElementTypeVoiceAnalyticsProcessor},
			{
				Type:                      ptypes.MediaInsightsPipelineConfigurationElementTypeSqsQueueSink,
				SqsQueueSinkConfiguration: &ptypes.SqsQueueSinkConfiguration{InsightsTarget: aws.String(WebhookARN)},
			},
		},
	})
	if err != nil {
		return err
	}
	s.say.line("Events go to %s.", WebhookARN)
	_, err = s.deployment.voice.PutVoiceConnectorStreamingConfiguration(ctx, &voice.PutVoiceConnectorStreamingConfigurationInput{
		VoiceConnectorId: &s.deployment.connector,
		StreamingConfiguration: &vtypes.StreamingConfiguration{
			DataRetentionInHours: aws.Int32(0), Disabled: aws.Bool(false),
			MediaInsightsConfiguration: &vtypes.MediaInsightsConfiguration{
				Disabled:         aws.Bool(false),
				ConfigurationArn: c.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn,
			},
		},
	})
	return err
}
