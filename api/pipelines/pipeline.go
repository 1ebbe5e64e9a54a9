package pipelines

import (
	"context"
	"strconv"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	"github.com/go-json-experiment/json/jsontext"

	"timbre"
	"timbre/api/rest"
	"timbre/api/tag"
)

// pipelineDocument is the structure of the SDK with channels that keep the id 0 in JSON.
type pipelineDocument struct {
	MediaPipelineId                              string
	MediaPipelineArn                             string
	MediaInsightsPipelineConfigurationArn        string
	Status                                       timbre.PipelineStatus
	KinesisVideoStreamSourceRuntimeConfiguration sourceDocument
	MediaInsightsRuntimeMetadata                 map[string]string
	CreatedTimestamp                             time.Time
	ElementStatuses                              []elementDocument
}

type sourceDocument struct {
	Streams         []streamDocument
	MediaEncoding   string
	MediaSampleRate int
}

type streamDocument struct {
	StreamArn, FragmentNumber string
	StreamChannelDefinition   struct {
		NumberOfChannels   int
		ChannelDefinitions []channelDocument
	}
}

type channelDocument struct {
	ChannelId       *int
	ParticipantRole string
}

type elementDocument struct {
	Type   string
	Status timbre.PipelineStatus
}

// createPipelineInput is the input of the SDK with the member that is always refused.
type createPipelineInput struct {
	sdk.CreateMediaInsightsPipelineInput
	KinesisVideoStreamRecordingSourceRuntimeConfiguration jsontext.Value
}

type createPipelineOutput struct{ MediaInsightsPipeline pipelineDocument }

type getPipelineOutput struct {
	MediaPipeline struct{ MediaInsightsPipeline pipelineDocument }
}

// createPipeline accepts streams of live calls and refuses recordings.
func (s *service) createPipeline(ctx context.Context, in *createPipelineInput) (*createPipelineOutput, error) {
	source := in.KinesisVideoStreamSourceRuntimeConfiguration
	switch {
	case in.KinesisVideoStreamRecordingSourceRuntimeConfiguration != nil:
		return nil, notSupported("kinesisVideoStreamRecordingSourceRuntimeConfiguration: a pipeline processes streams of live calls, not recordings")
	case in.S3RecordingSinkRuntimeConfiguration != nil:
		return nil, notSupported("s3RecordingSinkRuntimeConfiguration: a pipeline does not record")
	case source == nil:
		return nil, rest.Missing("kinesisVideoStreamSourceRuntimeConfiguration")
	}
	p := timbre.Pipeline{
		ConfigurationARN: *in.MediaInsightsPipelineConfigurationArn, Encoding: string(source.MediaEncoding),
		SampleRate: int(*source.MediaSampleRate), Metadata: in.MediaInsightsRuntimeMetadata, Token: valueOr(in.ClientRequestToken),
	}
	for i, given := range source.Streams {
		stream, err := streamOf(given, "kinesisVideoStreamSourceRuntimeConfiguration.streams."+strconv.Itoa(i+1)+".member.streamChannelDefinition")
		if err != nil {
			return nil, err
		}
		p.Streams = append(p.Streams, stream)
	}
	if len(in.Tags) > 0 {
		p.Tags = tagMap(in.Tags)
	}
	if err := tag.Check(p.Tags); err != nil {
		return nil, err
	}
	made, err := s.deps.Pipelines.Create(ctx, p)
	if err != nil {
		return nil, err
	}
	return &createPipelineOutput{pipelineOf(made)}, nil
}

// notSupported refuses what the model allows and Timbre does not do.
func notSupported(what string) error {
	return timbre.Errorf(timbre.Invalid, "", "Timbre does not support %s.", what)
}

