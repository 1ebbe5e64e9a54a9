package server

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
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

// Idle is how long connections to the API stay open without requests: at rest a server holds only what is its own.
const Idle = 500 * time.Millisecond

// Clients returns a client of each of the server's APIs.
func (s *Process) Clients() (*voice.Client, *pipelines.Client) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.IdleConnTimeout = Idle })
	cfg := aws.Config{HTTPClient: client, Region: "us-east-1", BaseEndpoint: &s.API, Credentials: credentials.NewStaticCredentialsProvider(KeyID, Secret, "")}
	return voice.NewFromConfig(cfg), pipelines.NewFromConfig(cfg)
}

// SetUp creates a deployment that sends the events of its calls to targets, up to three, and to the server's Listener if there are none.
// With targets, the events of streams go wherever notify.streaming maps EventBridge and SQS.
func (s *Process) SetUp(ctx context.Context, targets ...string) (o Deployment, err error) {
	voices, media := s.Clients()
	o.API = voices
	streaming := &vtypes.StreamingConfiguration{DataRetentionInHours: aws.Int32(0), Disabled: aws.Bool(false)}
	if len(targets) > 0 {
		for _, kind := range []vtypes.NotificationTarget{vtypes.NotificationTargetEventBridge, vtypes.NotificationTargetSqs} {
			streaming.StreamingNotificationTargets = append(streaming.StreamingNotificationTargets, vtypes.StreamingNotificationTarget{NotificationTarget: kind})
		}
	} else {
		targets = []string{"arn:timbre:webhook:us-east-1:000000000000:" + hook}
	}
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
	p, err := media.CreateMediaInsightsPipelineConfiguration(ctx, &pipelines.CreateMediaInsightsPipelineConfigurationInput{
		MediaInsightsPipelineConfigurationName: aws.String("load"), ResourceAccessRoleArn: aws.String("arn:aws:iam::000000000000:role/unused"),
		Elements: append([]mptypes.MediaInsightsPipelineConfigurationElement{{Type: "VoiceAnalyticsProcessor"}}, sinks(targets)...),
	})
	if err != nil {
		return o, err
	}
	streaming.MediaInsightsConfiguration = &vtypes.MediaInsightsConfiguration{ConfigurationArn: p.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn}
	_, err = o.API.PutVoiceConnectorStreamingConfiguration(ctx, &voice.PutVoiceConnectorStreamingConfigurationInput{
		VoiceConnectorId: &o.Connector, StreamingConfiguration: streaming,
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

// sinks gives each target an element: any of them takes any target, and a configuration has one of each.
func sinks(targets []string) (all []mptypes.MediaInsightsPipelineConfigurationElement) {
	for i := range targets {
		switch at := &targets[i]; i {
		case 0:
			all = append(all, mptypes.MediaInsightsPipelineConfigurationElement{
				Type: "SqsQueueSink", SqsQueueSinkConfiguration: &mptypes.SqsQueueSinkConfiguration{InsightsTarget: at},
			})
		case 1:
			all = append(all, mptypes.MediaInsightsPipelineConfigurationElement{
				Type: "SnsTopicSink", SnsTopicSinkConfiguration: &mptypes.SnsTopicSinkConfiguration{InsightsTarget: at},
			})
		case 2:
			all = append(all, mptypes.MediaInsightsPipelineConfigurationElement{
				Type: "LambdaFunctionSink", LambdaFunctionSinkConfiguration: &mptypes.LambdaFunctionSinkConfiguration{InsightsTarget: at},
			})
		}
	}
	return all
}
