package pipelines

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre/api/tag"
)

func (s *service) tagResource(ctx context.Context, in *sdk.TagResourceInput) (*sdk.TagResourceOutput, error) {
	return &sdk.TagResourceOutput{}, tag.Add(ctx, s.deps.Store, *in.ResourceARN, tagMap(in.Tags))
}

func (s *service) untagResource(ctx context.Context, in *sdk.UntagResourceInput) (*sdk.UntagResourceOutput, error) {
	return &sdk.UntagResourceOutput{}, tag.Remove(ctx, s.deps.Store, *in.ResourceARN, in.TagKeys)
}

func (s *service) listTags(ctx context.Context, in *sdk.ListTagsForResourceInput) (*sdk.ListTagsForResourceOutput, error) {
	list, err := tag.List(ctx, s.deps.Store, *in.ResourceARN, func(key, value *string) types.Tag { return types.Tag{Key: key, Value: value} })
	if err != nil {
		return nil, err
	}
	return &sdk.ListTagsForResourceOutput{Tags: list}, nil
}

func tagMap(tags []types.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[*t.Key] = *t.Value
	}
	return m
}
