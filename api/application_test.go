package api_test

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

const lambda = "arn:aws:lambda:us-east-1:000000000000:function:ivr"

func (s *server) application(t testing.TB) string {
	t.Helper()
	return *must(s.voice.CreateSipMediaApplication(s.ctx, &sdk.CreateSipMediaApplicationInput{
		Name: new("IVR"), AwsRegion: new("us-east-1"), Endpoints: []types.SipMediaApplicationEndpoint{{LambdaArn: new(lambda)}},
		Tags: []types.Tag{{Key: new("team"), Value: new("support")}},
	}))(t).SipMediaApplication.SipMediaApplicationId
}

func TestApplicationLifeCycle(t *testing.T) {
	s := serve(t)
	id := s.application(t)
	get := &sdk.GetSipMediaApplicationInput{SipMediaApplicationId: &id}
	got := must(s.voice.GetSipMediaApplication(s.ctx, get))(t).SipMediaApplication
	equal(t, "ARN", *got.SipMediaApplicationArn, "arn:aws:chime:us-east-1:000000000000:sma/"+id)
	equal(t, "name", *got.Name, "IVR")
	equal(t, "region", *got.AwsRegion, "us-east-1")
	equal(t, "endpoint", *got.Endpoints[0].LambdaArn, lambda)
	equal(t, "updated", *got.UpdatedTimestamp, now)
	equal(t, "tag", s.resources.byID["SIP media application/"+id].Tags["team"], "support")

	must(s.voice.UpdateSipMediaApplication(s.ctx, &sdk.UpdateSipMediaApplicationInput{SipMediaApplicationId: &id, Name: new("menu")}))(t)
	must(s.voice.UpdateSipMediaApplication(s.ctx, &sdk.UpdateSipMediaApplicationInput{
		SipMediaApplicationId: &id, Endpoints: []types.SipMediaApplicationEndpoint{{LambdaArn: new(lambda + "2")}},
	}))(t)
	got = must(s.voice.GetSipMediaApplication(s.ctx, get))(t).SipMediaApplication
	equal(t, "name", *got.Name, "menu")
	equal(t, "endpoint", *got.Endpoints[0].LambdaArn, lambda+"2")

	other := s.application(t)
	var ids []string
	for pages := sdk.NewListSipMediaApplicationsPaginator(s.voice, &sdk.ListSipMediaApplicationsInput{MaxResults: new(int32(1))}); pages.HasMorePages(); {
		for _, a := range must(pages.NextPage(s.ctx))(t).SipMediaApplications {
			ids = append(ids, *a.SipMediaApplicationId)
		}
	}
	equal(t, "list", json(ids), json([]string{id, other}))

	must(s.voice.DeleteSipMediaApplication(s.ctx, &sdk.DeleteSipMediaApplicationInput{SipMediaApplicationId: &id}))(t)
	for _, err := range []error{
		refusal(s.voice.GetSipMediaApplication(s.ctx, get)),
		refusal(s.voice.UpdateSipMediaApplication(s.ctx, &sdk.UpdateSipMediaApplicationInput{SipMediaApplicationId: &id})),
		refusal(s.voice.DeleteSipMediaApplication(s.ctx, &sdk.DeleteSipMediaApplicationInput{SipMediaApplicationId: &id})),
	} {
		fails[*types.NotFoundException](t, err, "SIP media application")
	}
}

