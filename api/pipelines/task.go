package pipelines

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre"
	"timbre/api/rest"
)

func (s *service) startSearch(ctx context.Context, in *sdk.StartSpeakerSearchTaskInput) (*sdk.StartSpeakerSearchTaskOutput, error) {
	domain, err := s.domain(ctx, *in.VoiceProfileDomainArn)
	if err != nil {
		return nil, err
	}
	t, err := s.deps.Pipelines.Start(ctx, *in.Identifier, timbre.Task{
		Kind: timbre.SpeakerSearch, DomainID: domain, Token: valueOr(in.ClientRequestToken),
		Source: taskSource(in.KinesisVideoStreamSourceTaskConfiguration),
	})
	if err != nil {
		return nil, err
	}
	return &sdk.StartSpeakerSearchTaskOutput{SpeakerSearchTask: searchTask(t)}, nil
}

// domain returns the id of the voice profile domain that an ARN names.
func (s *service) domain(ctx context.Context, arn string) (id string, err error) {
	_, id, ok := strings.Cut(arn, ":voice-profile-domain/")
	if !ok {
		return "", rest.Invalid("voiceProfileDomainArn", "be the ARN of a voice profile domain")
	}
	d, err := s.deps.Store.Domain(ctx, id)
	if err == nil && d.ARN != arn {
		err = timbre.Errorf(timbre.NotFound, "", "The voice profile domain does not exist.")
	}
	return id, err
}

func (s *service) getSearch(ctx context.Context, in *sdk.GetSpeakerSearchTaskInput) (*sdk.GetSpeakerSearchTaskOutput, error) {
	t, err := s.deps.Pipelines.Task(ctx, timbre.SpeakerSearch, *in.Identifier, *in.SpeakerSearchTaskId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetSpeakerSearchTaskOutput{SpeakerSearchTask: searchTask(t)}, nil
}

func (s *service) stopSearch(ctx context.Context, in *sdk.StopSpeakerSearchTaskInput) (*sdk.StopSpeakerSearchTaskOutput, error) {
	return &sdk.StopSpeakerSearchTaskOutput{}, s.deps.Pipelines.Stop(ctx, timbre.SpeakerSearch, *in.Identifier, *in.SpeakerSearchTaskId)
}

func (s *service) startTone(ctx context.Context, in *sdk.StartVoiceToneAnalysisTaskInput) (*sdk.StartVoiceToneAnalysisTaskOutput, error) {
	t, err := s.deps.Pipelines.Start(ctx, *in.Identifier, timbre.Task{
		Kind: timbre.VoiceTone, Token: valueOr(in.ClientRequestToken), Source: taskSource(in.KinesisVideoStreamSourceTaskConfiguration),
	})
	if err != nil {
		return nil, err
	}
	return &sdk.StartVoiceToneAnalysisTaskOutput{VoiceToneAnalysisTask: toneTask(t)}, nil
}

func (s *service) getTone(ctx context.Context, in *sdk.GetVoiceToneAnalysisTaskInput) (*sdk.GetVoiceToneAnalysisTaskOutput, error) {
	t, err := s.deps.Pipelines.Task(ctx, timbre.VoiceTone, *in.Identifier, *in.VoiceToneAnalysisTaskId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceToneAnalysisTaskOutput{VoiceToneAnalysisTask: toneTask(t)}, nil
}

func (s *service) stopTone(ctx context.Context, in *sdk.StopVoiceToneAnalysisTaskInput) (*sdk.StopVoiceToneAnalysisTaskOutput, error) {
	return &sdk.StopVoiceToneAnalysisTaskOutput{}, s.deps.Pipelines.Stop(ctx, timbre.VoiceTone, *in.Identifier, *in.VoiceToneAnalysisTaskId)
}

// taskSource returns the stream that the request names: the zero value if it leaves the choice to the pipeline.
func taskSource(c *types.KinesisVideoStreamSourceTaskConfiguration) *timbre.PipelineSource {
	if c == nil {
		return &timbre.PipelineSource{}
	}
	return &timbre.PipelineSource{StreamARN: *c.StreamArn, Channel: int(c.ChannelId), Fragment: valueOr(c.FragmentNumber)}
}

func searchTask(t timbre.Task) *types.SpeakerSearchTask {
	return &types.SpeakerSearchTask{
		SpeakerSearchTaskId: &t.ID, SpeakerSearchTaskStatus: taskStatus(t), CreatedTimestamp: &t.Created, UpdatedTimestamp: &t.Updated,
	}
}

func toneTask(t timbre.Task) *types.VoiceToneAnalysisTask {
	return &types.VoiceToneAnalysisTask{
		VoiceToneAnalysisTaskId: &t.ID, VoiceToneAnalysisTaskStatus: taskStatus(t), CreatedTimestamp: &t.Created, UpdatedTimestamp: &t.Updated,
	}
}

// taskStatus maps a status to those of this service, which has none for success: an ended task is Stopped.
func taskStatus(t timbre.Task) types.MediaPipelineTaskStatus {
	switch {
	case t.Status == timbre.InQueue:
		return types.MediaPipelineTaskStatusInitializing
	case t.Status == timbre.Failed:
		return types.MediaPipelineTaskStatusFailed
	case t.Active:
		return types.MediaPipelineTaskStatusInProgress
	}
	return types.MediaPipelineTaskStatusStopped
}
