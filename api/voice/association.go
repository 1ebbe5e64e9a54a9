package voice

import (
	"context"
	"errors"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

func (s *service) associateConnector(ctx context.Context, in *sdk.AssociatePhoneNumbersWithVoiceConnectorInput) (*sdk.AssociatePhoneNumbersWithVoiceConnectorOutput, error) {
	if _, err := s.deps.Store.Connector(ctx, *in.VoiceConnectorId); err != nil {
		return nil, err
	}
	failed, err := s.associate(ctx, in.E164PhoneNumbers, valueOr(in.ForceAssociate, false), types.PhoneNumberAssociationNameVoiceConnectorId, *in.VoiceConnectorId)
	return &sdk.AssociatePhoneNumbersWithVoiceConnectorOutput{PhoneNumberErrors: failed}, err
}

func (s *service) associateGroup(ctx context.Context, in *sdk.AssociatePhoneNumbersWithVoiceConnectorGroupInput) (*sdk.AssociatePhoneNumbersWithVoiceConnectorGroupOutput, error) {
	if _, err := s.groups.Get(ctx, *in.VoiceConnectorGroupId); err != nil {
		return nil, err
	}
	failed, err := s.associate(ctx, in.E164PhoneNumbers, valueOr(in.ForceAssociate, false), types.PhoneNumberAssociationNameVoiceConnectorGroupId, *in.VoiceConnectorGroupId)
	return &sdk.AssociatePhoneNumbersWithVoiceConnectorGroupOutput{PhoneNumberErrors: failed}, err
}

func (s *service) disassociateConnector(ctx context.Context, in *sdk.DisassociatePhoneNumbersFromVoiceConnectorInput) (*sdk.DisassociatePhoneNumbersFromVoiceConnectorOutput, error) {
	if _, err := s.deps.Store.Connector(ctx, *in.VoiceConnectorId); err != nil {
		return nil, err
	}
	failed, err := s.disassociate(ctx, in.E164PhoneNumbers, *in.VoiceConnectorId)
	return &sdk.DisassociatePhoneNumbersFromVoiceConnectorOutput{PhoneNumberErrors: failed}, err
}

func (s *service) disassociateGroup(ctx context.Context, in *sdk.DisassociatePhoneNumbersFromVoiceConnectorGroupInput) (*sdk.DisassociatePhoneNumbersFromVoiceConnectorGroupOutput, error) {
	if _, err := s.groups.Get(ctx, *in.VoiceConnectorGroupId); err != nil {
		return nil, err
	}
	failed, err := s.disassociate(ctx, in.E164PhoneNumbers, *in.VoiceConnectorGroupId)
	return &sdk.DisassociatePhoneNumbersFromVoiceConnectorGroupOutput{PhoneNumberErrors: failed}, err
}

// associate associates each number with a connector or group. A number that is associated with another one stays there unless force is
// set.
func (s *service) associate(ctx context.Context, numbers []string, force bool, kind types.PhoneNumberAssociationName, id string) ([]types.PhoneNumberError, error) {
	return forEachNumber(numbers, func(number string) error {
		_, err := s.updateNumberResource(ctx, number, func(n *types.PhoneNumber, r *timbre.Resource) error {
			switch {
			case n.DeletionTimestamp != nil:
				return deleted()
			case n.ProductType != types.PhoneNumberProductTypeVoiceConnector:
				return timbre.Errorf(timbre.Invalid, "", "The phone number's product type is not VoiceConnector.")
			case len(n.Associations) > 0 && *n.Associations[0].Value == id:
				return nil
			case len(n.Associations) > 0 && !force:
				return associated()
			}
			n.Associations = []types.PhoneNumberAssociation{{Name: kind, Value: &id, AssociatedTimestamp: new(s.env.Now())}}
			r.Uses = []string{id}
			return nil
		})
		return err
	})
}

func (s *service) disassociate(ctx context.Context, numbers []string, id string) ([]types.PhoneNumberError, error) {
	return forEachNumber(numbers, func(number string) error {
		_, err := s.updateNumberResource(ctx, number, func(n *types.PhoneNumber, r *timbre.Resource) error {
			if len(n.Associations) == 0 || *n.Associations[0].Value != id {
				return timbre.Errorf(timbre.NotFound, "", "The phone number is not associated with this resource.")
			}
			n.Associations, r.Uses = nil, nil
			return nil
		})
		return err
	})
}

// refusals maps the errors of single numbers in a batch to their codes.
var refusals = map[timbre.Kind]types.ErrorCode{
	timbre.NotFound: types.ErrorCodeNotFound, timbre.Invalid: types.ErrorCodeBadRequest,
	timbre.Conflict: types.ErrorCodePhoneNumberAssociationsExist,
}

// forEachNumber calls do for each number and collects the refused ones. Any other error aborts.
func forEachNumber(numbers []string, do func(string) error) ([]types.PhoneNumberError, error) {
	failed := []types.PhoneNumberError{}
	for _, n := range numbers {
		err := do(n)
		if err == nil {
			continue
		}
		e, code := (*timbre.Error)(nil), refusals[timbre.KindOf(err)]
		if code == "" || !errors.As(err, &e) {
			return nil, err
		}
		failed = append(failed, types.PhoneNumberError{PhoneNumberId: &n, ErrorCode: code, ErrorMessage: &e.Msg})
	}
	return failed, nil
}
