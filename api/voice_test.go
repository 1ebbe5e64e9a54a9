package api_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

func (s *server) connector(t testing.TB) string {
	t.Helper()
	out := must(s.voice.CreateVoiceConnector(s.ctx, &sdk.CreateVoiceConnectorInput{Name: new("SBC 1"), RequireEncryption: new(false)}))(t)
	return *out.VoiceConnector.VoiceConnectorId
}

func (s *server) domain(t testing.TB) string {
	t.Helper()
	out := must(s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("customers", "")))(t)
	return *out.VoiceProfileDomain.VoiceProfileDomainId
}

func domainInput(name, token string) *sdk.CreateVoiceProfileDomainInput {
	in := &sdk.CreateVoiceProfileDomainInput{
		Name: &name, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{KmsKeyArn: new("arn:aws:kms:us-east-1:000000000000:key/a-b")},
	}
	if token != "" {
		in.ClientRequestToken = &token
	}
	return in
}

func TestConnectorLifeCycle(t *testing.T) {
	s := serve(t)
	made := must(s.voice.CreateVoiceConnector(s.ctx, &sdk.CreateVoiceConnectorInput{
		Name: new("SBC 1"), RequireEncryption: new(false), AwsRegion: types.VoiceConnectorAwsRegionEuCentral1,
		IntegrationType: types.VoiceConnectorIntegrationTypeConnectAnalyticsConnector, NetworkType: types.NetworkTypeDualStack,
		Tags: []types.Tag{{Key: new("team"), Value: new("")}},
	}))(t).VoiceConnector
	id := *made.VoiceConnectorId
	if !regexp.MustCompile(`^[a-z0-9]{22}$`).MatchString(id) {
		t.Errorf("got id %q", id)
	}
	equal(t, "ARN", *made.VoiceConnectorArn, "arn:aws:chime:us-east-1:000000000000:vc/"+id)
	equal(t, "host", *made.OutboundHostName, id+".voiceconnector.chime.aws")

	got := must(s.voice.GetVoiceConnector(s.ctx, &sdk.GetVoiceConnectorInput{VoiceConnectorId: &id}))(t).VoiceConnector
	for _, c := range []*types.VoiceConnector{made, got} {
		equal(t, "name", *c.Name, "SBC 1")
		equal(t, "region", c.AwsRegion, types.VoiceConnectorAwsRegionEuCentral1)
		equal(t, "encryption", *c.RequireEncryption, false)
		equal(t, "integration", c.IntegrationType, types.VoiceConnectorIntegrationTypeConnectAnalyticsConnector)
		equal(t, "network", c.NetworkType, types.NetworkTypeDualStack)
		equal(t, "created", *c.CreatedTimestamp, now)
		equal(t, "updated", *c.UpdatedTimestamp, now)
	}
	equal(t, "tag", s.connectors.byID[id].Tags["team"], "")

	must(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &id}))(t)
	_, err := s.voice.GetVoiceConnector(s.ctx, &sdk.GetVoiceConnectorInput{VoiceConnectorId: &id})
	fails[*types.NotFoundException](t, err, "does not exist")
	_, err = s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &id})
	fails[*types.NotFoundException](t, err, "does not exist")
}

func TestConnectorHasDefaults(t *testing.T) {
	s := serve(t)
	c := s.connectors.byID[s.connector(t)]
	equal(t, "region", c.Region, "us-east-1")
	equal(t, "network", c.NetworkType, "IPV4_ONLY")
}

func TestListsArePaginatedInOrder(t *testing.T) {
	s := serve(t)
	var made []string
	for range 7 {
		made = append(made, s.connector(t))
	}
	var got []string
	pages := sdk.NewListVoiceConnectorsPaginator(s.voice, &sdk.ListVoiceConnectorsInput{MaxResults: new(int32(3))})
	for n := 0; pages.HasMorePages(); n++ {
		page := must(pages.NextPage(s.ctx))(t)
		equal(t, "page length", len(page.VoiceConnectors), []int{3, 3, 1}[n])
		for _, c := range page.VoiceConnectors {
			got = append(got, *c.VoiceConnectorId)
		}
	}
	equal(t, "list", fmt.Sprint(got), fmt.Sprint(made))

	all := must(s.voice.ListVoiceConnectors(s.ctx, &sdk.ListVoiceConnectorsInput{MaxResults: new(int32(7))}))(t)
	if all.NextToken != nil || len(all.VoiceConnectors) != 7 {
		t.Errorf("got %d connectors and token %v", len(all.VoiceConnectors), all.NextToken)
	}
}

