package voice

import (
	"context"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/environment"
)

// Numbers whose type can be derived from the number. The type of others is omitted.
var (
	northAmerican = regexp.MustCompile(`^\+1\d{10}$`)
	tollFree      = regexp.MustCompile(`^\+18(00|33|44|55|66|77|88)\d{7}$`)
)

// Stock makes the inventory match the phone numbers that the operator lists: it adds new ones unassigned, and removes those no
// longer listed unless they are associated. A number that was deleted more than a week ago is added as new.
func Stock(ctx context.Context, env environment.Environment, store Store, numbers []string) error {
	s := newService(env, Deps{Store: store})
	has, err := s.numbers.All(ctx)
	if err != nil {
		return err
	}
	if err := s.removeUnlisted(ctx, has, numbers); err != nil {
		return err
	}
	for _, id := range numbers {
		if slices.ContainsFunc(has, func(n types.PhoneNumber) bool { return *n.PhoneNumberId == id && !s.released(n) }) {
			continue
		}
		if err := s.numbers.Create(ctx, timbre.Resource{ID: id}, s.newNumber(id)); err != nil {
			return err
		}
	}
	return nil
}

// removeUnlisted removes numbers that are not listed, and those whose time in the deletion queue is over.
func (s *service) removeUnlisted(ctx context.Context, has []types.PhoneNumber, listed []string) error {
	for _, n := range has {
		if !s.released(n) && (slices.Contains(listed, *n.PhoneNumberId) || len(n.Associations) > 0) {
			continue
		}
		err := s.numbers.Delete(ctx, *n.PhoneNumberId)
		if err != nil && timbre.KindOf(err) != timbre.Conflict { // a SIP rule uses it
			return err
		}
	}
	return nil
}

func (s *service) newNumber(id string) types.PhoneNumber {
	now := s.env.Now()
	n := types.PhoneNumber{
		PhoneNumberId: &id, E164PhoneNumber: &id,
		ProductType: types.PhoneNumberProductTypeVoiceConnector, CallingNameStatus: types.CallingNameStatusUnassigned,
		CreatedTimestamp: &now, UpdatedTimestamp: &now,
	}
	switch {
	case tollFree.MatchString(id):
		n.Type = types.PhoneNumberTypeTollFree
	case northAmerican.MatchString(id):
		n.Type = types.PhoneNumberTypeLocal
	}
	return n
}
