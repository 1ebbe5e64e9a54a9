package voice

import (
	"context"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

func (s *service) getNumber(ctx context.Context, in *sdk.GetPhoneNumberInput) (*sdk.GetPhoneNumberOutput, error) {
	n, err := s.number(ctx, e164(*in.PhoneNumberId))
	return &sdk.GetPhoneNumberOutput{PhoneNumber: &n}, err
}

func (s *service) listNumbers(ctx context.Context, in *sdk.ListPhoneNumbersInput) (*sdk.ListPhoneNumbersOutput, error) {
	byRule, err := s.ruleAssociations(ctx)
	if err != nil {
		return nil, err
	}
	list, next, err := s.numbers.List(ctx, in.NextToken, in.MaxResults, func(n *types.PhoneNumber) bool {
		return !s.released(*n) && selects(*completed(n, byRule), in)
	})
	return &sdk.ListPhoneNumbersOutput{PhoneNumbers: list, NextToken: next}, err
}

// selects reports whether a list request selects a number.
func selects(n types.PhoneNumber, in *sdk.ListPhoneNumbersInput) bool {
	if in.FilterName != "" && !slices.ContainsFunc(n.Associations, func(a types.PhoneNumberAssociation) bool {
		return string(a.Name) == string(in.FilterName) && (in.FilterValue == nil || *a.Value == *in.FilterValue)
	}) {
		return false
	}
	return (in.Status == nil || *in.Status == string(n.Status)) && (in.ProductType == "" || in.ProductType == n.ProductType)
}

func (s *service) updateNumber(ctx context.Context, in *sdk.UpdatePhoneNumberInput) (*sdk.UpdatePhoneNumberOutput, error) {
	n, err := s.changeNumber(ctx, types.UpdatePhoneNumberRequestItem{
		PhoneNumberId: in.PhoneNumberId, ProductType: in.ProductType, CallingName: in.CallingName, Name: in.Name,
	})
	return &sdk.UpdatePhoneNumberOutput{PhoneNumber: &n}, err
}

func (s *service) batchUpdateNumber(ctx context.Context, in *sdk.BatchUpdatePhoneNumberInput) (*sdk.BatchUpdatePhoneNumberOutput, error) {
	items := map[string]types.UpdatePhoneNumberRequestItem{}
	var ids []string
	for _, i := range in.UpdatePhoneNumberRequestItems {
		id := e164(*i.PhoneNumberId)
		if items[id].PhoneNumberId != nil {
			return nil, timbre.Errorf(timbre.Invalid, "", "The request contains a phone number more than once.")
		}
		items[id] = i
		ids = append(ids, id)
	}
	failed, err := forEachNumber(ids, func(id string) error {
		_, err := s.changeNumber(ctx, items[id])
		return err
	})
	return &sdk.BatchUpdatePhoneNumberOutput{PhoneNumberErrors: failed}, err
}

// changeNumber applies the members that are given. The product type cannot change while the number is associated.
func (s *service) changeNumber(ctx context.Context, to types.UpdatePhoneNumberRequestItem) (types.PhoneNumber, error) {
	return s.updateNumberResource(ctx, *to.PhoneNumberId, func(n *types.PhoneNumber, _ *timbre.Resource) error {
		switch {
		case n.DeletionTimestamp != nil:
			return deleted()
		case to.ProductType != "" && to.ProductType != n.ProductType && len(n.Associations) > 0:
			return associated()
		case to.ProductType != "":
			n.ProductType = to.ProductType
		}
		if to.CallingName != nil {
			n.CallingName, n.CallingNameStatus = nonZero(*to.CallingName), types.CallingNameStatusUpdateSucceeded
		}
		if n.CallingName == nil {
			n.CallingNameStatus = types.CallingNameStatusUnassigned
		}
		if to.Name != nil {
			n.Name = to.Name
		}
		return nil
	})
}

// deleteNumber moves a number that is not associated into the deletion queue.
func (s *service) deleteNumber(ctx context.Context, in *sdk.DeletePhoneNumberInput) (*sdk.DeletePhoneNumberOutput, error) {
	return &sdk.DeletePhoneNumberOutput{}, s.queueDeletion(ctx, *in.PhoneNumberId)
}

func (s *service) batchDeleteNumber(ctx context.Context, in *sdk.BatchDeletePhoneNumberInput) (*sdk.BatchDeletePhoneNumberOutput, error) {
	failed, err := forEachNumber(in.PhoneNumberIds, func(id string) error { return s.queueDeletion(ctx, id) })
	return &sdk.BatchDeletePhoneNumberOutput{PhoneNumberErrors: failed}, err
}

func (s *service) queueDeletion(ctx context.Context, id string) error {
	_, err := s.updateNumberResource(ctx, id, func(n *types.PhoneNumber, _ *timbre.Resource) error {
		switch {
		case n.DeletionTimestamp != nil:
			return deleted()
		case len(n.Associations) > 0:
			return associated()
		}
		n.DeletionTimestamp = new(s.env.Now())
		return nil
	})
	return err
}

func (s *service) restoreNumber(ctx context.Context, in *sdk.RestorePhoneNumberInput) (*sdk.RestorePhoneNumberOutput, error) {
	n, err := s.updateNumberResource(ctx, *in.PhoneNumberId, func(n *types.PhoneNumber, _ *timbre.Resource) error {
		if n.DeletionTimestamp == nil {
			return timbre.Errorf(timbre.Invalid, "", "The phone number is not in the deletion queue.")
		}
		n.DeletionTimestamp = nil
		return nil
	})
	return &sdk.RestorePhoneNumberOutput{PhoneNumber: &n}, err
}
