package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// office is what the calls need on a server: a connector with analytics that tells the webhook, and a domain.
type office struct {
	api               *voice.Client
	connector, domain string
}

func furnish(ctx context.Context, endpoint string) (o office, err error) {
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, "")}
	o.api = voice.NewFromConfig(cfg)
	c, err := o.api.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("load"), RequireEncryption: aws.Bool(false)})
	if err != nil {
		return o, err
	}
	o.connector = *c.VoiceConnector.VoiceConnectorId
	_, err = o.api.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{VoiceConnectorId: &o.connector,
		Termination: &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"127.0.0.0/8"}}})
	if err != nil {
		return o, err
	}
	p, err := pipelines.NewFromConfig(cfg).CreateMediaInsightsPipelineConfiguration(ctx, &pipelines.CreateMediaInsightsPipelineConfigurationInput{
		MediaInsightsPipelineConfigurationName: aws.String("load"), ResourceAccessRoleArn: aws.String("arn:aws:iam::000000000000:role/unused"),
		Elements: []mptypes.MediaInsightsPipelineConfigurationElement{{Type: "VoiceAnalyticsProcessor"}, {Type: "SqsQueueSink",
			SqsQueueSinkConfiguration: &mptypes.SqsQueueSinkConfiguration{InsightsTarget: aws.String("arn:timbre:webhook:us-east-1:000000000000:load")}}}})
	if err != nil {
		return o, err
	}
	_, err = o.api.PutVoiceConnectorStreamingConfiguration(ctx, &voice.PutVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &o.connector,
		StreamingConfiguration: &vtypes.StreamingConfiguration{DataRetentionInHours: aws.Int32(0), Disabled: aws.Bool(false),
			MediaInsightsConfiguration: &vtypes.MediaInsightsConfiguration{ConfigurationArn: p.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn}}})
	if err != nil {
		return o, err
	}
	d, err := o.api.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{Name: aws.String("load"),
		ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/local")}})
	if err != nil {
		return o, err
	}
	o.domain = *d.VoiceProfileDomain.VoiceProfileDomainId
	return o, nil
}

// analyse starts both tasks, and gives the id of the search.
func (o office) analyse(ctx context.Context, transaction string) (string, error) {
	s, err1 := o.api.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{VoiceConnectorId: &o.connector,
		TransactionId: &transaction, VoiceProfileDomainId: &o.domain, CallLeg: vtypes.CallLegTypeCaller})
	_, err2 := o.api.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{VoiceConnectorId: &o.connector,
		TransactionId: &transaction, LanguageCode: vtypes.LanguageCodeEnUs})
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	return *s.SpeakerSearchTask.SpeakerSearchTaskId, nil
}