func TestPageTokenOfAnotherListIsRefused(t *testing.T) {
	s := serve(t)
	s.connector(t)
	s.connector(t)
	token := must(s.voice.ListVoiceConnectors(s.ctx, &sdk.ListVoiceConnectorsInput{MaxResults: new(int32(1))}))(t).NextToken
	for _, bad := range []string{*token, "", "?", "AA", strings.Repeat("A", 5000)} {
		_, err := s.voice.ListVoiceProfileDomains(s.ctx, &sdk.ListVoiceProfileDomainsInput{NextToken: &bad})
		fails[*types.BadRequestException](t, err, "NextToken")
	}
}

func TestPutStreamingReplacesTheDocument(t *testing.T) {
	s := serve(t)
	id, arn := s.connector(t), s.configuration(t, "insights")
	_, err := s.voice.GetVoiceConnectorStreamingConfiguration(s.ctx, &sdk.GetVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &id})
	fails[*types.NotFoundException](t, err, "")
	for _, doc := range []*types.StreamingConfiguration{
		{
			DataRetentionInHours: new(int32(0)), Disabled: new(false),
			StreamingNotificationTargets: []types.StreamingNotificationTarget{{NotificationTarget: "EventBridge"}, {NotificationTarget: "SQS"}},
			MediaInsightsConfiguration:   &types.MediaInsightsConfiguration{Disabled: new(false), ConfigurationArn: &arn},
		},
		{DataRetentionInHours: new(int32(24)), Disabled: new(true)},
		{DataRetentionInHours: new(int32(24)), Disabled: new(true), MediaInsightsConfiguration: &types.MediaInsightsConfiguration{Disabled: new(true)}},
	} {
		put := must(s.voice.PutVoiceConnectorStreamingConfiguration(s.ctx, &sdk.PutVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &id, StreamingConfiguration: doc}))(t)
		got := must(s.voice.GetVoiceConnectorStreamingConfiguration(s.ctx, &sdk.GetVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &id}))(t)
		equal(t, "put", json(put.StreamingConfiguration), json(doc))
		equal(t, "got", json(got.StreamingConfiguration), json(doc))
	}
	must(s.voice.DeleteVoiceConnectorStreamingConfiguration(s.ctx, &sdk.DeleteVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &id}))(t)
	_, err = s.voice.DeleteVoiceConnectorStreamingConfiguration(s.ctx, &sdk.DeleteVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &id})
	fails[*types.NotFoundException](t, err, "")
}

func TestStreamingRefusals(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	name := s.configuration(t, "insights")
	name = name[strings.LastIndex(name, "/")+1:]
	put := func(connector string, doc types.StreamingConfiguration) error {
		doc.DataRetentionInHours, doc.Disabled = new(int32(1)), new(false)
		_, err := s.voice.PutVoiceConnectorStreamingConfiguration(s.ctx, &sdk.PutVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &connector, StreamingConfiguration: &doc})
		return err
	}
	fails[*types.NotFoundException](t, put("abcdefghijklmnopqrstu", types.StreamingConfiguration{}), "")
	fails[*types.NotFoundException](t, put(id, types.StreamingConfiguration{
		MediaInsightsConfiguration: &types.MediaInsightsConfiguration{ConfigurationArn: new("arn:aws:chime:us-east-1:000000000000:media-insights-pipeline-configuration/none")},
	}), "ConfigurationArn")
	fails[*types.BadRequestException](t, put(id, types.StreamingConfiguration{
		MediaInsightsConfiguration: &types.MediaInsightsConfiguration{ConfigurationArn: &name},
	}), "regular expression")
	fails[*types.BadRequestException](t, put(id, types.StreamingConfiguration{MediaInsightsConfiguration: &types.MediaInsightsConfiguration{}}),
		"Value null at 'streamingConfiguration.mediaInsightsConfiguration.configurationArn'")
	fails[*types.BadRequestException](t, put(id, types.StreamingConfiguration{StreamingNotificationTargets: []types.StreamingNotificationTarget{{NotificationTarget: "Pigeon"}}}),
		"'streamingConfiguration.streamingNotificationTargets.1.member.notificationTarget' failed to satisfy constraint: Member must satisfy enum value set: [EventBridge, SNS, SQS]")
	fails[*types.BadRequestException](t, put(id, types.StreamingConfiguration{StreamingNotificationTargets: []types.StreamingNotificationTarget{{}}}), "notificationTarget")
}

