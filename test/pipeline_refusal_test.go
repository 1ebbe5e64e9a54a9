package test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
)

func TestPipelineRefusals(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	c := placeCall(ctx, t, n.SIP[0], "s1_enrol")
	caller := stream(ctx, t, hook, c.TransactionID, true)
	unknown := strings.Replace(caller, "stream/", "stream/un", 1)

	create := func(change func(*pipelines.CreateMediaInsightsPipelineInput)) error {
		in := h.pipelineInput(ctx, t, caller)
		change(in)
		_, err := h.media.CreateMediaInsightsPipeline(ctx, in)
		return err
	}
	if err := create(func(in *pipelines.CreateMediaInsightsPipelineInput) { *in = *h.pipelineInput(ctx, t, unknown) }); !is[*mptypes.NotFoundException](err) {
		t.Errorf("unknown stream: got error %v, want NotFoundException", err)
	}
	if err := create(func(in *pipelines.CreateMediaInsightsPipelineInput) {
		*in.MediaInsightsPipelineConfigurationArn += "-not"
	}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("unknown configuration: got error %v, want NotFoundException", err)
	}
	for name, change := range map[string]func(*pipelines.CreateMediaInsightsPipelineInput){
		"no source": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration = nil
		},
		"repeated stream": func(in *pipelines.CreateMediaInsightsPipelineInput) { *in = *h.pipelineInput(ctx, t, caller, caller) },
		"wrong sample rate": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration.MediaSampleRate = aws.Int32(16000)
		},
		"foreign fragment number": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration.Streams[0].FragmentNumber = aws.String("91343852333181432392682062622220590765191907586")
		},
		"two channels in one stream": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration.Streams[0].StreamChannelDefinition.NumberOfChannels = aws.Int32(2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := create(change); !is[*mptypes.BadRequestException](err) {
				t.Errorf("got error %v, want BadRequestException", err)
			}
		})
	}
	err := create(func(in *pipelines.CreateMediaInsightsPipelineInput) {
		in.KinesisVideoStreamSourceRuntimeConfiguration = nil
		in.KinesisVideoStreamRecordingSourceRuntimeConfiguration = &mptypes.KinesisVideoStreamRecordingSourceRuntimeConfiguration{
			Streams: []mptypes.RecordingStreamConfiguration{{StreamArn: &caller}},
			FragmentSelector: &mptypes.FragmentSelector{FragmentSelectorType: "ServerTimestamp", TimestampRange: &mptypes.TimestampRange{
				StartTimestamp: aws.Time(time.Unix(1, 0)), EndTimestamp: aws.Time(time.Unix(2, 0)),
			}},
		}
	})
	if bad := (*mptypes.BadRequestException)(nil); !errors.As(err, &bad) || !strings.Contains(*bad.Message, "does not support") {
		t.Errorf("recording as source: got error %v, want BadRequestException that says \"does not support\"", err)
	}

	made, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller))
	must(t, err)
	id := made.MediaInsightsPipeline.MediaPipelineId
	tone := func(stream string, channel int32) error {
		_, err := h.media.StartVoiceToneAnalysisTask(ctx, &pipelines.StartVoiceToneAnalysisTaskInput{
			Identifier: id, LanguageCode: "en-US",
			KinesisVideoStreamSourceTaskConfiguration: &mptypes.KinesisVideoStreamSourceTaskConfiguration{StreamArn: &stream, ChannelId: channel},
		})
		return err
	}
	if err := tone(unknown, 0); !is[*mptypes.NotFoundException](err) {
		t.Errorf("stream outside the pipeline: got error %v, want NotFoundException", err)
	}
	if err := tone(caller, 1); !is[*mptypes.BadRequestException](err) {
		t.Errorf("channel outside the stream: got error %v, want BadRequestException", err)
	}
	arn := "arn:aws:chime:us-east-1:000000000000:voice-profile-domain/none"
	if _, err := h.media.StartSpeakerSearchTask(ctx, &pipelines.StartSpeakerSearchTaskInput{Identifier: id, VoiceProfileDomainArn: &arn}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("unknown domain: got error %v, want NotFoundException", err)
	}
	if _, err := h.media.DeleteMediaInsightsPipelineConfiguration(ctx, &pipelines.DeleteMediaInsightsPipelineConfigurationInput{Identifier: aws.String("analytics")}); !is[*mptypes.ConflictException](err) {
		t.Errorf("delete of a configuration in use: got error %v, want ConflictException", err)
	}

	// A change of the configuration applies to the next start.
	_, err = h.media.UpdateMediaInsightsPipelineConfiguration(ctx, &pipelines.UpdateMediaInsightsPipelineConfigurationInput{
		Identifier: aws.String("analytics"), ResourceAccessRoleArn: aws.String("arn:aws:iam::000000000000:role/another"),
		Elements: []mptypes.MediaInsightsPipelineConfigurationElement{{
			Type:                                 "VoiceAnalyticsProcessor",
			VoiceAnalyticsProcessorConfiguration: &mptypes.VoiceAnalyticsProcessorConfiguration{SpeakerSearchStatus: "Enabled", VoiceToneAnalysisStatus: "Disabled"},
		}},
	})
	must(t, err)
	if err := tone(caller, 0); !is[*mptypes.ConflictException](err) {
		t.Errorf("disabled tone analysis: got error %v, want ConflictException", err)
	}
	must(t, c.Hangup(ctx))
	if _, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller)); !is[*mptypes.NotFoundException](err) {
		t.Errorf("ended stream: got error %v, want NotFoundException", err)
	}
}
