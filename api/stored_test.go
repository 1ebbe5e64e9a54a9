package api_test

import (
	"testing"

	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	pipelinetypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

func TestAccountSettingsAreStored(t *testing.T) {
	s := serve(t)
	global := func() *types.VoiceConnectorSettings {
		return must(s.voice.GetGlobalSettings(s.ctx, &sdk.GetGlobalSettingsInput{}))(t).VoiceConnector
	}
	equal(t, "bucket at first", global().CdrBucket == nil, true)
	for _, bucket := range []string{"call-records", "others"} {
		must(s.voice.UpdateGlobalSettings(s.ctx, &sdk.UpdateGlobalSettingsInput{VoiceConnector: &types.VoiceConnectorSettings{CdrBucket: &bucket}}))(t)
		equal(t, "bucket", *global().CdrBucket, bucket)
	}

	got := must(s.voice.GetPhoneNumberSettings(s.ctx, &sdk.GetPhoneNumberSettingsInput{}))(t)
	equal(t, "name at first", got.CallingName == nil && got.CallingNameUpdatedTimestamp == nil, true)
	must(s.voice.UpdatePhoneNumberSettings(s.ctx, &sdk.UpdatePhoneNumberSettingsInput{CallingName: new("Timbre")}))(t)
	got = must(s.voice.GetPhoneNumberSettings(s.ctx, &sdk.GetPhoneNumberSettingsInput{}))(t)
	equal(t, "name", *got.CallingName, "Timbre")
	equal(t, "since", *got.CallingNameUpdatedTimestamp, now)
}

func TestEmergencyCallingConfiguration(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	get := &sdk.GetVoiceConnectorEmergencyCallingConfigurationInput{VoiceConnectorId: &id}
	fails[*types.NotFoundException](t, refusal(s.voice.GetVoiceConnectorEmergencyCallingConfiguration(s.ctx, get)), "emergency")
	put := &sdk.PutVoiceConnectorEmergencyCallingConfigurationInput{VoiceConnectorId: &id, EmergencyCallingConfiguration: &types.EmergencyCallingConfiguration{
		DNIS: []types.DNISEmergencyCallingConfiguration{{EmergencyPhoneNumber: new("+12065550911"), TestPhoneNumber: new("+12065550912"), CallingCountry: new("US")}},
	}}
	out := must(s.voice.PutVoiceConnectorEmergencyCallingConfiguration(s.ctx, put))(t).EmergencyCallingConfiguration
	got := must(s.voice.GetVoiceConnectorEmergencyCallingConfiguration(s.ctx, get))(t).EmergencyCallingConfiguration
	equal(t, "answer", json(out), json(put.EmergencyCallingConfiguration))
	equal(t, "kept", json(got), json(put.EmergencyCallingConfiguration))
	termination := &types.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"192.0.2.0/24"}}
	must(s.voice.PutVoiceConnectorTermination(s.ctx, &sdk.PutVoiceConnectorTerminationInput{VoiceConnectorId: &id, Termination: termination}))(t)
	noMore := &sdk.DeleteVoiceConnectorTerminationInput{VoiceConnectorId: &id}
	fails[*types.BadRequestException](t, refusal(s.voice.DeleteVoiceConnectorTermination(s.ctx, noMore)), "emergency")
	gone := &sdk.DeleteVoiceConnectorEmergencyCallingConfigurationInput{VoiceConnectorId: &id}
	must(s.voice.DeleteVoiceConnectorEmergencyCallingConfiguration(s.ctx, gone))(t)
	fails[*types.NotFoundException](t, refusal(s.voice.DeleteVoiceConnectorEmergencyCallingConfiguration(s.ctx, gone)), "emergency")
	must(s.voice.DeleteVoiceConnectorTermination(s.ctx, noMore))(t)
	must(s.voice.PutVoiceConnectorEmergencyCallingConfiguration(s.ctx, put))(t)
	must(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &id}))(t)
	fails[*types.NotFoundException](t, refusal(s.voice.GetVoiceConnectorEmergencyCallingConfiguration(s.ctx, get)), "emergency")
	fails[*types.NotFoundException](t, refusal(s.voice.PutVoiceConnectorEmergencyCallingConfiguration(s.ctx, put)), "")
}

func TestExternalSystemsConfiguration(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	get := &sdk.GetVoiceConnectorExternalSystemsConfigurationInput{VoiceConnectorId: &id}
	put := &sdk.PutVoiceConnectorExternalSystemsConfigurationInput{
		VoiceConnectorId:             &id,
		SessionBorderControllerTypes: []types.SessionBorderControllerType{types.SessionBorderControllerTypeAvayaSbce, types.SessionBorderControllerTypeRibbonSbc},
		ContactCenterSystemTypes:     []types.ContactCenterSystemType{types.ContactCenterSystemTypeAvayaAuraContactCenter},
	}
	out := must(s.voice.PutVoiceConnectorExternalSystemsConfiguration(s.ctx, put))(t).ExternalSystemsConfiguration
	got := must(s.voice.GetVoiceConnectorExternalSystemsConfiguration(s.ctx, get))(t).ExternalSystemsConfiguration
	for _, c := range []*types.ExternalSystemsConfiguration{out, got} {
		equal(t, "SBCs", json(c.SessionBorderControllerTypes), json(put.SessionBorderControllerTypes))
		equal(t, "contact centres", json(c.ContactCenterSystemTypes), json(put.ContactCenterSystemTypes))
	}
	gone := &sdk.DeleteVoiceConnectorExternalSystemsConfigurationInput{VoiceConnectorId: &id}
	must(s.voice.DeleteVoiceConnectorExternalSystemsConfiguration(s.ctx, gone))(t)
	fails[*types.NotFoundException](t, refusal(s.voice.GetVoiceConnectorExternalSystemsConfiguration(s.ctx, get)), "external systems")
	fails[*types.NotFoundException](t, refusal(s.voice.DeleteVoiceConnectorExternalSystemsConfiguration(s.ctx, gone)), "external systems")
	put.VoiceConnectorId = new("abcdefghijklmnopqrstu")
	fails[*types.NotFoundException](t, refusal(s.voice.PutVoiceConnectorExternalSystemsConfiguration(s.ctx, put)), "")
}

