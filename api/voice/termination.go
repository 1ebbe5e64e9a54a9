package voice

import (
	"context"
	"net/netip"
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/rest"
)

// putTermination accepts any CIDR block, private and loopback ones too: the callers are in networks of the operator.
func (s *service) putTermination(ctx context.Context, in *sdk.PutVoiceConnectorTerminationInput) (*sdk.PutVoiceConnectorTerminationOutput, error) {
	doc := in.Termination
	for i, cidr := range doc.CidrAllowedList {
		if _, err := netip.ParsePrefix(cidr); err != nil {
			return nil, rest.Invalid("termination.cidrAllowedList."+strconv.Itoa(i+1)+".member", "be a CIDR block such as 192.0.2.0/24")
		}
	}
	t := timbre.Termination{
		Disabled: valueOr(doc.Disabled, false), CIDRs: doc.CidrAllowedList, CPSLimit: int(valueOr(doc.CpsLimit, 0)),
		CallingRegions: doc.CallingRegions, DefaultPhoneNumber: valueOr(doc.DefaultPhoneNumber, ""),
	}
	routes, err := s.routes(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	if err := checkRelay(t.CIDRs, routes); err != nil {
		return nil, err
	}
	if err := s.deps.Store.PutTermination(ctx, *in.VoiceConnectorId, t); err != nil {
		return nil, err
	}
	return &sdk.PutVoiceConnectorTerminationOutput{Termination: termination(t)}, nil
}

func (s *service) getTermination(ctx context.Context, in *sdk.GetVoiceConnectorTerminationInput) (*sdk.GetVoiceConnectorTerminationOutput, error) {
	t, err := s.deps.Store.Termination(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceConnectorTerminationOutput{Termination: termination(t)}, nil
}

// deleteTermination refuses while the connector has an emergency calling configuration, which depends on the termination.
func (s *service) deleteTermination(ctx context.Context, in *sdk.DeleteVoiceConnectorTerminationInput) (*sdk.DeleteVoiceConnectorTerminationOutput, error) {
	switch _, err := s.emergencies.Get(ctx, *in.VoiceConnectorId); {
	case err == nil:
		return nil, timbre.Errorf(timbre.Conflict, "", "The voice connector has an emergency calling configuration. Delete it first.")
	case timbre.KindOf(err) != timbre.NotFound:
		return nil, err
	}
	return &sdk.DeleteVoiceConnectorTerminationOutput{}, s.deps.Store.DeleteTermination(ctx, *in.VoiceConnectorId)
}

func termination(t timbre.Termination) *types.Termination {
	return &types.Termination{
		Disabled: &t.Disabled, CidrAllowedList: t.CIDRs, CpsLimit: nonZero(int32(t.CPSLimit)),
		CallingRegions: t.CallingRegions, DefaultPhoneNumber: nonZero(t.DefaultPhoneNumber),
	}
}
