package pipelines

import (
	"context"
	"encoding/json"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	"github.com/go-json-experiment/json/jsontext"

	"timbre"
	"timbre/api/rest"
	"timbre/api/tag"
)

// createInput is the input of the SDK with the documents as received: the structures of the SDK cannot tell false from absent.
type createInput struct {
	sdk.CreateMediaInsightsPipelineConfigurationInput
	Elements                   []jsontext.Value
	RealTimeAlertConfiguration jsontext.Value
}

// updateInput is the input of the SDK with the documents as received.
type updateInput struct {
	sdk.UpdateMediaInsightsPipelineConfigurationInput
	Elements                   []jsontext.Value
	RealTimeAlertConfiguration jsontext.Value
}

// configuration is the structure of the SDK with the documents as received.
type configuration struct {
	types.MediaInsightsPipelineConfiguration
	Elements                   []jsontext.Value
	RealTimeAlertConfiguration jsontext.Value
}

// configurationOutput is the output of Create, Get and Update.
type configurationOutput struct {
	MediaInsightsPipelineConfiguration configuration
}

// createConfiguration refuses a second configuration with a name, unless it repeats the creation of the first.
func (s *service) createConfiguration(ctx context.Context, in *createInput) (*configurationOutput, error) {
	elements, err := s.elements(in.Elements)
	if err != nil {
		return nil, err
	}
	now, name := s.env.Now(), *in.MediaInsightsPipelineConfigurationName
	c := timbre.Configuration{
		ID: s.env.NewID(), Name: name, RoleARN: *in.ResourceAccessRoleArn,
		ARN:      "arn:aws:chime:" + s.env.Region + ":" + s.env.Account + ":media-insights-pipeline-configuration/" + name,
		Elements: elements, Alerts: json.RawMessage(in.RealTimeAlertConfiguration),
		Tags: tagMap(in.Tags), Created: now, Updated: now,
	}
	if in.ClientRequestToken != nil {
		c.Token = *in.ClientRequestToken
	}
	if err := tag.Check(c.Tags); err != nil {
		return nil, err
	}
	c.Fingerprint = fingerprint(c)
	if err = s.deps.Store.CreateConfiguration(ctx, c); timbre.KindOf(err) == timbre.Conflict {
		c, err = s.repeatedCreation(ctx, c, err)
	}
	if err != nil {
		return nil, err
	}
	return output(c), nil
}

// updateConfiguration replaces the content of a configuration. Calls and tasks use it from their next event on; a live pipeline keeps the
// elements that it was created with.
func (s *service) updateConfiguration(ctx context.Context, in *updateInput) (*configurationOutput, error) {
	elements, err := s.elements(in.Elements)
	if err != nil {
		return nil, err
	}
	now := s.env.Now()
	c, err := s.deps.Store.UpdateConfiguration(ctx, *in.Identifier, func(c *timbre.Configuration) {
		c.RoleARN, c.Elements, c.Alerts, c.Updated = *in.ResourceAccessRoleArn, elements, json.RawMessage(in.RealTimeAlertConfiguration), now
	})
	if err != nil {
		return nil, err
	}
	return output(c), nil
}

func (s *service) getConfiguration(ctx context.Context, in *sdk.GetMediaInsightsPipelineConfigurationInput) (*configurationOutput, error) {
	c, err := s.deps.Store.Configuration(ctx, *in.Identifier)
	if err != nil {
		return nil, err
	}
	return output(c), nil
}

func (s *service) listConfigurations(ctx context.Context, in *sdk.ListMediaInsightsPipelineConfigurationsInput) (*sdk.ListMediaInsightsPipelineConfigurationsOutput, error) {
	list, next, err := rest.Paged(ctx, "configurations", in.NextToken, in.MaxResults, s.deps.Store.ListConfigurations,
		rest.ID)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListMediaInsightsPipelineConfigurationsOutput{
		MediaInsightsPipelineConfigurations: []types.MediaInsightsPipelineConfigurationSummary{}, NextToken: next,
	}
	for _, c := range list {
		out.MediaInsightsPipelineConfigurations = append(out.MediaInsightsPipelineConfigurations,
			types.MediaInsightsPipelineConfigurationSummary{
				MediaInsightsPipelineConfigurationId: &c.ID, MediaInsightsPipelineConfigurationName: &c.Name,
				MediaInsightsPipelineConfigurationArn: &c.ARN,
			})
	}
	return out, nil
}

func (s *service) deleteConfiguration(ctx context.Context, in *sdk.DeleteMediaInsightsPipelineConfigurationInput) (*sdk.DeleteMediaInsightsPipelineConfigurationOutput, error) {
	return &sdk.DeleteMediaInsightsPipelineConfigurationOutput{}, s.deps.Pipelines.Free(ctx, func() error {
		return s.deps.Store.DeleteConfiguration(ctx, *in.Identifier)
	})
}

func output(c timbre.Configuration) *configurationOutput {
	doc := configuration{
		MediaInsightsPipelineConfiguration: types.MediaInsightsPipelineConfiguration{
			MediaInsightsPipelineConfigurationId: &c.ID, MediaInsightsPipelineConfigurationName: &c.Name,
			MediaInsightsPipelineConfigurationArn: &c.ARN, ResourceAccessRoleArn: &c.RoleARN,
			CreatedTimestamp: &c.Created, UpdatedTimestamp: &c.Updated,
		},
		RealTimeAlertConfiguration: jsontext.Value(c.Alerts),
	}
	for _, e := range c.Elements {
		doc.Elements = append(doc.Elements, jsontext.Value(e.Document))
	}
	return &configurationOutput{doc}
}
