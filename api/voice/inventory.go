package voice

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// deletionQueue is how long a deleted number can be restored.
const deletionQueue = 7 * 24 * time.Hour

// number returns a number of the inventory with its associations and status.
func (s *service) number(ctx context.Context, id string) (types.PhoneNumber, error) {
	n, err := s.numbers.Get(ctx, id)
	if err == nil && s.released(n) {
		err = released()
	}
	if err != nil {
		return n, err
	}
	byRule, err := s.ruleAssociations(ctx)
	return *completed(&n, byRule), err
}

// updateNumberResource changes a number. Change sees its associations; it cannot change those by SIP rules.
func (s *service) updateNumberResource(ctx context.Context, id string, change func(*types.PhoneNumber, *timbre.Resource) error) (types.PhoneNumber, error) {
	byRule, err := s.ruleAssociations(ctx)
	if err != nil {
		return types.PhoneNumber{}, err
	}
	n, err := s.numbers.Update(ctx, e164(id), func(n *types.PhoneNumber, r *timbre.Resource) error {
		if s.released(*n) {
			return released()
		}
		if err := change(completed(n, byRule), r); err != nil {
			return err
		}
		n.UpdatedTimestamp = new(s.env.Now())
		n.Associations = slices.DeleteFunc(n.Associations, func(a types.PhoneNumberAssociation) bool {
			return a.Name == types.PhoneNumberAssociationNameSipRuleId
		})
		return nil
	})
	return *completed(&n, byRule), err
}

// ruleAssociations returns the associations of numbers by SIP rules.
func (s *service) ruleAssociations(ctx context.Context) (map[string][]types.PhoneNumberAssociation, error) {
	rules, err := s.rules.All(ctx)
	all := map[string][]types.PhoneNumberAssociation{}
	for _, r := range rules {
		if r.TriggerType == types.SipRuleTriggerTypeToPhoneNumber {
			n := e164(*r.TriggerValue)
			all[n] = append(all[n], types.PhoneNumberAssociation{
				Name: types.PhoneNumberAssociationNameSipRuleId, Value: r.SipRuleId, AssociatedTimestamp: r.CreatedTimestamp,
			})
		}
	}
	return all, err
}

// completed completes a stored number with its associations by rules and its status.
func completed(n *types.PhoneNumber, byRule map[string][]types.PhoneNumberAssociation) *types.PhoneNumber {
	if n.PhoneNumberId != nil && !slices.ContainsFunc(n.Associations, func(a types.PhoneNumberAssociation) bool {
		return a.Name == types.PhoneNumberAssociationNameSipRuleId
	}) {
		n.Associations = append(n.Associations, byRule[*n.PhoneNumberId]...)
	}
	switch {
	case n.DeletionTimestamp != nil:
		n.Status = types.PhoneNumberStatusDeleteInProgress
	case len(n.Associations) > 0:
		n.Status = types.PhoneNumberStatusAssigned
	default:
		n.Status = types.PhoneNumberStatusUnassigned
	}
	return n
}

// released reports whether the time of a deleted number in the queue is over.
func (s *service) released(n types.PhoneNumber) bool {
	return n.DeletionTimestamp != nil && !s.env.Now().Before(n.DeletionTimestamp.Add(deletionQueue))
}

func released() error { return timbre.Errorf(timbre.NotFound, "", "The phone number does not exist.") }

func deleted() error {
	return timbre.Errorf(timbre.Invalid, "", "The phone number is in the deletion queue.")
}

func associated() error {
	return timbre.Errorf(timbre.Conflict, "", "The phone number is associated. Disassociate it first.")
}

// e164 returns a number in E.164 format, with the plus that SDKs let clients omit.
func e164(number string) string { return "+" + strings.TrimPrefix(number, "+") }