func TestTerminationIsReturnedAsPut(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	_, err := s.voice.GetVoiceConnectorTermination(s.ctx, &sdk.GetVoiceConnectorTerminationInput{VoiceConnectorId: &id})
	fails[*types.NotFoundException](t, err, "")
	doc := &types.Termination{
		CpsLimit: new(int32(7)), DefaultPhoneNumber: new("+12065550100"), CallingRegions: []string{"US", "CA"},
		CidrAllowedList: []string{"127.0.0.0/8", "10.0.0.1/32", "2001:db8::/32", "192.168.1.7/24"}, Disabled: new(false),
	}
	put := must(s.voice.PutVoiceConnectorTermination(s.ctx, &sdk.PutVoiceConnectorTerminationInput{VoiceConnectorId: &id, Termination: doc}))(t)
	got := must(s.voice.GetVoiceConnectorTermination(s.ctx, &sdk.GetVoiceConnectorTerminationInput{VoiceConnectorId: &id}))(t)
	equal(t, "put", json(put.Termination), json(doc))
	equal(t, "got", json(got.Termination), json(doc))
	equal(t, "kept limit", s.terminations.byID[id].CPSLimit, 7)

	for _, bad := range []string{"10.0.0.1", "10.0.0.0/33", "host/24", ""} {
		_, err := s.voice.PutVoiceConnectorTermination(s.ctx, &sdk.PutVoiceConnectorTerminationInput{VoiceConnectorId: &id, Termination: &types.Termination{CidrAllowedList: []string{"10.0.0.0/8", bad}}})
		fails[*types.BadRequestException](t, err, "termination.cidrAllowedList.2.member")
	}
	_, err = s.voice.PutVoiceConnectorTermination(s.ctx, &sdk.PutVoiceConnectorTerminationInput{VoiceConnectorId: &id, Termination: &types.Termination{DefaultPhoneNumber: new("0123"), CpsLimit: new(int32(0))}})
	fails[*types.BadRequestException](t, err, "2 validation errors detected")

	must(s.voice.DeleteVoiceConnectorTermination(s.ctx, &sdk.DeleteVoiceConnectorTerminationInput{VoiceConnectorId: &id}))(t)
	_, err = s.voice.DeleteVoiceConnectorTermination(s.ctx, &sdk.DeleteVoiceConnectorTerminationInput{VoiceConnectorId: &id})
	fails[*types.NotFoundException](t, err, "")
}

