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
		t.Errorf("got detail-type %q, want %q", kind, "Chime VoiceConnector Streaming Status")
	}
	streams := at[[]any](e, "detail", "streams")
	if len(streams) != 2 {
		t.Fatalf("got %d streams, want 2", len(streams))
	}
	in := c.pipelineInput(ctx, t)
	in.MediaInsightsRuntimeMetadata = map[string]string{}
	for _, name := range []string{"callId", "fromNumber", "toNumber", "voiceConnectorId", "transactionId", "direction"} {
		in.MediaInsightsRuntimeMetadata[name] = at[string](e, "detail", name)
	}
	for i, s := range streams {
		stream := eventReader{t, s.(map[string]any)}
		arn := at[string](stream, "streamArn")
		started := streamStarted(ctx, t, c.hook, c.id, i == 0)
		if arn != started.StreamARN || at[string](stream, "startFragmentNumber") != started.Fragment {
			t.Errorf("stream %d: got %v, want the ARN and fragment of STARTED, %+v", i, s, started)
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
		if want := *in.KinesisVideoStreamSourceRuntimeConfiguration.Streams[i].FragmentNumber; *s.FragmentNumber != want {
			t.Errorf("stream %d: got fragment %s, want %s", i, *s.FragmentNumber, want)
		}
	}
	c.talk()
	if all := c.hook.all(of(c.id, timbre.StreamingAllStarted)); len(all) != 1 {
		t.Errorf("got %d events, want 1", len(all))
	}
}