func TestApplicationLoggingConfiguration(t *testing.T) {
	s := serve(t)
	id := s.application(t)
	get := &sdk.GetSipMediaApplicationLoggingConfigurationInput{SipMediaApplicationId: &id}
	logs := func() bool {
		return *must(s.voice.GetSipMediaApplicationLoggingConfiguration(s.ctx, get))(t).SipMediaApplicationLoggingConfiguration.EnableSipMediaApplicationMessageLogs
	}
	put := &sdk.PutSipMediaApplicationLoggingConfigurationInput{
		SipMediaApplicationId:                   &id,
		SipMediaApplicationLoggingConfiguration: &types.SipMediaApplicationLoggingConfiguration{EnableSipMediaApplicationMessageLogs: new(true)},
	}
	equal(t, "at first", logs(), false)
	out := must(s.voice.PutSipMediaApplicationLoggingConfiguration(s.ctx, put))(t).SipMediaApplicationLoggingConfiguration
	equal(t, "answer", *out.EnableSipMediaApplicationMessageLogs, true)
	equal(t, "kept", logs(), true)
	must(s.voice.DeleteSipMediaApplication(s.ctx, &sdk.DeleteSipMediaApplicationInput{SipMediaApplicationId: &id}))(t)
	fails[*types.NotFoundException](t, refusal(s.voice.GetSipMediaApplicationLoggingConfiguration(s.ctx, get)), "SIP media application")
	fails[*types.NotFoundException](t, refusal(s.voice.PutSipMediaApplicationLoggingConfiguration(s.ctx, put)), "")
}

func rule(trigger types.SipRuleTriggerType, value string, applications ...string) *sdk.CreateSipRuleInput {
	in := &sdk.CreateSipRuleInput{Name: new("calls in"), TriggerType: trigger, TriggerValue: &value}
	for i, id := range applications {
		in.TargetApplications = append(in.TargetApplications, types.SipRuleTargetApplication{
			SipMediaApplicationId: new(id), Priority: new(int32(i + 1)), AwsRegion: new([]string{"us-east-1", "us-west-2"}[i]),
		})
	}
	return in
}

func TestRuleLifeCycle(t *testing.T) {
	s := serve(t)
	connector, a, b := s.connector(t), s.application(t), s.application(t)
	host := connector + ".voiceconnector.chime.aws"
	made := must(s.voice.CreateSipRule(s.ctx, rule(types.SipRuleTriggerTypeRequestUriHostname, host, a)))(t).SipRule
	id := made.SipRuleId
	got := must(s.voice.GetSipRule(s.ctx, &sdk.GetSipRuleInput{SipRuleId: id}))(t).SipRule
	for _, r := range []*types.SipRule{made, got} {
		equal(t, "name", *r.Name, "calls in")
		equal(t, "disabled", *r.Disabled, false)
		equal(t, "trigger", *r.TriggerValue, host)
		equal(t, "target", *r.TargetApplications[0].SipMediaApplicationId, a)
		equal(t, "created", *r.CreatedTimestamp, now)
	}
	fails[*types.ConflictException](t, refusal(s.voice.CreateSipRule(s.ctx, rule(types.SipRuleTriggerTypeRequestUriHostname, host, b))), "trigger")
	fails[*types.ConflictException](t, refusal(s.voice.DeleteSipMediaApplication(s.ctx, &sdk.DeleteSipMediaApplicationInput{SipMediaApplicationId: &a})), "in use")
	fails[*types.ConflictException](t, refusal(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &connector})), "in use")

	list := func(application string) int {
		return len(must(s.voice.ListSipRules(s.ctx, &sdk.ListSipRulesInput{SipMediaApplicationId: &application}))(t).SipRules)
	}
	equal(t, "of a", list(a), 1)
	equal(t, "of b", list(b), 0)
	must(s.voice.UpdateSipRule(s.ctx, &sdk.UpdateSipRuleInput{SipRuleId: id, Name: new("moved"), TargetApplications: rule("", "", b).TargetApplications}))(t)
	equal(t, "of b", list(b), 1)
	must(s.voice.DeleteSipMediaApplication(s.ctx, &sdk.DeleteSipMediaApplicationInput{SipMediaApplicationId: &a}))(t)
	equal(t, "of an unknown one", s.do(t, "GET", "/sip-rules?sip-media-application="+a, "").Status, 404) // this SDK has no type for it there
	must(s.voice.DeleteSipRule(s.ctx, &sdk.DeleteSipRuleInput{SipRuleId: id}))(t)
	equal(t, "rules", len(must(s.voice.ListSipRules(s.ctx, &sdk.ListSipRulesInput{}))(t).SipRules), 0)
	for _, err := range []error{
		refusal(s.voice.GetSipRule(s.ctx, &sdk.GetSipRuleInput{SipRuleId: id})),
		refusal(s.voice.UpdateSipRule(s.ctx, &sdk.UpdateSipRuleInput{SipRuleId: id, Name: new("x")})),
		refusal(s.voice.DeleteSipRule(s.ctx, &sdk.DeleteSipRuleInput{SipRuleId: id})),
	} {
		fails[*types.NotFoundException](t, err, "SIP rule")
	}
	must(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &connector}))(t)
}