func TestDomainLifeCycle(t *testing.T) {
	s := serve(t)
	in := domainInput("customers", "")
	in.Description, in.Tags = new("who calls"), []types.Tag{{Key: new("timbre:threshold"), Value: new("0.95")}}
	made := must(s.voice.CreateVoiceProfileDomain(s.ctx, in))(t).VoiceProfileDomain
	id := made.VoiceProfileDomainId
	equal(t, "ARN", *made.VoiceProfileDomainArn, "arn:aws:chime:us-east-1:000000000000:voice-profile-domain/"+*id)
	equal(t, "key", *made.ServerSideEncryptionConfiguration.KmsKeyArn, *in.ServerSideEncryptionConfiguration.KmsKeyArn)
	equal(t, "tag", s.domains.byID[*id].Tags["timbre:threshold"], "0.95")
	got := must(s.voice.GetVoiceProfileDomain(s.ctx, &sdk.GetVoiceProfileDomainInput{VoiceProfileDomainId: id}))(t)
	equal(t, "got", json(got.VoiceProfileDomain), json(made))

	changed := must(s.voice.UpdateVoiceProfileDomain(s.ctx, &sdk.UpdateVoiceProfileDomainInput{VoiceProfileDomainId: id, Name: new("guests")}))(t).VoiceProfileDomain
	equal(t, "name", *changed.Name, "guests")
	equal(t, "description", *changed.Description, "who calls")
	listed := must(s.voice.ListVoiceProfileDomains(s.ctx, &sdk.ListVoiceProfileDomainsInput{}))(t).VoiceProfileDomains
	if len(listed) != 1 || *listed[0].Name != "guests" || *listed[0].VoiceProfileDomainId != *id {
		t.Errorf("got list %s", json(listed))
	}
	must(s.voice.DeleteVoiceProfileDomain(s.ctx, &sdk.DeleteVoiceProfileDomainInput{VoiceProfileDomainId: id}))(t)
	_, err := s.voice.GetVoiceProfileDomain(s.ctx, &sdk.GetVoiceProfileDomainInput{VoiceProfileDomainId: id})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.UpdateVoiceProfileDomain(s.ctx, &sdk.UpdateVoiceProfileDomainInput{VoiceProfileDomainId: id})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.DeleteVoiceProfileDomain(s.ctx, &sdk.DeleteVoiceProfileDomainInput{VoiceProfileDomainId: id})
	fails[*types.NotFoundException](t, err, "")
}

func TestRepeatedDomainTokenReturnsTheFirstDomain(t *testing.T) {
	s := serve(t)
	first := must(s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("a", "token-1")))(t).VoiceProfileDomain
	again := must(s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("a", "token-1")))(t).VoiceProfileDomain
	equal(t, "second answer", json(again), json(first))
	other := must(s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("a", "token-2")))(t).VoiceProfileDomain
	if *other.VoiceProfileDomainId == *first.VoiceProfileDomainId {
		t.Error("got the same domain with another token, want another")
	}
	_, err := s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("b", "token-1"))
	fails[*types.ConflictException](t, err, "ClientRequestToken")
	equal(t, "domains", len(s.domains.ids), 2)

	answer := s.do(t, "POST", "/voice-profile-domains", `{"Name":"a","ServerSideEncryptionConfiguration":{"KmsKeyArn":"arn:aws:kms:us-east-1:000000000000:key/a-b"},"ClientRequestToken":"token-1"}`)
	equal(t, "status of the repetition", answer.Status, 201)
}

func TestConcurrentCreationsWithOneTokenCreateOneDomain(t *testing.T) {
	s := serve(t)
	s.faster = &timbre.Domain{ID: "first", Token: "token-1"}
	again := must(s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("a", "token-1")))(t)
	equal(t, "domain", *again.VoiceProfileDomain.VoiceProfileDomainId, "first")

	s = serve(t)
	s.faster = &timbre.Domain{ID: "first", Token: "token-1", Fingerprint: "other"}
	_, err := s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("a", "token-1"))
	fails[*types.ConflictException](t, err, "different parameters")

	s = serve(t)
	s.faster = &timbre.Domain{ID: "first", Token: "token-2"}
	_, err = s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("a", ""))
	fails[*types.ConflictException](t, err, "taken")
}

func TestRequestTokenLength(t *testing.T) {
	s := serve(t)
	for token, ok := range map[string]bool{
		"ab": true, "A-_9": true, strings.Repeat("a", 64): true,
		"a": false, strings.Repeat("a", 65): false, "a b": false, "ä-token": false, "token\n": false,
	} {
		_, err := s.voice.CreateVoiceProfileDomain(s.ctx, domainInput("a", token))
		if ok && err != nil {
			t.Errorf("token %q: got error %v", token, err)
		} else if !ok {
			fails[*types.BadRequestException](t, err, "Value at 'clientRequestToken' failed to satisfy constraint")
		}
	}
}

