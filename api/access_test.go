package api_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/smithy-go"

	"timbre"
	"timbre/api"
	"timbre/api/pipelines"
	"timbre/api/rest"
)

const ours = "arn:aws:chime:us-east-1:000000000000:"

// allow restricts the key of the tests to these grants.
func (s *server) allow(grants ...timbre.Grant) {
	s.keys["AKIDTEST"] = timbre.Key{Secret: secret, User: "clerk", Grants: append([]timbre.Grant{}, grants...)}
}

// denied checks that a response is the refusal of an action.
func denied(t *testing.T, a answer, action, resource string) {
	t.Helper()
	want := "User: arn:aws:iam::000000000000:user/clerk is not authorized to perform: chime:" + action + " on resource: " + resource
	if a.Status != 403 || a.Header.Get("X-Amzn-ErrorType") != "AccessDeniedException" || !strings.Contains(a.Body, want) {
		t.Errorf("%s: got %d %s %s, want the expected refusal", action, a.Status, a.Header.Get("X-Amzn-ErrorType"), a.Body)
	}
}

func TestKeyWithoutGrantsIsDeniedEveryOperation(t *testing.T) {
	s := serve(t)
	s.allow()
	label := regexp.MustCompile(`\{\w+\}`)
	for _, service := range []*rest.Service{rest.Voice, rest.Pipelines} {
		for _, op := range service.Operations {
			if service == rest.Pipelines && op.Path == "/tags" {
				continue // the path is the voice service's
			}
			target := label.ReplaceAllString(op.Path, "abc")
			if op.Query.Key != "" {
				target += "?" + op.Query.Key + "=" + op.Query.Value
			}
			a := s.do(t, op.Method, target, "")
			if a.Status != 403 || a.Header.Get("X-Amzn-ErrorType") != "AccessDeniedException" ||
				!strings.Contains(a.Body, "is not authorized to perform: chime:"+op.Name+" on resource: ") {
				t.Errorf("%s: got %d %s, want 403", op.Name, a.Status, a.Body)
			}
		}
	}
}

