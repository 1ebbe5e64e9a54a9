package rest

import (
	"net/url"
	"strings"
	"testing"

	"timbre"
)

func gathered(op *Operation, target, body string) (inBody, aside map[string]any, err error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, nil, err
	}
	labels := map[string]string{}
	for _, m := range op.Input.Members {
		if m.Place == Path {
			labels[m.Wire] = u.Path
		}
	}
	return gather(op, labels, u.Query(), func() (map[string]any, error) { return parse([]byte(body)) })
}

// recording requests a pipeline on a recording between two times.
func recording(start, end string) string {
	return `{"MediaInsightsPipelineConfigurationArn":"arn:aws:chime:us-east-1:000000000000:media-insights-pipeline-configuration/a",
		"KinesisVideoStreamRecordingSourceRuntimeConfiguration":{"Streams":[{"StreamArn":"arn:aws:kinesisvideo:us-east-1:000000000000:stream/a/1"}],
		"FragmentSelector":{"FragmentSelectorType":"ServerTimestamp","TimestampRange":{"StartTimestamp":` + start + `,"EndTimestamp":` + end + `}}}}`
}

const during = "kinesisVideoStreamRecordingSourceRuntimeConfiguration.fragmentSelector.timestampRange."

func TestValidation(t *testing.T) {
	const (
		vc = "abcdefghijklmnopqrstuv"
		at = "1 validation error detected: Value at "
		no = "1 validation error detected: Value null at "
		so = " failed to satisfy constraint: Member must "
	)
	long := strings.Repeat("é", 257)
	for _, c := range []struct{ op, target, body, want string }{
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":false}`, ""},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":false,"Later":{"x":[1]},"Tags":null}`, ""},
		{"CreateVoiceConnector", "", ``, "2 validation errors detected: Value null at 'name'" + so + "not be null; Value null at 'requireEncryption'" + so + "not be null"},
		{"CreateVoiceConnector", "", `{"Name":null,"RequireEncryption":true}`, no + "'name'" + so + "not be null"},
		{"CreateVoiceConnector", "", `{"name":"a","RequireEncryption":true}`, no + "'name'" + so + "not be null"},
		{"CreateVoiceConnector", "", `{"Name":"","RequireEncryption":true}`, "2 validation errors detected: Value at 'name'" + so +
			"have length greater than or equal to 1; Value at 'name'" + so + "satisfy regular expression pattern: [a-zA-Z0-9 _.-]+"},
		{"CreateVoiceConnector", "", `{"Name":"a!","RequireEncryption":true}`, at + "'name'" + so + "satisfy regular expression pattern: [a-zA-Z0-9 _.-]+"},
		{"CreateVoiceConnector", "", `{"Name":"a\n","RequireEncryption":true}`, at + "'name'" + so + "satisfy regular expression pattern: [a-zA-Z0-9 _.-]+"},
		{"CreateVoiceConnector", "", `{"Name":1,"RequireEncryption":true}`, at + "'name'" + so + "be a string"},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":"true"}`, at + "'requireEncryption'" + so + "be a boolean"},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":true,"AwsRegion":"mars-1"}`, at + "'awsRegion'" + so +
			"satisfy enum value set: [us-east-1, us-west-2, ca-central-1, eu-central-1, eu-west-1, eu-west-2, ap-northeast-2, ap-northeast-1, ap-southeast-1, ap-southeast-2]"},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":true,"Tags":[]}`, at + "'tags'" + so + "have length greater than or equal to 1"},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":true,"Tags":{}}`, at + "'tags'" + so + "be a list"},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":true,"Tags":[1]}`, at + "'tags.1.member'" + so + "be a structure"},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":true,"Tags":[null]}`, no + "'tags.1.member'" + so + "not be null"},
		{"CreateVoiceConnector", "", `{"Name":"a","RequireEncryption":true,"Tags":[{"Key":"k","Value":"v"},{"Key":"k"}]}`, no + "'tags.2.member.value'" + so + "not be null"},

		{"StartSpeakerSearchTask", vc, `{"TransactionId":"t","VoiceProfileDomainId":"d","CallLeg":"Agent"}`, at + "'callLeg'" + so + "satisfy enum value set: [Caller, Callee]"},
		{"StartSpeakerSearchTask", vc, `{"TransactionId":"t","VoiceProfileDomainId":"d","ClientRequestToken":"a"}`, at + "'clientRequestToken'" + so + "have length greater than or equal to 2"},
		{"StartSpeakerSearchTask", vc, `{"TransactionId":"t","VoiceProfileDomainId":"d","ClientRequestToken":"3848276298220188511@10.0.0.1:5060"}`, ""},
		{"StartSpeakerSearchTask", vc, `{"TransactionId":"t","VoiceProfileDomainId":"d","ClientRequestToken":"` + long[:130] + `"}`, "2 validation errors detected: Value at 'clientRequestToken'" + so +
			"have length less than or equal to 64; Value at 'clientRequestToken'" + so + "satisfy regular expression pattern: [!-~]*"},
		{"StartSpeakerSearchTask", vc, `{"TransactionId":"t","VoiceProfileDomainId":"d","ClientRequestToken":"a b"}`, at + "'clientRequestToken'" + so + "satisfy regular expression pattern: [!-~]*"},
		{"CreateVoiceProfileDomain", "", `{"Name":"a","ServerSideEncryptionConfiguration":{"KmsKeyArn":"arn:aws:kms:r:1:key/a"},"ClientRequestToken":"<x>@sbc"}`, ""},
		{"StartSpeakerSearchTask", vc, `{"TransactionId":" ","VoiceProfileDomainId":"d"}`, at + "'transactionId'" + so + `satisfy regular expression pattern: .*\S.*`},
		{"StartSpeakerSearchTask", vc, `{"TransactionId":"` + long + `","VoiceProfileDomainId":"d"}`, at + "'transactionId'" + so + "have length less than or equal to 256"},
		{"StartSpeakerSearchTask", vc, `{"TransactionId":"` + long[:512] + `","VoiceProfileDomainId":"d"}`, ""},
		{"StartSpeakerSearchTask", "x" + vc, `{"TransactionId":"t","VoiceProfileDomainId":"d"}`, at + "'voiceConnectorId'" + so +
			"satisfy regular expression pattern: ([a-z0-9]{21,22}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"},
		{"StartVoiceToneAnalysisTask", vc, `{"TransactionId":"t"}`, no + "'languageCode'" + so + "not be null"},
		{"StartVoiceToneAnalysisTask", vc, `{"TransactionId":"t","LanguageCode":"de-DE"}`, at + "'languageCode'" + so + "satisfy enum value set: [en-US]"},

		{"ListVoiceConnectors", "?max-results=100", "", ""},
		{"ListVoiceConnectors", "?max-results=0", "", at + "'maxResults'" + so + "have value greater than or equal to 1"},
		{"ListVoiceConnectors", "?max-results=101", "", at + "'maxResults'" + so + "have value less than or equal to 100"},
		{"ListVoiceConnectors", "?max-results=", "", at + "'maxResults'" + so + "be an integer of 32 bits"},
		{"ListVoiceConnectors", "?max-results=1e1", "", at + "'maxResults'" + so + "be an integer of 32 bits"},
		{"ListVoiceConnectors", "?max-results=4294967297", "", at + "'maxResults'" + so + "be an integer of 32 bits"},
		{"ListVoiceConnectors", "?next-token=%FF", "", at + "'nextToken'" + so + "be a string"},
		{"ListVoiceConnectors", "", "not looked at", ""},
		{"ListVoiceProfiles", "", "", no + "'voiceProfileDomainId'" + so + "not be null"},
		{"GetVoiceToneAnalysisTask", vc + "?isCaller=TRUE", "", at + "'isCaller'" + so + "be a boolean"},
		{"GetVoiceConnector", "\xff", "", at + "'voiceConnectorId'" + so + "be a string"},

		{"PutVoiceConnectorTermination", vc, `{"Termination":{"CpsLimit":1.5}}`, at + "'termination.cpsLimit'" + so + "be an integer of 32 bits"},
		{"PutVoiceConnectorTermination", vc, `{"Termination":{"CidrAllowedList":["10.0.0.0/8",7]}}`, at + "'termination.cidrAllowedList.2.member'" + so + "be a string"},
		{"PutVoiceConnectorTermination", vc, `{"Termination":[]}`, at + "'termination'" + so + "be a structure"},
		{"PutVoiceConnectorStreamingConfiguration", vc, `{"StreamingConfiguration":{"Disabled":false}}`, no + "'streamingConfiguration.dataRetentionInHours'" + so + "not be null"},
		{"CreateVoiceProfileDomain", "", `{"Name":"a","ServerSideEncryptionConfiguration":{"KmsKeyArn":"alias/key"}}`, at + "'serverSideEncryptionConfiguration.kmsKeyArn'" + so +
			`satisfy regular expression pattern: ^arn[\/\:\-\_\.a-zA-Z0-9]+$`},
		{"CreateMediaInsightsPipeline", "", recording(`"2026-11-25T09:30:00.5Z"`, `1764063000.25`), ""},
		{"CreateMediaInsightsPipeline", "", recording(`"yesterday"`, `true`), "2 validation errors detected: Value at '" + during + "endTimestamp'" + so + "be a timestamp; Value at '" +
			during + "startTimestamp'" + so + "be a timestamp"},
		{"CreateSipMediaApplicationCall", "sma", `{"FromPhoneNumber":"+12065550100","ToPhoneNumber":"+12065550100","SipHeaders":{"X-A":3}}`, at + "'sipHeaders.value'" + so + "be a string"},
	} {
		t.Run(c.op, func(t *testing.T) {
			op := Voice.Operation(c.op)
			if op == nil {
				op = Pipelines.Operation(c.op)
			}
			_, _, err := gathered(op, c.target, c.body)
			got := ""
			if err != nil {
				got = messageOf(err)
				if kind := timbre.KindOf(err); kind != timbre.Invalid {
					t.Errorf("got kind %d, want Invalid", kind)
				}
			}
			if got != c.want {
				t.Errorf("%s %s:\n got %q\nwant %q", c.target, c.body, got, c.want)
			}
		})
	}
}

