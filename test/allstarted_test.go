package test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre"
)

// The call analytics reader's EventBridge handler: one event that both streams of a call have started becomes a pipeline on
// both, the caller's first, at the fragments that it names.
func TestReaderEventBridgeHandlerCreatesPipeline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c := newSampleCall(ctx, t)
	e := readEvent(t, c.hook.wait(ctx, t, "ALL_STARTED", of(c.id, timbre.StreamingAllStarted)))
	if kind := at[string](e, "detail-type"); kind != "Chime VoiceConnector Streaming Status" {
		t.Errorf("the detail-type is %s", kind)
	}
	given := at[[]any](e, "detail", "streams")
	if len(given) != 2 {
		t.Fatalf("the event has %d streams", len(given))
	}
	in := c.pipelineInput(ctx, t)
	in.MediaInsightsRuntimeMetadata = map[string]string{}
	for _, name := range []string{"callId", "fromNumber", "toNumber", "voiceConnectorId", "transactionId", "direction"} {
		in.MediaInsightsRuntimeMetadata[name] = at[string](e, "detail", name)
	}
	for i, s := range given {
		stream := eventReader{t, s.(map[string]any)}
		arn := at[string](stream, "streamArn")
		if started := streamStarted(ctx, t, c.hook, c.id, i == 0); arn != started.StreamARN || at[string](stream, "startFragmentNumber") != started.Fragment {
			t.Errorf("stream %d is %v, and STARTED says %+v", i, s, started)
		}
		in.KinesisVideoStreamSourceRuntimeConfiguration.Streams = append(in.KinesisVideoStreamSourceRuntimeConfiguration.Streams, mptypes.StreamConfiguration{
			StreamArn: &arn, FragmentNumber: aws.String(at[string](stream, "startFragmentNumber")),
			StreamChannelDefinition: &mptypes.StreamChannelDefinition{
				NumberOfChannels:   aws.Int32(1),
				ChannelDefinitions: []mptypes.ChannelDefinition{{ChannelId: int32(i), ParticipantRole: []mptypes.ParticipantRole{"CUSTOMER", "AGENT"}[i]}},
			},
		})
	}
	made, err := c.media.CreateMediaInsightsPipeline(ctx, in)
	must(t, err)
	got, err := c.media.GetMediaPipeline(ctx, &pipelines.GetMediaPipelineInput{MediaPipelineId: made.MediaInsightsPipeline.MediaPipelineId})
	must(t, err)
	for i, s := range got.MediaPipeline.MediaInsightsPipeline.KinesisVideoStreamSourceRuntimeConfiguration.Streams {
		if *s.FragmentNumber != *in.KinesisVideoStreamSourceRuntimeConfiguration.Streams[i].FragmentNumber {
			t.Errorf("stream %d begins at %s", i, *s.FragmentNumber)
		}
	}
	c.talk()
	if all := c.hook.all(of(c.id, timbre.StreamingAllStarted)); len(all) != 1 {
		t.Errorf("got %d events, want 1", len(all))
	}
}