func TestDenialNamesTheResource(t *testing.T) {
	s := serve(t)
	s.allow()
	s.tasks.put("t", timbre.Task{ID: "t", Kind: timbre.SpeakerSearch, DomainID: "of the search"})
	s.resources.put("pool", timbre.Resource{Kind: pipelines.Pool, ID: "its-id", Name: "its name", ARN: ours + "media-pipeline-kinesis-video-stream-pool/its name"})
	for _, c := range []struct{ method, target, body, action, resource string }{
		{"GET", "/voice-connectors/abc/termination", "", "GetVoiceConnectorTermination", ours + "vc/abc"},
		{"GET", "/voice-connectors", "", "ListVoiceConnectors", "*"},
		{"POST", "/voice-connectors/abc/speaker-search-tasks", `{"VoiceProfileDomainId":"d"}`, "StartSpeakerSearchTask", ours + "vc/abc"},
		{"GET", "/voice-profiles?voice-profile-domain-id=d", "", "ListVoiceProfiles", ours + "voice-profile-domain/d"},
		{"GET", "/voice-profiles/vp-1", "", "GetVoiceProfile", ours + "voice-profile/vp-1"},
		{"POST", "/voice-profiles", `{"SpeakerSearchTaskId":"t"}`, "CreateVoiceProfile", ours + "voice-profile-domain/of the search"},
		{"POST", "/voice-profiles", `{"SpeakerSearchTaskId":"none"}`, "CreateVoiceProfile", ours + "voice-profile-domain/*"},
		{"POST", "/voice-profiles", `{}`, "CreateVoiceProfile", ours + "voice-profile-domain/*"},
		{"PUT", "/voice-profiles/vp-1", `{"SpeakerSearchTaskId":"t"}`, "UpdateVoiceProfile", ours + "voice-profile/vp-1"},
		{"POST", "/voice-connectors", `{"Name":"a"}`, "CreateVoiceConnector", ours + "vc/*"},
		{"POST", "/voice-connector-groups", `{}`, "CreateVoiceConnectorGroup", ours + "vcg/*"},
		{"PUT", "/voice-connector-groups/g", `{}`, "UpdateVoiceConnectorGroup", ours + "vcg/g"},
		{"POST", "/voice-connector-groups/g?operation=associate-phone-numbers", `{"E164PhoneNumbers":["+12065550100"]}`, "AssociatePhoneNumbersWithVoiceConnectorGroup", ours + "vcg/g"},
		{"POST", "/voice-profile-domains", `{}`, "CreateVoiceProfileDomain", ours + "voice-profile-domain/*"},
		{"POST", "/sip-rules", `{}`, "CreateSipRule", ours + "sip-rule/*"},
		{"DELETE", "/sip-rules/r", "", "DeleteSipRule", ours + "sip-rule/r"},
		{"GET", "/sip-rules?sip-media-application=s", "", "ListSipRules", ours + "sma/s"},
		{"POST", "/sip-media-applications", `{}`, "CreateSipMediaApplication", ours + "sma/*"},
		{"GET", "/phone-numbers/12065550100", "", "GetPhoneNumber", ours + "phone-number/+12065550100"},
		{"POST", "/phone-numbers?operation=batch-delete", `{"PhoneNumberIds":["12065550100","+12065550101"]}`, "BatchDeletePhoneNumber", ours + "phone-number/+12065550100"},
		{"POST", "/phone-numbers?operation=batch-update", `{"UpdatePhoneNumberRequestItems":[{"PhoneNumberId":"+12065550100"}]}`, "BatchUpdatePhoneNumber", ours + "phone-number/+12065550100"},
		{"GET", "/phone-numbers", "", "ListPhoneNumbers", "*"},
		{"POST", "/media-insights-pipeline-configurations", `{"MediaInsightsPipelineConfigurationName":"new"}`, "CreateMediaInsightsPipelineConfiguration", ours + "media-insights-pipeline-configuration/new"},
		{"POST", "/media-insights-pipeline-configurations", `{}`, "CreateMediaInsightsPipelineConfiguration", ours + "media-insights-pipeline-configuration/*"},
		{"POST", "/media-pipeline-kinesis-video-stream-pools", `{"PoolName":"p"}`, "CreateMediaPipelineKinesisVideoStreamPool", ours + "media-pipeline-kinesis-video-stream-pool/p"},
		{"DELETE", "/media-pipeline-kinesis-video-stream-pools/p", "", "DeleteMediaPipelineKinesisVideoStreamPool", ours + "media-pipeline-kinesis-video-stream-pool/p"},
		{"GET", "/media-pipeline-kinesis-video-stream-pools/its-id", "", "GetMediaPipelineKinesisVideoStreamPool", ours + "media-pipeline-kinesis-video-stream-pool/its name"},
		{"POST", "/sdk-media-capture-pipelines", `{}`, "CreateMediaCapturePipeline", ours + "media-pipeline/*"},
		{"POST", "/tags?operation=tag-resource", `{"ResourceARN":"` + ours + `vc/abc","Tags":[]}`, "TagResource", ours + "vc/abc"},
		{"GET", "/tags?arn=arn%3Aaws%3Achime%3Aus-east-1%3A1%3Avc%2Fother", "", "ListTagsForResource", "arn:aws:chime:us-east-1:1:vc/other"},
		{"GET", "/sip-media-applications/s", "", "GetSipMediaApplication", ours + "sma/s"},
		{"GET", "/media-insights-pipeline-configurations/analytics", "", "GetMediaInsightsPipelineConfiguration", ours + "media-insights-pipeline-configuration/analytics"},
		{"PUT", "/media-insights-pipeline-status/p", "{}", "UpdateMediaInsightsPipelineStatus", ours + "media-pipeline/p"},
		{"GET", "/sdk-media-pipelines/p", "", "GetMediaPipeline", ours + "media-pipeline/p"},
		{
			"GET", "/media-insights-pipelines/arn%3Aaws%3Achime%3Aus-east-1%3A1%3Amedia-pipeline%2Fp/speaker-search-tasks/t", "",
			"GetSpeakerSearchTask", "arn:aws:chime:us-east-1:1:media-pipeline/p",
		},
		{"POST", "/media-insights-pipelines", `{"MediaInsightsPipelineConfigurationArn":"arn:x"}`, "CreateMediaInsightsPipeline", "arn:x"},
		{"GET", "/phone-numbers/%2B12065550100", "", "GetPhoneNumber", ours + "phone-number/+12065550100"},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			denied(t, s.do(t, c.method, c.target, c.body), c.action, c.resource)
		})
	}
}

