package pipelines

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre"
)

// Pool is the kind of resource that pools are kept as.
const Pool = "media pipeline kinesis video stream pool"

// createPool refuses a second pool of a name.
func (s *service) createPool(ctx context.Context, in *sdk.CreateMediaPipelineKinesisVideoStreamPoolInput) (*sdk.CreateMediaPipelineKinesisVideoStreamPoolOutput, error) {
	id, now := s.NewID(), s.Now()
	p := types.KinesisVideoStreamPoolConfiguration{
		PoolId: &id, PoolName: in.PoolName, PoolArn: new(s.poolARN(*in.PoolName)), PoolStatus: types.KinesisVideoStreamPoolStatusActive,
		StreamConfiguration: in.StreamConfiguration, CreatedTimestamp: &now, UpdatedTimestamp: &now,
	}
	tags := map[string]string{}
	for _, t := range in.Tags {
		tags[*t.Key] = *t.Value
	}
	if err := s.pools.Create(ctx, timbre.Resource{ID: id, Name: *in.PoolName, ARN: *p.PoolArn, Tags: tags}, p); err != nil {
		return nil, err
	}
	return &sdk.CreateMediaPipelineKinesisVideoStreamPoolOutput{KinesisVideoStreamPoolConfiguration: &p}, nil
}

func (s *service) getPool(ctx context.Context, in *sdk.GetMediaPipelineKinesisVideoStreamPoolInput) (*sdk.GetMediaPipelineKinesisVideoStreamPoolOutput, error) {
	p, err := s.pools.Get(ctx, s.poolOf(*in.Identifier))
	return &sdk.GetMediaPipelineKinesisVideoStreamPoolOutput{KinesisVideoStreamPoolConfiguration: &p}, err
}

func (s *service) listPools(ctx context.Context, in *sdk.ListMediaPipelineKinesisVideoStreamPoolsInput) (*sdk.ListMediaPipelineKinesisVideoStreamPoolsOutput, error) {
	list, next, err := s.pools.List(ctx, in.NextToken, in.MaxResults, nil)
	pools := []types.KinesisVideoStreamPoolSummary{}
	for _, p := range list {
		pools = append(pools, types.KinesisVideoStreamPoolSummary{PoolId: p.PoolId, PoolName: p.PoolName, PoolArn: p.PoolArn})
	}
	return &sdk.ListMediaPipelineKinesisVideoStreamPoolsOutput{KinesisVideoStreamPools: pools, NextToken: next}, err
}

func (s *service) updatePool(ctx context.Context, in *sdk.UpdateMediaPipelineKinesisVideoStreamPoolInput) (*sdk.UpdateMediaPipelineKinesisVideoStreamPoolOutput, error) {
	p, err := s.pools.Update(ctx, s.poolOf(*in.Identifier), func(p *types.KinesisVideoStreamPoolConfiguration, _ *timbre.Resource) error {
		if c := in.StreamConfiguration; c != nil && c.DataRetentionInHours != nil {
			p.StreamConfiguration.DataRetentionInHours = c.DataRetentionInHours
		}
		p.UpdatedTimestamp = new(s.Now())
		return nil
	})
	return &sdk.UpdateMediaPipelineKinesisVideoStreamPoolOutput{KinesisVideoStreamPoolConfiguration: &p}, err
}

func (s *service) deletePool(ctx context.Context, in *sdk.DeleteMediaPipelineKinesisVideoStreamPoolInput) (*sdk.DeleteMediaPipelineKinesisVideoStreamPoolOutput, error) {
	return &sdk.DeleteMediaPipelineKinesisVideoStreamPoolOutput{}, s.pools.Delete(ctx, s.poolOf(*in.Identifier))
}

// listCaptures is empty, since no capture pipeline can be made.
func (s *service) listCaptures(context.Context, *sdk.ListMediaCapturePipelinesInput) (*sdk.ListMediaCapturePipelinesOutput, error) {
	return &sdk.ListMediaCapturePipelinesOutput{MediaCapturePipelines: []types.MediaCapturePipelineSummary{}}, nil
}

func (s *service) poolARN(name string) string {
	return "arn:aws:chime:" + s.Region + ":" + s.Account + ":media-pipeline-kinesis-video-stream-pool/" + name
}

// poolOf is the name or id in an identifier that may be an ARN.
func (s *service) poolOf(identifier string) string {
	return strings.TrimPrefix(identifier, s.poolARN(""))
}
