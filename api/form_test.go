package api_test

import (
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	pipelinestypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
)

// Ids and ARNs are those of AWS, because client code parses ARNs and matches ids against patterns.
func TestIDsAndARNsHaveTheFormatsOfAWS(t *testing.T) {
	s := serve(t)
	const guid = `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`
	connector := must(s.voice.CreateVoiceConnector(s.ctx, &sdk.CreateVoiceConnectorInput{Name: new("a"), RequireEncryption: new(false)}))(t).VoiceConnector
	group := must(s.voice.CreateVoiceConnectorGroup(s.ctx, &sdk.CreateVoiceConnectorGroupInput{Name: new("g")}))(t).VoiceConnectorGroup
	domain := must(s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("customers", "")))(t).VoiceProfileDomain
	application := s.application(t)
	configuration := must(s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, insights("insights", analytics())))(t).MediaInsightsPipelineConfiguration
	pool := must(s.pipelines.CreateMediaPipelineKinesisVideoStreamPool(s.ctx, &chimesdkmediapipelines.CreateMediaPipelineKinesisVideoStreamPoolInput{
		PoolName: new("pool"), StreamConfiguration: &pipelinestypes.KinesisVideoStreamConfiguration{Region: new("us-east-1")},
	}))(t).KinesisVideoStreamPoolConfiguration
	for _, c := range []struct{ id, form, arn, resource string }{
		{*connector.VoiceConnectorId, `[a-z0-9]{21,22}`, *connector.VoiceConnectorArn, "vc/" + *connector.VoiceConnectorId},
		{*connector.OutboundHostName, `[a-z0-9]{21,22}\.voiceconnector\.chime\.aws`, "", ""},
		{*group.VoiceConnectorGroupId, guid, *group.VoiceConnectorGroupArn, "vcg/" + *group.VoiceConnectorGroupId},
		{*domain.VoiceProfileDomainId, guid, *domain.VoiceProfileDomainArn, "voice-profile-domain/" + *domain.VoiceProfileDomainId},
		{application, guid, *must(s.voice.GetSipMediaApplication(s.ctx, &sdk.GetSipMediaApplicationInput{SipMediaApplicationId: &application}))(t).SipMediaApplication.SipMediaApplicationArn, "sma/" + application},
		{*configuration.MediaInsightsPipelineConfigurationId, guid, *configuration.MediaInsightsPipelineConfigurationArn, "media-insights-pipeline-configuration/insights"},
		{*pool.PoolId, guid, *pool.PoolArn, "media-pipeline-kinesis-video-stream-pool/pool"},
	} {
		t.Run(c.resource, func(t *testing.T) {
			if !regexp.MustCompile(`\A` + c.form + `\z`).MatchString(c.id) {
				t.Errorf("got %s, want the form %s", c.id, c.form)
			}
			if c.arn != "" {
				equal(t, "ARN", c.arn, ours+c.resource)
			}
		})
	}
}
