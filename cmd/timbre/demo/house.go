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

// house is what a user sets up once, through the stock SDK.
type house struct {
	voice             *voice.Client
	pipelines         *pipelines.Client
	connector, domain string
}

// furnish makes the connector with its settings, the domain, and the configuration that sends events to the webhook.
func (s *story) furnish(ctx context.Context) error {
	cfg := aws.Config{
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider(s.server.AccessKeyID, s.server.SecretAccessKey, ""),
		BaseEndpoint: aws.String(s.server.API),
	}
	s.house.voice, s.house.pipelines = voice.NewFromConfig(cfg), pipelines.NewFromConfig(cfg)
	for _, step := range []func(context.Context) error{s.makeConnector, s.makeDomain, s.makeConfiguration} {
		if err := step(ctx); err != nil {
			return timbre.Errorf(timbre.Internal, "", "setting up: %w", err)
		}
	}
	return nil
}

func (s *story) makeConnector(ctx context.Context) error {
	c, err := s.house.voice.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{
		Name: aws.String("demo"), RequireEncryption: aws.Bool(false),
	})
	if err != nil {
		return err
	}
	s.house.connector = aws.ToString(c.VoiceConnector.VoiceConnectorId)
	s.say.line("Connector %s takes calls from %s.", s.house.connector, loopback)
	_, err = s.house.voice.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &s.house.connector,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{loopback}},
	})
	return err
}

func (s *story) makeDomain(ctx context.Context) error {
	d, err := s.house.voice.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{
		Name: aws.String("callers"),
		ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{
			KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/demo"),
		},
	})
	if err != nil {
		return err
	}
	s.house.domain = aws.ToString(d.VoiceProfileDomain.VoiceProfileDomainId)
	s.say.line("Voices are kept in the domain %s, which is empty.", s.house.domain)
	return nil
}

func (s *story) makeConfiguration(ctx context.Context) error {
	c, err := s.house.pipelines.CreateMediaInsightsPipelineConfiguration(ctx, &pipelines.CreateMediaInsightsPipelineConfigurationInput{
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
	_, err = s.house.voice.PutVoiceConnectorStreamingConfiguration(ctx, &voice.PutVoiceConnectorStreamingConfigurationInput{
		VoiceConnectorId: &s.house.connector,
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