// Both resources must be allowed, in either order.
func TestSearchNeedsAccessToItsDomain(t *testing.T) {
	s := serve(t)
	pipeline, domain := ours+"media-pipeline/p", ours+"voice-profile-domain/d"
	for _, c := range []struct{ target, body, first string }{
		{"/voice-connectors/abc/speaker-search-tasks", `{"VoiceProfileDomainId":"d"}`, ours + "vc/abc"},
		{"/media-insights-pipelines/p/speaker-search-tasks?operation=start", `{"VoiceProfileDomainArn":"` + domain + `"}`, pipeline},
	} {
		s.allow(timbre.Grant{Action: "chime:StartSpeakerSearchTask", Resource: domain})
		denied(t, s.do(t, "POST", c.target, c.body), "StartSpeakerSearchTask", c.first)
		s.allow(timbre.Grant{Action: "chime:StartSpeakerSearchTask", Resource: c.first})
		denied(t, s.do(t, "POST", c.target, c.body), "StartSpeakerSearchTask", domain)
		s.allow(timbre.Grant{Action: "chime:StartSpeakerSearchTask", Resource: c.first}, timbre.Grant{Action: "chime:StartSpeakerSearchTask", Resource: domain})
		if a := s.do(t, "POST", c.target, c.body); a.Status == 403 {
			t.Errorf("with both: got %s", a.Body)
		}
	}
	s.allow(timbre.Grant{Action: "*", Resource: ours + "phone-number/+12065550100"})
	denied(t, s.do(t, "POST", "/phone-numbers?operation=batch-delete", `{"PhoneNumberIds":["12065550100","+12065550101"]}`),
		"BatchDeletePhoneNumber", ours+"phone-number/+12065550101")
}

// A new operation without a resource must be added here.
func TestOperationsWithoutAResource(t *testing.T) {
	s := serve(t)
	s.allow()
	label, said := regexp.MustCompile(`\{\w+\}`), regexp.MustCompile(`chime:(\w+) on resource: \*"`)
	var about []string
	for _, service := range []*rest.Service{rest.Voice, rest.Pipelines} {
		for _, op := range service.Operations {
			target := label.ReplaceAllString(op.Path, "abc")
			if op.Query.Key != "" {
				target += "?" + op.Query.Key + "=" + op.Query.Value
			}
			if found := said.FindStringSubmatch(s.do(t, op.Method, target, "").Body); found != nil && op.Path != "/tags" {
				about = append(about, found[1])
			}
		}
	}
	equal(t, "about nothing", strings.Join(about, " "), "BatchDeletePhoneNumber BatchUpdatePhoneNumber "+ // of no numbers
		"CreatePhoneNumberOrder GetGlobalSettings GetPhoneNumberOrder GetPhoneNumberSettings ListAvailableVoiceConnectorRegions "+
		"ListPhoneNumberOrders ListPhoneNumbers ListSipMediaApplications ListSipRules ListSupportedPhoneNumberCountries "+
		"ListVoiceConnectorGroups ListVoiceConnectors ListVoiceProfileDomains ListVoiceProfiles SearchAvailablePhoneNumbers "+
		"UpdateGlobalSettings UpdatePhoneNumberSettings ValidateE911Address ListMediaCapturePipelines "+
		"ListMediaInsightsPipelineConfigurations ListMediaPipelineKinesisVideoStreamPools ListMediaPipelines")
}

