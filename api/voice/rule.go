package voice

import (
	"context"
	"slices"
	"strconv"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/rest"
)

// createRule refuses a second rule for a trigger.
func (s *service) createRule(ctx context.Context, in *sdk.CreateSipRuleInput) (*sdk.CreateSipRuleOutput, error) {
	id, now := s.env.NewID(), s.env.Now()
	rule := types.SipRule{
		SipRuleId: &id, Name: in.Name, Disabled: new(valueOr(in.Disabled, false)), TriggerType: in.TriggerType, TriggerValue: in.TriggerValue,
		TargetApplications: in.TargetApplications, CreatedTimestamp: &now, UpdatedTimestamp: &now,
	}
	uses, err := s.ruleUses(ctx, rule)
	if err != nil {
		return nil, err
	}
	err = s.rules.Create(ctx, timbre.Resource{ID: id, Name: string(in.TriggerType) + " " + *in.TriggerValue, Uses: uses}, rule)
	if timbre.KindOf(err) == timbre.Conflict {
		return nil, &timbre.Error{Kind: timbre.Conflict, Msg: "A SIP rule for this trigger already exists.", Err: err}
	}
	return &sdk.CreateSipRuleOutput{SipRule: &rule}, err
}

func (s *service) getRule(ctx context.Context, in *sdk.GetSipRuleInput) (*sdk.GetSipRuleOutput, error) {
	rule, err := s.rules.Get(ctx, *in.SipRuleId)
	return &sdk.GetSipRuleOutput{SipRule: &rule}, err
}

// listRules returns all rules, or those that target an application.
func (s *service) listRules(ctx context.Context, in *sdk.ListSipRulesInput) (*sdk.ListSipRulesOutput, error) {
	var pass func(*types.SipRule) bool
	if in.SipMediaApplicationId != nil {
		if _, err := s.applications.Get(ctx, *in.SipMediaApplicationId); err != nil {
			return nil, err
		}
		pass = func(r *types.SipRule) bool { return slices.Contains(applicationsOf(*r), *in.SipMediaApplicationId) }
	}
	list, next, err := s.rules.List(ctx, in.NextToken, in.MaxResults, pass)
	return &sdk.ListSipRulesOutput{SipRules: list, NextToken: next}, err
}

func (s *service) updateRule(ctx context.Context, in *sdk.UpdateSipRuleInput) (*sdk.UpdateSipRuleOutput, error) {
	if err := onePerRegion(in.TargetApplications); err != nil {
		return nil, err
	}
	rule, err := s.rules.Update(ctx, *in.SipRuleId, func(rule *types.SipRule, r *timbre.Resource) error {
		rule.Name, rule.UpdatedTimestamp = in.Name, new(s.env.Now())
		if in.Disabled != nil {
			rule.Disabled = in.Disabled
		}
		if in.TargetApplications != nil {
			before := applicationsOf(*rule)
			r.Uses = slices.DeleteFunc(r.Uses, func(id string) bool { return slices.Contains(before, id) })
			rule.TargetApplications = in.TargetApplications
			r.Uses = append(r.Uses, applicationsOf(*rule)...)
		}
		return nil
	})
	return &sdk.UpdateSipRuleOutput{SipRule: &rule}, err
}

// deleteRule deletes a rule, enabled or not: tools that destroy what they have made do not disable it first.
func (s *service) deleteRule(ctx context.Context, in *sdk.DeleteSipRuleInput) (*sdk.DeleteSipRuleOutput, error) {
	return &sdk.DeleteSipRuleOutput{}, s.rules.Delete(ctx, *in.SipRuleId)
}

// ruleUses returns the applications that a rule targets, and the number or connector that triggers it.
func (s *service) ruleUses(ctx context.Context, rule types.SipRule) ([]string, error) {
	if err := onePerRegion(rule.TargetApplications); err != nil {
		return nil, err
	}
	trigger := e164(*rule.TriggerValue)
	if rule.TriggerType == types.SipRuleTriggerTypeRequestUriHostname {
		trigger, _, _ = strings.Cut(*rule.TriggerValue, ".")
		c, err := s.deps.Store.Connector(ctx, trigger)
		if timbre.KindOf(err) == timbre.NotFound || err == nil && c.OutboundHost != *rule.TriggerValue {
			err = rest.Invalid("triggerValue", "be the outbound host name of a voice connector")
		}
		if err != nil {
			return nil, err
		}
	} else if n, err := s.number(ctx, trigger); err != nil || n.ProductType != types.PhoneNumberProductTypeSipMediaApplicationDialIn {
		return nil, rest.Invalid("triggerValue", "be a phone number in the inventory with the product type SipMediaApplicationDialIn")
	}
	return append(applicationsOf(rule), trigger), nil
}

// onePerRegion refuses a second application in a region.
func onePerRegion(targets []types.SipRuleTargetApplication) error {
	seen := map[string]bool{}
	for i, t := range targets {
		region := valueOr(t.AwsRegion, "")
		if seen[region] {
			return rest.Invalid("targetApplications."+strconv.Itoa(i+1)+".member.awsRegion", "be the only application in its Region")
		}
		seen[region] = true
	}
	return nil
}

func applicationsOf(rule types.SipRule) (ids []string) {
	for _, t := range rule.TargetApplications {
		if t.SipMediaApplicationId != nil {
			ids = append(ids, *t.SipMediaApplicationId)
		}
	}
	return ids
}
