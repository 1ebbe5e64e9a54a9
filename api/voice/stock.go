package voice

import (
	"context"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/environment"
)

// Numbers whose type can be told by themselves; that of others is left out.
var (
	northAmerican = regexp.MustCompile(`^\+1\d{10}$`)
	tollFree      = regexp.MustCompile(`^\+18(00|33|44|55|66|77|88)\d{7}$`)
)

// Stock makes the inventory hold the phone numbers that the operator lists: new ones come in unassigned, those no longer
// listed go unless they are associated. A number that was deleted more than a week ago comes in again as new.
func Stock(ctx context.Context, env environment.Environment, store Store, numbers []string) error {
	s := newService(env, Deps{Store: store})
	has, err := s.numbers.All(ctx)
	if err != nil {
		return err
	}
	for _, n := range has {
		listed := slices.Contains(numbers, *n.PhoneNumberId)
		if s.released(n) || !listed && len(n.Associations) == 0 {
			err = s.numbers.Delete(ctx, *n.PhoneNumberId)
		}
		if err != nil && timbre.KindOf(err) != timbre.Conflict { // a SIP rule has it
			return err
		}
	}
	for _, id := range numbers {
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
		if slices.ContainsFunc(has, func(h types.PhoneNumber) bool { return *h.PhoneNumberId == id && !s.released(h) }) {
			continue
		}
		if err := s.numbers.Create(ctx, timbre.Resource{ID: id}, n); err != nil {
			return err
		}
	}
	return nil
}