// streamOf reads a stream. Streams have one channel, which may be numbered 0 or 1.
func streamOf(c types.StreamConfiguration, at string) (s timbre.PipelineStream, err error) {
	s = timbre.PipelineStream{ARN: *c.StreamArn, Fragment: valueOr(c.FragmentNumber), Channels: int(*c.StreamChannelDefinition.NumberOfChannels)}
	if s.Channels != 1 {
		return s, rest.Invalid(at+".numberOfChannels", "be 1: each stream carries one party of a call")
	}
	defined := c.StreamChannelDefinition.ChannelDefinitions
	if len(defined) > s.Channels {
		return s, rest.Invalid(at+".channelDefinitions", "have length less than or equal to %d", s.Channels)
	}
	for _, d := range defined {
		s.Defined = append(s.Defined, timbre.Channel{ID: int(d.ChannelId), Role: string(d.ParticipantRole)})
	}
	return s, nil
}

func (s *service) getPipeline(ctx context.Context, in *sdk.GetMediaPipelineInput) (*getPipelineOutput, error) {
	p, err := s.deps.Pipelines.Pipeline(ctx, *in.MediaPipelineId)
	if err != nil {
		return nil, err
	}
	out := &getPipelineOutput{}
	out.MediaPipeline.MediaInsightsPipeline = pipelineOf(p)
	return out, nil
}

func (s *service) listPipelines(ctx context.Context, in *sdk.ListMediaPipelinesInput) (*sdk.ListMediaPipelinesOutput, error) {
	list, next, err := rest.Paged(ctx, "pipelines", in.NextToken, in.MaxResults, s.deps.Store.ListPipelines,
		rest.ID)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListMediaPipelinesOutput{MediaPipelines: []types.MediaPipelineSummary{}, NextToken: next}
	for _, p := range list {
		out.MediaPipelines = append(out.MediaPipelines, types.MediaPipelineSummary{MediaPipelineId: &p.ID, MediaPipelineArn: &p.ARN})
	}
	return out, nil
}

func (s *service) deletePipeline(ctx context.Context, in *sdk.DeleteMediaPipelineInput) (*sdk.DeleteMediaPipelineOutput, error) {
	return &sdk.DeleteMediaPipelineOutput{}, s.deps.Pipelines.Delete(ctx, *in.MediaPipelineId)
}

func (s *service) updateStatus(ctx context.Context, in *sdk.UpdateMediaInsightsPipelineStatusInput) (*sdk.UpdateMediaInsightsPipelineStatusOutput, error) {
	change := s.deps.Pipelines.Pause
	if in.UpdateStatus == types.MediaPipelineStatusUpdateResume {
		change = s.deps.Pipelines.Resume
	}
	return &sdk.UpdateMediaInsightsPipelineStatusOutput{}, change(ctx, *in.Identifier)
}

func pipelineOf(p timbre.Pipeline) pipelineDocument {
	d := pipelineDocument{
		MediaPipelineId: p.ID, MediaPipelineArn: p.ARN, MediaInsightsPipelineConfigurationArn: p.ConfigurationARN, Status: p.Status(),
		KinesisVideoStreamSourceRuntimeConfiguration: sourceDocument{MediaEncoding: p.Encoding, MediaSampleRate: p.SampleRate},
		MediaInsightsRuntimeMetadata:                 p.Metadata, CreatedTimestamp: p.Created,
	}
	for _, s := range p.Streams {
		stream := streamDocument{StreamArn: s.ARN, FragmentNumber: s.Fragment}
		stream.StreamChannelDefinition.NumberOfChannels = s.Channels
		for _, c := range s.Defined {
			stream.StreamChannelDefinition.ChannelDefinitions = append(stream.StreamChannelDefinition.ChannelDefinitions,
				channelDocument{ChannelId: &c.ID, ParticipantRole: c.Role})
		}
		source := &d.KinesisVideoStreamSourceRuntimeConfiguration
		source.Streams = append(source.Streams, stream)
	}
	for _, e := range p.Elements {
		if e.Status == timbre.PipelineTemporarilyFailed { // which the model of the API does not know
			e.Status = timbre.PipelineInProgress
		}
		d.ElementStatuses = append(d.ElementStatuses, elementDocument{e.Type, e.Status})
	}
	return d
}

func valueOr(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