func TestKeyIsLimitedToTheGrantsOfItsProfile(t *testing.T) {
	s := serve(t)
	made := must(s.voice.CreateVoiceConnector(s.ctx, &chimesdkvoice.CreateVoiceConnectorInput{Name: new("a"), RequireEncryption: new(true)}))(t)
	id := *made.VoiceConnector.VoiceConnectorId
	s.allow(timbre.Grant{Action: "chime:Get*", Resource: "arn:aws:chime:*:*:vc/" + id[:5] + "*"}, timbre.Grant{Action: "chime:List*", Resource: "*"})
	_, err := s.voice.GetVoiceConnector(s.ctx, &chimesdkvoice.GetVoiceConnectorInput{VoiceConnectorId: &id})
	if err != nil {
		t.Error(err)
	}
	if _, err := s.voice.ListVoiceConnectors(s.ctx, &chimesdkvoice.ListVoiceConnectorsInput{}); err != nil {
		t.Error(err)
	}
	_, err = s.voice.DeleteVoiceConnector(s.ctx, &chimesdkvoice.DeleteVoiceConnectorInput{VoiceConnectorId: &id})
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != "AccessDeniedException" {
		t.Errorf("deletion: got error %v", err)
	}
	_, err = s.voice.GetVoiceConnector(s.ctx, &chimesdkvoice.GetVoiceConnectorInput{VoiceConnectorId: aws.String("zzzzzzzzzzzzzzzzzzzzzz")})
	if !errors.As(err, &e) || e.ErrorCode() != "AccessDeniedException" {
		t.Errorf("another connector: got error %v, want a denial", err)
	}
}

// Otherwise a grant for names that begin with a would also cover ids that do.
func TestConfigurationIsAuthorizedByNameForEveryIdentifier(t *testing.T) {
	s := serve(t)
	in := insights("secret-one", analytics())
	made := must(s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, in))(t).MediaInsightsPipelineConfiguration
	get := func(identifier string) answer {
		return s.do(t, http.MethodGet, "/media-insights-pipeline-configurations/"+strings.NewReplacer(":", "%3A", "/", "%2F").Replace(identifier), "")
	}
	id, arn := *made.MediaInsightsPipelineConfigurationId, *made.MediaInsightsPipelineConfigurationArn
	s.allow(timbre.Grant{Action: "*", Resource: ours + "media-insights-pipeline-configuration/" + id[:1] + "*"})
	for _, identifier := range []string{id, arn, "secret-one"} {
		if strings.HasPrefix("secret-one", id[:1]) {
			break
		}
		denied(t, get(identifier), "GetMediaInsightsPipelineConfiguration", arn)
	}
	s.allow(timbre.Grant{Action: "*", Resource: ours + "media-insights-pipeline-configuration/secret*"})
	for _, identifier := range []string{id, arn, "secret-one"} {
		if a := get(identifier); a.Status != 200 {
			t.Errorf("%s: got %d %s", identifier, a.Status, a.Body)
		}
	}
}

func TestRetriedConfigurationCreationReturnsTheFirst(t *testing.T) {
	s := serve(t)
	create := func(name, token, role string) (string, error) {
		in := insights(name, analytics())
		in.ClientRequestToken, in.ResourceAccessRoleArn = &token, aws.String("arn:aws:iam::000000000000:role/"+role)
		out, err := s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, in)
		if err != nil {
			return "", err
		}
		return *out.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationId, nil
	}
	first := must(create("analytics", "token-1", "a"))(t)
	if again, err := create("analytics", "token-1", "a"); err != nil || again != first {
		t.Errorf("the same again: got %s and error %v", again, err)
	}
	for name, c := range map[string][3]string{
		"another token":           {"analytics", "token-2", "a"},
		"the token, another role": {"analytics", "token-1", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := create(c[0], c[1], c[2])
			var e smithy.APIError
			if !errors.As(err, &e) || e.ErrorCode() != "BadRequestException" && e.ErrorCode() != "ConflictException" {
				t.Errorf("got error %v, want BadRequestException or ConflictException", err)
			}
		})
	}
}

// Who has authenticated a caller passes its requests on as those of a key, with its grants; a header makes nobody a key.
func TestRequestsAsAKeyNeedNoSignature(t *testing.T) {
	handler := newServer().handler()
	ask := func(key timbre.Key, path string) int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, api.As(httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil), key))
		return w.Code
	}
	if got := ask(timbre.Key{ID: "AKIDTEST"}, "/voice-connectors"); got != http.StatusOK {
		t.Errorf("got status %d, want 200", got)
	}
	if got := ask(timbre.Key{ID: "AKIDTEST", Grants: []timbre.Grant{}}, "/voice-connectors"); got != http.StatusForbidden {
		t.Errorf("got status %d without a grant, want 403", got)
	}
}