// The pipelines model has the same member under another name.
func TestTokenCanBeACallIDInBothServices(t *testing.T) {
	const token = "3848276298220188511@10.0.0.1:5060"
	tokens := 0
	for _, s := range []*Service{Voice, Pipelines} {
		for _, op := range s.Operations {
			for _, m := range op.Input.Members {
				if m.Name != "ClientRequestToken" {
					continue
				}
				tokens++
				c := checker{}
				c.value(m.Shape, token, m.Name)
				if err := c.err(); err != nil {
					t.Errorf("%s: got error %v, want none", op.Name, err)
				}
			}
		}
	}
	if tokens < 10 {
		t.Errorf("got %d operations with tokens", tokens)
	}
}

func TestRequiredMembersAreRequired(t *testing.T) {
	for _, s := range []*Service{Voice, Pipelines} {
		for _, op := range s.Operations {
			want := 0
			for _, m := range op.Input.Members {
				if m.Required && m.Place != Path {
					want++
				}
			}
			_, _, err := gathered(op, "", "{}")
			if got := strings.Count(messageOf(err), "Value null at"); got != want {
				t.Errorf("%s misses %d members, wants %d: %v", op.Name, got, want, err)
			}
		}
	}
}

func TestAtMostTenViolationsAreListed(t *testing.T) {
	body := `{"Termination":{"CidrAllowedList":[` + strings.Repeat("1,", 500) + `1]}}`
	_, _, err := gathered(Voice.Operation("PutVoiceConnectorTermination"), "abcdefghijklmnopqrstuv", body)
	if m := messageOf(err); !strings.HasPrefix(m, "501 validation errors") || strings.Count(m, "Value at") != 10 {
		t.Error(m)
	}
}

func TestPatternWithException(t *testing.T) {
	bucket := voiceS3BucketName.Pattern
	for name, ok := range map[string]bool{"my-bucket": true, "xn--bucket": false, "my-s3alias": false, "My": false, "s3alias": true} {
		if bucket.Matches(name) != ok {
			t.Errorf("%s: got match %t", name, !ok)
		}
	}
}