func TestSearchTaskUsesTheEngine(t *testing.T) {
	s := serve(t)
	vc, domain := s.connector(t), s.domain(t)
	in := &sdk.StartSpeakerSearchTaskInput{
		VoiceConnectorId: &vc, TransactionId: new("tx"), VoiceProfileDomainId: &domain,
		CallLeg: types.CallLegTypeCallee, ClientRequestToken: new("3848276298220188511@10.0.0.1"), // as AWS's samples do: the call's id
	}
	task := must(s.voice.StartSpeakerSearchTask(s.ctx, in))(t).SpeakerSearchTask
	equal(t, "what the engine got", fmt.Sprintf("%+v", s.started[0]), fmt.Sprintf("%+v", timbre.Task{
		Kind: timbre.SpeakerSearch, ConnectorID: vc, TransactionID: "tx", DomainID: domain, Side: timbre.Callee, Token: "3848276298220188511@10.0.0.1",
	}))
	equal(t, "status", *task.SpeakerSearchTaskStatus, "IN_QUEUE")
	equal(t, "isCaller", *task.CallDetails.IsCaller, false)
	equal(t, "transaction", *task.CallDetails.TransactionId, "tx")
	equal(t, "connector", *task.CallDetails.VoiceConnectorId, vc)
	if task.SpeakerSearchDetails != nil || task.StartedTimestamp != nil || task.StatusMessage != nil {
		t.Errorf("got new task %s, want one without results", json(task))
	}

	for i, leg := range []types.CallLegType{types.CallLegTypeCaller, ""} { // which leg is meant when none is named, the engine says
		in.CallLeg = leg
		must(s.voice.StartSpeakerSearchTask(s.ctx, in))(t)
		equal(t, "leg", s.started[1+i].Side, []timbre.Side{timbre.Caller, timbre.Mixed}[i])
	}

	must(s.voice.StopSpeakerSearchTask(s.ctx, &sdk.StopSpeakerSearchTaskInput{VoiceConnectorId: &vc, SpeakerSearchTaskId: task.SpeakerSearchTaskId}))(t)
	got := must(s.voice.GetSpeakerSearchTask(s.ctx, &sdk.GetSpeakerSearchTaskInput{VoiceConnectorId: &vc, SpeakerSearchTaskId: task.SpeakerSearchTaskId}))(t)
	equal(t, "status after stop", *got.SpeakerSearchTask.SpeakerSearchTaskStatus, "STOPPED")
}

func TestSearchTaskReturnsItsResults(t *testing.T) {
	s := serve(t)
	base := timbre.Task{
		ID: "t", Kind: timbre.SpeakerSearch, ConnectorID: "abcdefghijklmnopqrstu", TransactionID: "tx", Status: timbre.PartialSuccess,
		Created: now, Updated: now.Add(2 * time.Second), Started: now.Add(time.Second), Message: "why",
	}
	get := func(change func(*timbre.Task)) *types.SpeakerSearchTask {
		task := base
		change(&task)
		s.tasks.put("t", task)
		return must(s.voice.GetSpeakerSearchTask(s.ctx, &sdk.GetSpeakerSearchTaskInput{VoiceConnectorId: &base.ConnectorID, SpeakerSearchTaskId: &base.ID}))(t).SpeakerSearchTask
	}
	found := get(func(x *timbre.Task) {
		x.Identified, x.VoiceprintStatus, x.Side = true, timbre.VoiceprintGenerationSuccess, timbre.Caller
		x.Matches = []timbre.Match{{ProfileID: "vp-1", Confidence: 0.97}, {ProfileID: "vp-2", Confidence: 0.91}}
	})
	equal(t, "results", json(found.SpeakerSearchDetails.Results), json([]types.SpeakerSearchResult{
		{VoiceProfileId: new("vp-1"), ConfidenceScore: 0.97}, {VoiceProfileId: new("vp-2"), ConfidenceScore: 0.91},
	}))
	equal(t, "voiceprint", *found.SpeakerSearchDetails.VoiceprintGenerationStatus, "VoiceprintGenerationSuccess")
	equal(t, "isCaller", *found.CallDetails.IsCaller, true)
	equal(t, "message", *found.StatusMessage, "why")
	equal(t, "started", *found.StartedTimestamp, base.Started)
	equal(t, "updated", *found.UpdatedTimestamp, base.Updated)

	unmatched := get(func(x *timbre.Task) { x.Identified = true })
	if unmatched.SpeakerSearchDetails.Results == nil || len(unmatched.SpeakerSearchDetails.Results) != 0 {
		t.Error("got no list for a search without a match, want an empty one")
	}
	if unmatched.SpeakerSearchDetails.VoiceprintGenerationStatus != nil || unmatched.CallDetails.IsCaller != nil {
		t.Errorf("mixed leg without voiceprint: got %s", json(unmatched))
	}
	failed := get(func(x *timbre.Task) { x.VoiceprintStatus = timbre.VoiceprintGenerationFailure })
	if failed.SpeakerSearchDetails.Results != nil {
		t.Error("got results without an identification, want none")
	}
}

