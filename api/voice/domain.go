package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/rest"
	"timbre/api/tag"
)

// createDomain returns the first domain of a repeated token, and refuses the token with different parameters. A token is kept as long as
// its domain.
func (s *service) createDomain(ctx context.Context, in *sdk.CreateVoiceProfileDomainInput) (*sdk.CreateVoiceProfileDomainOutput, error) {
	id, now := s.env.NewID(), s.env.Now()
	d := timbre.Domain{
		ID: id, ARN: s.arn("voice-profile-domain/" + id), Name: *in.Name, Description: valueOr(in.Description, ""),
		KMSKeyARN: *in.ServerSideEncryptionConfiguration.KmsKeyArn, Tags: tagMap(in.Tags),
		Token: valueOr(in.ClientRequestToken, ""), Created: now, Updated: now,
	}
	if err := tag.Check(d.Tags); err != nil {
		return nil, err
	}
	d.Fingerprint = fingerprint(d)
	first, found, err := s.firstDomain(ctx, d)
	if err == nil && !found {
		err = s.deps.Store.CreateDomain(ctx, d)
		if timbre.KindOf(err) == timbre.Conflict && d.Token != "" { // a concurrent creation was faster
			var again error
			if first, found, again = s.firstDomain(ctx, d); again != nil || found {
				err = again
			}
		}
	}
	if err != nil {
		return nil, err
	}
	if found {
		d = first
	}
	return &sdk.CreateVoiceProfileDomainOutput{VoiceProfileDomain: domain(d)}, nil
}

// firstDomain finds the domain that was created with the token of d.
func (s *service) firstDomain(ctx context.Context, d timbre.Domain) (first timbre.Domain, found bool, err error) {
	if d.Token == "" {
		return first, false, nil
	}
	first, err = s.deps.Store.DomainByToken(ctx, d.Token)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return first, false, nil
	case err != nil:
		return first, false, err
	case first.Fingerprint != d.Fingerprint:
		return first, false, timbre.Errorf(timbre.Conflict, "", "The ClientRequestToken was already used with different parameters.")
	}
	return first, true, nil
}

// fingerprint is a digest of the parameters of a creation.
func fingerprint(d timbre.Domain) string {
	return timbre.ParameterDigest(d.Name, d.Description, d.KMSKeyARN, d.Tags)
}

func (s *service) getDomain(ctx context.Context, in *sdk.GetVoiceProfileDomainInput) (*sdk.GetVoiceProfileDomainOutput, error) {
	d, err := s.deps.Store.Domain(ctx, *in.VoiceProfileDomainId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceProfileDomainOutput{VoiceProfileDomain: domain(d)}, nil
}

func (s *service) updateDomain(ctx context.Context, in *sdk.UpdateVoiceProfileDomainInput) (*sdk.UpdateVoiceProfileDomainOutput, error) {
	d, err := s.deps.Store.UpdateDomain(ctx, *in.VoiceProfileDomainId, func(d *timbre.Domain) {
		d.Name, d.Description = valueOr(in.Name, d.Name), valueOr(in.Description, d.Description)
		d.Updated = s.env.Now()
	})
	if err != nil {
		return nil, err
	}
	return &sdk.UpdateVoiceProfileDomainOutput{VoiceProfileDomain: domain(d)}, nil
}

func (s *service) listDomains(ctx context.Context, in *sdk.ListVoiceProfileDomainsInput) (*sdk.ListVoiceProfileDomainsOutput, error) {
	list, next, err := rest.Paged(ctx, "domains", in.NextToken, in.MaxResults, s.deps.Store.ListDomains,
		rest.ID)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListVoiceProfileDomainsOutput{VoiceProfileDomains: []types.VoiceProfileDomainSummary{}, NextToken: next}
	for _, d := range list {
		out.VoiceProfileDomains = append(out.VoiceProfileDomains, types.VoiceProfileDomainSummary{
			VoiceProfileDomainId: &d.ID, VoiceProfileDomainArn: &d.ARN, Name: &d.Name, Description: nonZero(d.Description),
			CreatedTimestamp: &d.Created, UpdatedTimestamp: &d.Updated,
		})
	}
	return out, nil
}

func (s *service) deleteDomain(ctx context.Context, in *sdk.DeleteVoiceProfileDomainInput) (*sdk.DeleteVoiceProfileDomainOutput, error) {
	return &sdk.DeleteVoiceProfileDomainOutput{}, s.deps.Store.DeleteDomain(ctx, *in.VoiceProfileDomainId)
}

func domain(d timbre.Domain) *types.VoiceProfileDomain {
	return &types.VoiceProfileDomain{
		VoiceProfileDomainId: &d.ID, VoiceProfileDomainArn: &d.ARN, Name: &d.Name, Description: nonZero(d.Description),
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{KmsKeyArn: &d.KMSKeyARN},
		CreatedTimestamp:                  &d.Created, UpdatedTimestamp: &d.Updated,
	}
}
