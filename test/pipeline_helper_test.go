package test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre"
)

// change holds the fields of a Media Insights State Change, and the source in an event of a pipeline's task.
type change struct {
	EventType     string `json:"eventType"`
	PipelineARN   string `json:"mediaInsightsPipelineArn"`
	Configuration string `json:"mediaInsightsPipelineConfigurationArn"`
	TransactionID string `json:"transactionId"`
	ConnectorID   string `json:"voiceConnectorId"`
	From          string `json:"fromNumber"`
	Note          string `json:"note"`

	StreamARN  string `json:"streamArn"`
	PipelineID string `json:"mediaInsightsPipelineId"`
	SourceARN  string `json:"sourceArn"`
	Channel    *int   `json:"channelId"`
	Fragment   string `json:"startFragmentNumber"`
	IsCaller   *bool  `json:"isCaller"`
}

func pipelineChangeOf(e event) change {
	var c struct{ Detail change }
	_ = json.Unmarshal(e.Raw, &c)
	return c.Detail
}

// checkSource fails the test unless an event's source is a channel of a stream.
func checkSource(t *testing.T, got change, arn string, channel int) {
	t.Helper()
	if got.StreamARN != arn {
		t.Errorf("got source stream %s, want %s", got.StreamARN, arn)
	}
	if got.Channel == nil || *got.Channel != channel {
		t.Errorf("got source channel %v, want %d", got.Channel, channel)
	}
}

// pipelineChanged matches an event of a type about the pipeline with an ARN, or about the pipeline of a call.
func pipelineChanged(id, eventType string) func(event) bool {
	return func(e event) bool {
		c := pipelineChangeOf(e)
		return e.DetailType == "Media Insights State Change" && c.EventType == eventType && (c.PipelineARN == id || c.TransactionID == id)
	}
}

// stream returns the ARN of a leg's stream from its STARTED event.
func stream(ctx context.Context, t *testing.T, hook *receiver, transaction string, caller bool) string {
	t.Helper()
	return streamStarted(ctx, t, hook, transaction, caller).StreamARN
}

func streamStarted(ctx context.Context, t *testing.T, hook *receiver, transaction string, caller bool) change {
	t.Helper()
	e := hook.wait(ctx, t, "stream started", func(e event) bool {
		return of(transaction, timbre.StreamingStarted)(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller
	})
	return pipelineChangeOf(e)
}

func (h deployment) configurationARN(ctx context.Context, t *testing.T) *string {
	t.Helper()
	c, err := h.media.GetMediaInsightsPipelineConfiguration(ctx, &pipelines.GetMediaInsightsPipelineConfigurationInput{Identifier: aws.String("analytics")})
	must(t, err)
	return c.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn
}

// pipelineInput is a request for a pipeline on streams. Channels are numbered in the order of the streams.
func (h deployment) pipelineInput(ctx context.Context, t *testing.T, streams ...string) *pipelines.CreateMediaInsightsPipelineInput {
	t.Helper()
	in := &pipelines.CreateMediaInsightsPipelineInput{
		MediaInsightsPipelineConfigurationArn: h.configurationARN(ctx, t),
		KinesisVideoStreamSourceRuntimeConfiguration: &mptypes.KinesisVideoStreamSourceRuntimeConfiguration{
			MediaEncoding: mptypes.MediaEncodingPcm, MediaSampleRate: aws.Int32(8000),
		},
		MediaInsightsRuntimeMetadata: map[string]string{"note": "by hand"},
	}
	for i, s := range streams {
		in.KinesisVideoStreamSourceRuntimeConfiguration.Streams = append(in.KinesisVideoStreamSourceRuntimeConfiguration.Streams,
			mptypes.StreamConfiguration{StreamArn: &s, StreamChannelDefinition: &mptypes.StreamChannelDefinition{
				NumberOfChannels: aws.Int32(1), ChannelDefinitions: []mptypes.ChannelDefinition{
					{ChannelId: int32(i), ParticipantRole: []mptypes.ParticipantRole{"CUSTOMER", "AGENT"}[i]},
				},
			}})
	}
	return in
}

func (h deployment) pipelineStatus(ctx context.Context, t *testing.T, id string) mptypes.MediaPipelineStatus {
	t.Helper()
	g, err := h.media.GetMediaPipeline(ctx, &pipelines.GetMediaPipelineInput{MediaPipelineId: &id})
	must(t, err)
	return g.MediaPipeline.MediaInsightsPipeline.Status
}

// is reports whether an error is of one of the SDK's types.
func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