func TestTimestampsAreISO8601WithMilliseconds(t *testing.T) {
	s := serve(t)
	s.tasks.put("t", timbre.Task{
		ID: "t", Kind: timbre.SpeakerSearch, ConnectorID: "abcdefghijklmnopqrstu",
		Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), Updated: time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC),
	})
	body := s.do(t, "GET", "/voice-connectors/abcdefghijklmnopqrstu/speaker-search-tasks/t", "").Body
	for _, want := range []string{`"CreatedTimestamp":"2026-01-02T02:04:05.000Z"`, `"UpdatedTimestamp":"2026-01-02T03:04:05.678Z"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %s", body, want)
		}
	}
}

func TestToneTaskUsesTheEngine(t *testing.T) {
	s := serve(t)
	vc := s.connector(t)
	task := must(s.voice.StartVoiceToneAnalysisTask(s.ctx, &sdk.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: &vc, TransactionId: new("tx"), LanguageCode: types.LanguageCodeEnUs, ClientRequestToken: new("token"),
	}))(t).VoiceToneAnalysisTask
	equal(t, "what the engine got", fmt.Sprintf("%+v", s.started[0]), fmt.Sprintf("%+v", timbre.Task{
		Kind: timbre.VoiceTone, ConnectorID: vc, TransactionID: "tx", Token: "token",
	}))
	equal(t, "status", *task.VoiceToneAnalysisTaskStatus, "IN_QUEUE")
	if task.CallDetails.IsCaller != nil {
		t.Error("got a leg on a task for both, want none")
	}
	for _, caller := range []bool{true, false} {
		got := must(s.voice.GetVoiceToneAnalysisTask(s.ctx, &sdk.GetVoiceToneAnalysisTaskInput{
			VoiceConnectorId: &vc, VoiceToneAnalysisTaskId: task.VoiceToneAnalysisTaskId, IsCaller: &caller,
		}))(t)
		equal(t, "isCaller", *got.VoiceToneAnalysisTask.CallDetails.IsCaller, caller)
	}
	must(s.voice.StopVoiceToneAnalysisTask(s.ctx, &sdk.StopVoiceToneAnalysisTaskInput{VoiceConnectorId: &vc, VoiceToneAnalysisTaskId: task.VoiceToneAnalysisTaskId}))(t)
	equal(t, "status after stop", s.tasks.byID[*task.VoiceToneAnalysisTaskId].Status, timbre.Stopped)

	for _, query := range []string{"", "?isCaller=maybe", "?isCaller="} {
		answer := s.do(t, "GET", "/voice-connectors/"+vc+"/voice-tone-analysis-tasks/"+*task.VoiceToneAnalysisTaskId+query, "")
		equal(t, "status of "+query, answer.Status, 400)
		if body := answer.Body; !strings.Contains(body, "'isCaller'") {
			t.Error(body)
		}
	}
}

func TestTaskOfAnotherConnectorIsNotFound(t *testing.T) {
	s := serve(t)
	mine, other := s.connector(t), s.connector(t)
	search := must(s.voice.StartSpeakerSearchTask(s.ctx, &sdk.StartSpeakerSearchTaskInput{VoiceConnectorId: &mine, TransactionId: new("tx"), VoiceProfileDomainId: new("d")}))(t).SpeakerSearchTask.SpeakerSearchTaskId
	tone := must(s.voice.StartVoiceToneAnalysisTask(s.ctx, &sdk.StartVoiceToneAnalysisTaskInput{VoiceConnectorId: &mine, TransactionId: new("tx"), LanguageCode: "en-US"}))(t).VoiceToneAnalysisTask.VoiceToneAnalysisTaskId
	_, err := s.voice.GetSpeakerSearchTask(s.ctx, &sdk.GetSpeakerSearchTaskInput{VoiceConnectorId: &other, SpeakerSearchTaskId: search})
	fails[*types.NotFoundException](t, err, "does not exist")
	_, err = s.voice.StopSpeakerSearchTask(s.ctx, &sdk.StopSpeakerSearchTaskInput{VoiceConnectorId: &other, SpeakerSearchTaskId: search})
	fails[*types.NotFoundException](t, err, "does not exist")
	_, err = s.voice.GetVoiceToneAnalysisTask(s.ctx, &sdk.GetVoiceToneAnalysisTaskInput{VoiceConnectorId: &other, VoiceToneAnalysisTaskId: tone, IsCaller: new(true)})
	fails[*types.NotFoundException](t, err, "does not exist")
	_, err = s.voice.StopVoiceToneAnalysisTask(s.ctx, &sdk.StopVoiceToneAnalysisTaskInput{VoiceConnectorId: &other, VoiceToneAnalysisTaskId: tone})
	fails[*types.NotFoundException](t, err, "does not exist")
	_, err = s.voice.GetSpeakerSearchTask(s.ctx, &sdk.GetSpeakerSearchTaskInput{VoiceConnectorId: &mine, SpeakerSearchTaskId: tone})
	fails[*types.NotFoundException](t, err, "The speaker search task does not exist")
	equal(t, "the task runs on", s.tasks.byID[*search].Status, timbre.InQueue)
}

func TestProfileLifeCycle(t *testing.T) {
	s := serve(t)
	vc, domain := s.connector(t), s.domain(t)
	task := must(s.voice.StartSpeakerSearchTask(s.ctx, &sdk.StartSpeakerSearchTaskInput{VoiceConnectorId: &vc, TransactionId: new("tx"), VoiceProfileDomainId: &domain}))(t).SpeakerSearchTask.SpeakerSearchTaskId
	made := must(s.voice.CreateVoiceProfile(s.ctx, &sdk.CreateVoiceProfileInput{SpeakerSearchTaskId: task}))(t).VoiceProfile
	id := made.VoiceProfileId
	equal(t, "domain", *made.VoiceProfileDomainId, domain)
	equal(t, "expiry", *made.ExpirationTimestamp, now.Add(timbre.ProfileLife))
	got := must(s.voice.GetVoiceProfile(s.ctx, &sdk.GetVoiceProfileInput{VoiceProfileId: id}))(t)
	equal(t, "got", json(got.VoiceProfile), json(made))
	if body := s.do(t, "GET", "/voice-profiles/"+*id, "").Body; strings.Contains(body, "0.5") {
		t.Errorf("got %s, want no embedding in it", body)
	}
	renewed := must(s.voice.UpdateVoiceProfile(s.ctx, &sdk.UpdateVoiceProfileInput{VoiceProfileId: id, SpeakerSearchTaskId: task}))(t)
	equal(t, "renewed", json(renewed.VoiceProfile), json(made))
	equal(t, "what the engine got", s.renewed[0], [2]string{*id, *task})

	listed := must(s.voice.ListVoiceProfiles(s.ctx, &sdk.ListVoiceProfilesInput{VoiceProfileDomainId: &domain}))(t).VoiceProfiles
	if len(listed) != 1 || json(listed[0]) != json(made) {
		t.Errorf("got list %s", json(listed))
	}
	must(s.voice.DeleteVoiceProfile(s.ctx, &sdk.DeleteVoiceProfileInput{VoiceProfileId: id}))(t)
	_, err := s.voice.GetVoiceProfile(s.ctx, &sdk.GetVoiceProfileInput{VoiceProfileId: id})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.DeleteVoiceProfile(s.ctx, &sdk.DeleteVoiceProfileInput{VoiceProfileId: id})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.ListVoiceProfiles(s.ctx, &sdk.ListVoiceProfilesInput{VoiceProfileDomainId: aws.String("none")})
	fails[*types.NotFoundException](t, err, "")
}
