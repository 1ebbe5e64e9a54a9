package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/tag"
)

func (s *service) createApplication(ctx context.Context, in *sdk.CreateSipMediaApplicationInput) (*sdk.CreateSipMediaApplicationOutput, error) {
	id, now := s.env.NewID(), s.env.Now()
	a := types.SipMediaApplication{
		SipMediaApplicationId: &id, SipMediaApplicationArn: new(s.arn("sma/" + id)), Name: in.Name, AwsRegion: in.AwsRegion,
		Endpoints: in.Endpoints, CreatedTimestamp: &now, UpdatedTimestamp: &now,
	}
	if err := tag.Check(tagMap(in.Tags)); err != nil {
		return nil, err
	}
	if err := s.applications.Create(ctx, timbre.Resource{ID: id, ARN: *a.SipMediaApplicationArn, Tags: tagMap(in.Tags)}, a); err != nil {
		return nil, err
	}
	return &sdk.CreateSipMediaApplicationOutput{SipMediaApplication: &a}, nil
}

func (s *service) getApplication(ctx context.Context, in *sdk.GetSipMediaApplicationInput) (*sdk.GetSipMediaApplicationOutput, error) {
	a, err := s.applications.Get(ctx, *in.SipMediaApplicationId)
	return &sdk.GetSipMediaApplicationOutput{SipMediaApplication: &a}, err
}

func (s *service) listApplications(ctx context.Context, in *sdk.ListSipMediaApplicationsInput) (*sdk.ListSipMediaApplicationsOutput, error) {
	list, next, err := s.applications.List(ctx, in.NextToken, in.MaxResults, nil)
	return &sdk.ListSipMediaApplicationsOutput{SipMediaApplications: list, NextToken: next}, err
}

func (s *service) updateApplication(ctx context.Context, in *sdk.UpdateSipMediaApplicationInput) (*sdk.UpdateSipMediaApplicationOutput, error) {
	a, err := s.applications.Update(ctx, *in.SipMediaApplicationId, func(a *types.SipMediaApplication, _ *timbre.Resource) error {
		if in.Name != nil {
			a.Name = in.Name
		}
		if in.Endpoints != nil {
			a.Endpoints = in.Endpoints
		}
		a.UpdatedTimestamp = new(s.env.Now())
		return nil
	})
	return &sdk.UpdateSipMediaApplicationOutput{SipMediaApplication: &a}, err
}

// deleteApplication refuses while a SIP rule targets the application.
func (s *service) deleteApplication(ctx context.Context, in *sdk.DeleteSipMediaApplicationInput) (*sdk.DeleteSipMediaApplicationOutput, error) {
	return &sdk.DeleteSipMediaApplicationOutput{}, s.applications.Delete(ctx, *in.SipMediaApplicationId)
}

func (s *service) putApplicationLog(ctx context.Context, in *sdk.PutSipMediaApplicationLoggingConfigurationInput) (*sdk.PutSipMediaApplicationLoggingConfigurationOutput, error) {
	doc := valueOr(in.SipMediaApplicationLoggingConfiguration, types.SipMediaApplicationLoggingConfiguration{})
	err := s.applicationLogs.Put(ctx, ownedBy(*in.SipMediaApplicationId), doc)
	return &sdk.PutSipMediaApplicationLoggingConfigurationOutput{SipMediaApplicationLoggingConfiguration: &doc}, err
}

// getApplicationLog returns a disabled configuration if none was put.
func (s *service) getApplicationLog(ctx context.Context, in *sdk.GetSipMediaApplicationLoggingConfigurationInput) (*sdk.GetSipMediaApplicationLoggingConfigurationOutput, error) {
	if _, err := s.applications.Get(ctx, *in.SipMediaApplicationId); err != nil {
		return nil, err
	}
	doc, err := s.applicationLogs.Get(ctx, *in.SipMediaApplicationId)
	if timbre.KindOf(err) == timbre.NotFound {
		doc, err = types.SipMediaApplicationLoggingConfiguration{EnableSipMediaApplicationMessageLogs: new(false)}, nil
	}
	return &sdk.GetSipMediaApplicationLoggingConfigurationOutput{SipMediaApplicationLoggingConfiguration: &doc}, err
}
