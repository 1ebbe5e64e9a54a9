package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// The group and its inputs have a member that the structures of the SDK lack.
type (
	group struct {
		types.VoiceConnectorGroup
		CallDistributionType string
	}
	createGroupInput struct {
		sdk.CreateVoiceConnectorGroupInput
		CallDistributionType string
	}
	updateGroupInput struct {
		sdk.UpdateVoiceConnectorGroupInput
		CallDistributionType string
	}
	groupOutput     struct{ VoiceConnectorGroup group }
	listGroupOutput struct {
		VoiceConnectorGroups []group
		NextToken            *string
	}
)

func (s *service) createGroup(ctx context.Context, in *createGroupInput) (*groupOutput, error) {
	id, now := s.env.NewID(), s.env.Now()
	g := group{types.VoiceConnectorGroup{
		VoiceConnectorGroupId: &id, VoiceConnectorGroupArn: new(s.arn("vcg/" + id)), Name: in.Name,
		VoiceConnectorItems: in.VoiceConnectorItems, CreatedTimestamp: &now, UpdatedTimestamp: &now,
	}, in.CallDistributionType}
	if err := s.groups.Create(ctx, timbre.Resource{ID: id, ARN: *g.VoiceConnectorGroupArn, Uses: connectorsOf(g)}, g); err != nil {
		return nil, err
	}
	return &groupOutput{g}, nil
}

func (s *service) getGroup(ctx context.Context, in *sdk.GetVoiceConnectorGroupInput) (*groupOutput, error) {
	g, err := s.groups.Get(ctx, *in.VoiceConnectorGroupId)
	return &groupOutput{g}, err
}

func (s *service) listGroups(ctx context.Context, in *sdk.ListVoiceConnectorGroupsInput) (*listGroupOutput, error) {
	list, next, err := s.groups.List(ctx, in.NextToken, in.MaxResults, nil)
	return &listGroupOutput{list, next}, err
}

// updateGroup replaces the connectors of a group.
func (s *service) updateGroup(ctx context.Context, in *updateGroupInput) (*groupOutput, error) {
	g, err := s.groups.Update(ctx, *in.VoiceConnectorGroupId, func(g *group, r *timbre.Resource) error {
		g.Name, g.VoiceConnectorItems, g.UpdatedTimestamp = in.Name, in.VoiceConnectorItems, new(s.env.Now())
		if in.CallDistributionType != "" {
			g.CallDistributionType = in.CallDistributionType
		}
		r.Uses = connectorsOf(*g)
		return nil
	})
	return &groupOutput{g}, err
}

// deleteGroup refuses while the group has connectors or numbers.
func (s *service) deleteGroup(ctx context.Context, in *sdk.DeleteVoiceConnectorGroupInput) (*sdk.DeleteVoiceConnectorGroupOutput, error) {
	g, err := s.groups.Get(ctx, *in.VoiceConnectorGroupId)
	if err == nil && len(g.VoiceConnectorItems) > 0 {
		err = timbre.Errorf(timbre.Conflict, "", "The voice connector group contains voice connectors. Remove them first.")
	}
	if err == nil {
		err = s.groups.Delete(ctx, *in.VoiceConnectorGroupId)
	}
	return &sdk.DeleteVoiceConnectorGroupOutput{}, err
}

func connectorsOf(g group) (ids []string) {
	for _, i := range g.VoiceConnectorItems {
		ids = append(ids, *i.VoiceConnectorId)
	}
	return ids
}