func TestRuleIsAnAssociationOfItsNumber(t *testing.T) {
	s := serve(t)
	s.stock(t, now, first)
	a := s.application(t)
	byNumber := rule(types.SipRuleTriggerTypeToPhoneNumber, first, a)
	fails[*types.BadRequestException](t, refusal(s.voice.CreateSipRule(s.ctx, byNumber)), "SipMediaApplicationDialIn")
	must(s.voice.UpdatePhoneNumber(s.ctx, &sdk.UpdatePhoneNumberInput{PhoneNumberId: new(first), ProductType: types.PhoneNumberProductTypeSipMediaApplicationDialIn}))(t)
	id := must(s.voice.CreateSipRule(s.ctx, byNumber))(t).SipRule.SipRuleId
	equal(t, "of the rule", s.list(t, sdk.ListPhoneNumbersInput{FilterName: types.PhoneNumberAssociationNameSipRuleId, FilterValue: id}), "[+12065550100 Assigned]")
	must(s.voice.UpdatePhoneNumber(s.ctx, &sdk.UpdatePhoneNumberInput{PhoneNumberId: new(first), Name: new("menu")}))(t)
	equal(t, "associations", len(s.number(t, first).Associations), 1)
	fails[*types.BadRequestException](t, refusal(s.voice.DeletePhoneNumber(s.ctx, &sdk.DeletePhoneNumberInput{PhoneNumberId: new(first)})), "associated")
	s.stock(t, now) // no longer listed, but in use
	equal(t, "status", s.number(t, first).Status, types.PhoneNumberStatusAssigned)
	must(s.voice.DeleteSipRule(s.ctx, &sdk.DeleteSipRuleInput{SipRuleId: id}))(t)
	equal(t, "status", s.number(t, first).Status, types.PhoneNumberStatusUnassigned)
}

func TestRuleWithUnknownTargetIsRefused(t *testing.T) {
	s := serve(t)
	a := s.application(t)
	host := s.connector(t) + ".voiceconnector.chime.aws"
	for _, in := range []*sdk.CreateSipRuleInput{
		rule(types.SipRuleTriggerTypeRequestUriHostname, host, "unknown"),
		rule(types.SipRuleTriggerTypeRequestUriHostname, "example.com", a),
		rule(types.SipRuleTriggerTypeRequestUriHostname, host+".example.com", a),
		rule(types.SipRuleTriggerTypeToPhoneNumber, "+19995550000", a),
	} {
		fails[*types.BadRequestException](t, refusal(s.voice.CreateSipRule(s.ctx, in)), "")
	}
	twice := rule(types.SipRuleTriggerTypeRequestUriHostname, host, a, a)
	twice.TargetApplications[1].AwsRegion = new("us-east-1")
	fails[*types.BadRequestException](t, refusal(s.voice.CreateSipRule(s.ctx, twice)), "targetApplications.2.member.awsRegion")
	equal(t, "rules", len(must(s.voice.ListSipRules(s.ctx, &sdk.ListSipRulesInput{}))(t).SipRules), 0)
}
