package pipelines

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre"
	"timbre/api/tag"
)

// Pool is the kind of resource of stream pools.
const Pool = "media pipeline kinesis video stream pool"

// pool is the structure of the SDK with what identifies a repeated creation.
type pool struct {
	types.KinesisVideoStreamPoolConfiguration
	Token, Fingerprint string
}

// createPool refuses a second pool with a name, unless it repeats the creation of the first. A token is kept as long as its pool.
func (s *service) createPool(ctx context.Context, in *sdk.CreateMediaPipelineKinesisVideoStreamPoolInput) (*sdk.CreateMediaPipelineKinesisVideoStreamPoolOutput, error) {
	id, now := s.env.NewID(), s.env.Now()
	p := pool{types.KinesisVideoStreamPoolConfiguration{
		PoolId: &id, PoolName: in.PoolName, PoolArn: new(s.poolARN(*in.PoolName)), PoolStatus: types.KinesisVideoStreamPoolStatusActive,
		StreamConfiguration: in.StreamConfiguration, CreatedTimestamp: &now, UpdatedTimestamp: &now,
	}, valueOr(in.ClientRequestToken), ""}
	tags := tagMap(in.Tags)
	if err := tag.Check(tags); err != nil {
		return nil, err
	}
	p.Fingerprint = timbre.ParameterDigest(*in.PoolName, in.StreamConfiguration, tags)
	first, err := s.poolByToken(ctx, p)
	if err == nil && first == nil {
		first = &p
		err = s.pools.Create(ctx, timbre.Resource{ID: id, Name: *in.PoolName, ARN: *p.PoolArn, Tags: tags}, p)
	}
	if timbre.KindOf(err) == timbre.Conflict { // a concurrent creation may have been faster
		if other, again := s.poolByToken(ctx, p); again != nil || other != nil {
			first, err = other, again
		}
	}
	if err != nil {
		return nil, err
	}
	return &sdk.CreateMediaPipelineKinesisVideoStreamPoolOutput{KinesisVideoStreamPoolConfiguration: &first.KinesisVideoStreamPoolConfiguration}, nil
}

// poolByToken returns the pool that was created with the token of p, or nil.
func (s *service) poolByToken(ctx context.Context, p pool) (*pool, error) {
	if p.Token == "" {
		return nil, nil
	}
	all, err := s.pools.All(ctx)
	for _, first := range all {
		switch {
		case first.Token != p.Token:
		case first.Fingerprint != p.Fingerprint:
			return nil, timbre.Errorf(timbre.Conflict, "", "The ClientRequestToken was already used with different parameters.")
		default:
			return &first, nil
		}
	}
	return nil, err
}

func (s *service) getPool(ctx context.Context, in *sdk.GetMediaPipelineKinesisVideoStreamPoolInput) (*sdk.GetMediaPipelineKinesisVideoStreamPoolOutput, error) {
	p, err := s.pools.Get(ctx, s.poolOf(*in.Identifier))
	return &sdk.GetMediaPipelineKinesisVideoStreamPoolOutput{KinesisVideoStreamPoolConfiguration: &p.KinesisVideoStreamPoolConfiguration}, err
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
	p, err := s.pools.Update(ctx, s.poolOf(*in.Identifier), func(p *pool, _ *timbre.Resource) error {
		if c := in.StreamConfiguration; c != nil && c.DataRetentionInHours != nil {
			p.StreamConfiguration.DataRetentionInHours = c.DataRetentionInHours
		}
		p.UpdatedTimestamp = new(s.env.Now())
		return nil
	})
	return &sdk.UpdateMediaPipelineKinesisVideoStreamPoolOutput{KinesisVideoStreamPoolConfiguration: &p.KinesisVideoStreamPoolConfiguration}, err
}

func (s *service) deletePool(ctx context.Context, in *sdk.DeleteMediaPipelineKinesisVideoStreamPoolInput) (*sdk.DeleteMediaPipelineKinesisVideoStreamPoolOutput, error) {
	return &sdk.DeleteMediaPipelineKinesisVideoStreamPoolOutput{}, s.pools.Delete(ctx, s.poolOf(*in.Identifier))
}

// listCaptures is always empty, because capture pipelines cannot be created.
func (s *service) listCaptures(context.Context, *sdk.ListMediaCapturePipelinesInput) (*sdk.ListMediaCapturePipelinesOutput, error) {
	return &sdk.ListMediaCapturePipelinesOutput{MediaCapturePipelines: []types.MediaCapturePipelineSummary{}}, nil
}

func (s *service) poolARN(name string) string {
	return "arn:aws:chime:" + s.env.Region + ":" + s.env.Account + ":media-pipeline-kinesis-video-stream-pool/" + name
}

// poolOf returns the name or id in an identifier that may be an ARN.
func (s *service) poolOf(identifier string) string {
	return strings.TrimPrefix(identifier, s.poolARN(""))
}