func TestPoolLifeCycle(t *testing.T) {
	s := serve(t)
	create := &pipelines.CreateMediaPipelineKinesisVideoStreamPoolInput{
		PoolName: new("pool.1"), StreamConfiguration: &pipelinetypes.KinesisVideoStreamConfiguration{Region: new("us-east-1"), DataRetentionInHours: new(int32(24))},
	}
	made := must(s.pipelines.CreateMediaPipelineKinesisVideoStreamPool(s.ctx, create))(t).KinesisVideoStreamPoolConfiguration
	again := must(s.pipelines.CreateMediaPipelineKinesisVideoStreamPool(s.ctx, create))(t).KinesisVideoStreamPoolConfiguration // with the token that the SDK has put in
	equal(t, "the same again", json(again), json(made))
	create.StreamConfiguration.DataRetentionInHours = new(int32(25))
	fails[*pipelinetypes.ConflictException](t, refusal(s.pipelines.CreateMediaPipelineKinesisVideoStreamPool(s.ctx, create)), "different parameters")
	create.ClientRequestToken = nil
	fails[*pipelinetypes.ConflictException](t, refusal(s.pipelines.CreateMediaPipelineKinesisVideoStreamPool(s.ctx, create)), "")
	equal(t, "ARN", *made.PoolArn, "arn:aws:chime:us-east-1:000000000000:media-pipeline-kinesis-video-stream-pool/pool.1")
	for _, identifier := range []*string{made.PoolName, made.PoolArn, made.PoolId} {
		got := must(s.pipelines.GetMediaPipelineKinesisVideoStreamPool(s.ctx, &pipelines.GetMediaPipelineKinesisVideoStreamPoolInput{Identifier: identifier}))(t).KinesisVideoStreamPoolConfiguration
		equal(t, "pool", json(got), json(made))
	}
	equal(t, "status", made.PoolStatus, pipelinetypes.KinesisVideoStreamPoolStatusActive)
	got := must(s.pipelines.UpdateMediaPipelineKinesisVideoStreamPool(s.ctx, &pipelines.UpdateMediaPipelineKinesisVideoStreamPoolInput{
		Identifier: made.PoolArn, StreamConfiguration: &pipelinetypes.KinesisVideoStreamConfigurationUpdate{DataRetentionInHours: new(int32(48))},
	}))(t).KinesisVideoStreamPoolConfiguration
	equal(t, "retention", *got.StreamConfiguration.DataRetentionInHours, 48)
	equal(t, "region", *got.StreamConfiguration.Region, "us-east-1")

	create.PoolName, create.ClientRequestToken = new("pool.2"), nil
	must(s.pipelines.CreateMediaPipelineKinesisVideoStreamPool(s.ctx, create))(t)
	var names []string
	for pages := pipelines.NewListMediaPipelineKinesisVideoStreamPoolsPaginator(s.pipelines, &pipelines.ListMediaPipelineKinesisVideoStreamPoolsInput{MaxResults: new(int32(1))}); pages.HasMorePages(); {
		for _, p := range must(pages.NextPage(s.ctx))(t).KinesisVideoStreamPools {
			names = append(names, *p.PoolName)
		}
	}
	equal(t, "pools", json(names), `["pool.1","pool.2"]`)
	must(s.pipelines.DeleteMediaPipelineKinesisVideoStreamPool(s.ctx, &pipelines.DeleteMediaPipelineKinesisVideoStreamPoolInput{Identifier: made.PoolArn}))(t)
	for _, err := range []error{
		refusal(s.pipelines.GetMediaPipelineKinesisVideoStreamPool(s.ctx, &pipelines.GetMediaPipelineKinesisVideoStreamPoolInput{Identifier: made.PoolName})),
		refusal(s.pipelines.UpdateMediaPipelineKinesisVideoStreamPool(s.ctx, &pipelines.UpdateMediaPipelineKinesisVideoStreamPoolInput{Identifier: made.PoolName})),
		refusal(s.pipelines.DeleteMediaPipelineKinesisVideoStreamPool(s.ctx, &pipelines.DeleteMediaPipelineKinesisVideoStreamPoolInput{Identifier: made.PoolId})),
	} {
		fails[*pipelinetypes.NotFoundException](t, err, "pool")
	}
}

func TestCapturePipelinesAreRefused(t *testing.T) {
	s := serve(t)
	list := s.do(t, "GET", "/sdk-media-capture-pipelines", "")
	equal(t, "list", list.Body, `{"MediaCapturePipelines":[]}`)
	id := newID()
	fails[*pipelinetypes.NotFoundException](t, refusal(s.pipelines.GetMediaCapturePipeline(s.ctx, &pipelines.GetMediaCapturePipelineInput{MediaPipelineId: &id})), "does not support meetings")
	fails[*pipelinetypes.NotFoundException](t, refusal(s.pipelines.DeleteMediaCapturePipeline(s.ctx, &pipelines.DeleteMediaCapturePipelineInput{MediaPipelineId: &id})), "does not support meetings")
}
