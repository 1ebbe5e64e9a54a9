package server

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// hook is the name of the webhook that receives a deployment's events.
const hook = "load"

// Listener is the environment variable that gives a server its webhook.
func Listener(url string) string {
	return "TIMBRE_NOTIFY_WEBHOOKS=" + hook + "=" + url + "#a secret for the bench's webhook"
}

// Deployment is what calls need on a server: a connector with analytics and the webhook, and a domain.
type Deployment struct {
	API               *voice.Client
	Connector, Domain string // their ids
}

// SetUp creates a deployment. The server must have a Listener.
func (s *Process) SetUp(ctx context.Context) (o Deployment, err error) {
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &s.API, Credentials: credentials.NewStaticCredentialsProvider(KeyID, Secret, "")}
	o.API = voice.NewFromConfig(cfg)
	c, err := o.API.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("load"), RequireEncryption: aws.Bool(false)})
	if err != nil {
		return o, err
	}
	o.Connector = *c.VoiceConnector.VoiceConnectorId
	_, err = o.API.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &o.Connector,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"127.0.0.0/8"}},
	})
	if err != nil {
		return o, err
	}
	p, err := pipelines.NewFromConfig(cfg).CreateMediaInsightsPipelineConfiguration(ctx, &pipelines.CreateMediaInsightsPipelineConfigurationInput{
		MediaInsightsPipelineConfigurationName: aws.String("load"), ResourceAccessRoleArn: aws.String("arn:aws:iam::000000000000:role/unused"),
		Elements: []mptypes.MediaInsightsPipelineConfigurationElement{{Type: "VoiceAnalyticsProcessor"}, {
			Type:                      "SqsQueueSink",
			SqsQueueSinkConfiguration: &mptypes.SqsQueueSinkConfiguration{InsightsTarget: aws.String("arn:timbre:webhook:us-east-1:000000000000:" + hook)},
		}},
	})
	if err != nil {
		return o, err
	}
	_, err = o.API.PutVoiceConnectorStreamingConfiguration(ctx, &voice.PutVoiceConnectorStreamingConfigurationInput{
		VoiceConnectorId: &o.Connector,
		StreamingConfiguration: &vtypes.StreamingConfiguration{
			DataRetentionInHours: aws.Int32(0), Disabled: aws.Bool(false),
			MediaInsightsConfiguration: &vtypes.MediaInsightsConfiguration{ConfigurationArn: p.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn},
		},
	})
	if err != nil {
		return o, err
	}
	d, err := o.API.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{
		Name:                              aws.String("load"),
		ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/local")},
	})
	if err != nil {
		return o, err
	}
	o.Domain = *d.VoiceProfileDomain.VoiceProfileDomainId
	return o, nil
}
