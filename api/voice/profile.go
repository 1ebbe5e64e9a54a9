package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/rest"
)

func (s *service) createProfile(ctx context.Context, in *sdk.CreateVoiceProfileInput) (*sdk.CreateVoiceProfileOutput, error) {
	p, err := s.deps.Tasks.Enrol(ctx, *in.SpeakerSearchTaskId)
	if err != nil {
		return nil, err
	}
	return &sdk.CreateVoiceProfileOutput{VoiceProfile: profile(p)}, nil
}

func (s *service) getProfile(ctx context.Context, in *sdk.GetVoiceProfileInput) (*sdk.GetVoiceProfileOutput, error) {
	p, err := s.deps.Store.Profile(ctx, *in.VoiceProfileId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceProfileOutput{VoiceProfile: profile(p)}, nil
}

func (s *service) updateProfile(ctx context.Context, in *sdk.UpdateVoiceProfileInput) (*sdk.UpdateVoiceProfileOutput, error) {
	p, err := s.deps.Tasks.Renew(ctx, *in.VoiceProfileId, *in.SpeakerSearchTaskId)
	if err != nil {
		return nil, err
	}
	return &sdk.UpdateVoiceProfileOutput{VoiceProfile: profile(p)}, nil
}

func (s *service) listProfiles(ctx context.Context, in *sdk.ListVoiceProfilesInput) (*sdk.ListVoiceProfilesOutput, error) {
	domainID := *in.VoiceProfileDomainId
	list, next, err := rest.Paged(ctx, "profiles/"+domainID, in.NextToken, in.MaxResults,
		func(ctx context.Context, p timbre.Page) ([]timbre.Item, error) {
			return s.deps.Store.ListProfiles(ctx, domainID, p)
		},
		rest.ID)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListVoiceProfilesOutput{VoiceProfiles: []types.VoiceProfileSummary{}, NextToken: next}
	for _, p := range list {
		out.VoiceProfiles = append(out.VoiceProfiles, types.VoiceProfileSummary{
			VoiceProfileId: &p.ID, VoiceProfileArn: &p.ARN, VoiceProfileDomainId: &domainID,
			CreatedTimestamp: &p.Created, UpdatedTimestamp: &p.Updated, ExpirationTimestamp: &p.Expires,
		})
	}
	return out, nil
}

func (s *service) deleteProfile(ctx context.Context, in *sdk.DeleteVoiceProfileInput) (*sdk.DeleteVoiceProfileOutput, error) {
	return &sdk.DeleteVoiceProfileOutput{}, s.deps.Store.DeleteProfile(ctx, *in.VoiceProfileId)
}

// profile omits the voiceprint: the API never returns embeddings.
func profile(p timbre.Profile) *types.VoiceProfile {
	return &types.VoiceProfile{
		VoiceProfileId: &p.ID, VoiceProfileArn: &p.ARN, VoiceProfileDomainId: &p.DomainID,
		CreatedTimestamp: &p.Created, UpdatedTimestamp: &p.Updated, ExpirationTimestamp: &p.Expires,
	}
}
