package api_test

import (
	stdjson "encoding/json"
	"net/http"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	voicetypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

const (
	role    = "arn:aws:iam::000000000000:role/insights"
	webhook = "arn:timbre:webhook:us-east-1:000000000000:mine"
)

// json encodes a structure of the SDK for comparison.
func json(v any) string {
	b, _ := stdjson.Marshal(v)
	return string(b)
}

func insights(name string, elements ...types.MediaInsightsPipelineConfigurationElement) *sdk.CreateMediaInsightsPipelineConfigurationInput {
	return &sdk.CreateMediaInsightsPipelineConfigurationInput{
		MediaInsightsPipelineConfigurationName: &name, ResourceAccessRoleArn: new(role), Elements: elements,
	}
}

func analytics() types.MediaInsightsPipelineConfigurationElement {
	return types.MediaInsightsPipelineConfigurationElement{
		Type: types.MediaInsightsPipelineConfigurationElementTypeVoiceAnalyticsProcessor,
		VoiceAnalyticsProcessorConfiguration: &types.VoiceAnalyticsProcessorConfiguration{
			SpeakerSearchStatus: types.VoiceAnalyticsConfigurationStatusEnabled, VoiceToneAnalysisStatus: types.VoiceAnalyticsConfigurationStatusDisabled,
		},
	}
}

func queue(target string) types.MediaInsightsPipelineConfigurationElement {
	return types.MediaInsightsPipelineConfigurationElement{
		Type:                      types.MediaInsightsPipelineConfigurationElementTypeSqsQueueSink,
		SqsQueueSinkConfiguration: &types.SqsQueueSinkConfiguration{InsightsTarget: &target},
	}
}

// configuration creates a configuration and returns its ARN.
func (s *server) configuration(t testing.TB, name string) string {
	t.Helper()
	out := must(s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, insights(name, analytics(), queue(webhook))))(t)
	return *out.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn
}

func TestConfigurationIsFoundByNameIDAndARN(t *testing.T) {
	s := serve(t)
	in := insights("my.config-1", queue("arn:aws:sqs:us-east-1:000000000000:events"), analytics())
	in.RealTimeAlertConfiguration = &types.RealTimeAlertConfiguration{Disabled: true}
	in.Tags = []types.Tag{{Key: new("a"), Value: new("b")}}
	made := must(s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, in))(t).MediaInsightsPipelineConfiguration
	equal(t, "ARN", *made.MediaInsightsPipelineConfigurationArn, "arn:aws:chime:us-east-1:000000000000:media-insights-pipeline-configuration/my.config-1")
	equal(t, "elements, in order", json(made.Elements), json(in.Elements))
	equal(t, "alerts", json(made.RealTimeAlertConfiguration), json(in.RealTimeAlertConfiguration))
	equal(t, "role", *made.ResourceAccessRoleArn, role)
	equal(t, "created", *made.CreatedTimestamp, now)

	kept := s.configurations.byID[*made.MediaInsightsPipelineConfigurationId]
	equal(t, "searches", kept.Analyses(timbre.SpeakerSearch), true)
	equal(t, "analyses the tone", kept.Analyses(timbre.VoiceTone), false) // it is disabled
	equal(t, "target", kept.Elements[0].Target, "arn:aws:sqs:us-east-1:000000000000:events")
	equal(t, "tag", kept.Tags["a"], "b")
	if kept.Token == "" {
		t.Error("got no token, want the one that the SDK generates")
	}
	for _, identifier := range []*string{made.MediaInsightsPipelineConfigurationName, made.MediaInsightsPipelineConfigurationId, made.MediaInsightsPipelineConfigurationArn} {
		got := must(s.pipelines.GetMediaInsightsPipelineConfiguration(s.ctx, &sdk.GetMediaInsightsPipelineConfigurationInput{Identifier: identifier}))(t)
		equal(t, *identifier, json(got.MediaInsightsPipelineConfiguration), json(made))
	}
	listed := must(s.pipelines.ListMediaInsightsPipelineConfigurations(s.ctx, &sdk.ListMediaInsightsPipelineConfigurationsInput{}))(t).MediaInsightsPipelineConfigurations
	equal(t, "listed", json(listed), json([]types.MediaInsightsPipelineConfigurationSummary{{
		MediaInsightsPipelineConfigurationArn: made.MediaInsightsPipelineConfigurationArn, MediaInsightsPipelineConfigurationId: made.MediaInsightsPipelineConfigurationId,
		MediaInsightsPipelineConfigurationName: made.MediaInsightsPipelineConfigurationName,
	}}))
	must(s.pipelines.DeleteMediaInsightsPipelineConfiguration(s.ctx, &sdk.DeleteMediaInsightsPipelineConfigurationInput{Identifier: made.MediaInsightsPipelineConfigurationArn}))(t)
	_, err := s.pipelines.GetMediaInsightsPipelineConfiguration(s.ctx, &sdk.GetMediaInsightsPipelineConfigurationInput{Identifier: new("my.config-1")})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.pipelines.DeleteMediaInsightsPipelineConfiguration(s.ctx, &sdk.DeleteMediaInsightsPipelineConfigurationInput{Identifier: new("my.config-1")})
	fails[*types.NotFoundException](t, err, "")
}

func TestSecondConfigurationWithANameIsABadRequest(t *testing.T) {
	s := serve(t)
	s.configuration(t, "twice")
	_, err := s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, insights("twice", analytics()))
	fails[*types.BadRequestException](t, err, "exists")
}

func TestConfigurationInUseCannotBeDeleted(t *testing.T) {
	s := serve(t)
	vc, arn := s.connector(t), s.configuration(t, "used")
	must(s.voice.PutVoiceConnectorStreamingConfiguration(s.ctx, &chimesdkvoice.PutVoiceConnectorStreamingConfigurationInput{
		VoiceConnectorId: &vc, StreamingConfiguration: &voicetypes.StreamingConfiguration{
			DataRetentionInHours: new(int32(1)), Disabled: new(false), MediaInsightsConfiguration: &voicetypes.MediaInsightsConfiguration{ConfigurationArn: &arn},
		},
	}))(t)
	_, err := s.pipelines.DeleteMediaInsightsPipelineConfiguration(s.ctx, &sdk.DeleteMediaInsightsPipelineConfigurationInput{Identifier: new("used")})
	fails[*types.ConflictException](t, err, "")
}

func TestElementsAreReturnedAsReceived(t *testing.T) {
	s := serve(t)
	const elements = `[{"Type":"AmazonTranscribeProcessor","AmazonTranscribeProcessorConfiguration":{"LanguageCode":"en-US","ShowSpeakerLabel":false}},{"Type":"VoiceAnalyticsProcessor"}]`
	answer := s.do(t, "POST", "/media-insights-pipeline-configurations",
		`{"Later":{"a":1},"MediaInsightsPipelineConfigurationName":"raw","ResourceAccessRoleArn":"`+role+`","Elements":`+strings.Replace(elements, `"Type"`, `"Unknown":[null,1.5],"Type"`, 1)+`}`)
	equal(t, "status", answer.Status, 201)
	var got struct {
		MediaInsightsPipelineConfiguration struct{ Elements any }
	}
	if err := stdjson.Unmarshal([]byte(answer.Body), &got); err != nil {
		t.Fatal(err)
	}
	var want any
	if err := stdjson.Unmarshal([]byte(elements), &want); err != nil {
		t.Fatal(err)
	}
	equal(t, "elements", json(got.MediaInsightsPipelineConfiguration.Elements), json(want))
}

func TestElementRefusals(t *testing.T) {
	s := serve(t)
	element := func(kind types.MediaInsightsPipelineConfigurationElementType) types.MediaInsightsPipelineConfigurationElement {
		return types.MediaInsightsPipelineConfigurationElement{Type: kind}
	}
	call := element("AmazonTranscribeCallAnalyticsProcessor")
	call.AmazonTranscribeCallAnalyticsProcessorConfiguration = &types.AmazonTranscribeCallAnalyticsProcessorConfiguration{LanguageCode: "en-US"}
	plain := element("AmazonTranscribeProcessor")
	plain.AmazonTranscribeProcessorConfiguration = &types.AmazonTranscribeProcessorConfiguration{LanguageCode: "en-US"}
	topic := element("SnsTopicSink")
	topic.SnsTopicSinkConfiguration = &types.SnsTopicSinkConfiguration{InsightsTarget: new("arn:aws:sqs:us-east-1:000000000000:events")}
	bucketless := element("S3RecordingSink")
	bucketless.S3RecordingSinkConfiguration = &types.S3RecordingSinkConfiguration{}
	pathless := queue("")
	pathless.SqsQueueSinkConfiguration = &types.SqsQueueSinkConfiguration{}

	for name, c := range map[string]struct {
		elements []types.MediaInsightsPipelineConfigurationElement
		part     string
	}{
		"none":                 {[]types.MediaInsightsPipelineConfigurationElement{}, "'elements'"},
		"a type of no service": {elements(element("Fax")), "'elements.1.member.type' failed to satisfy constraint: Member must satisfy enum value set"},
		"a type twice":         {elements(analytics(), analytics()), "'elements.2.member.type'"},
		"sink without its own": {elements(element("SqsQueueSink")), "Value null at 'elements.1.member.sqsQueueSinkConfiguration'"},
		"sink without target":  {elements(analytics(), pathless), "Value null at 'elements.2.member.sqsQueueSinkConfiguration.insightsTarget'"},
		"target of other kind": {elements(topic), "'elements.1.member.snsTopicSinkConfiguration.insightsTarget'"},
		"a queue in a folder":  {elements(queue("arn:aws:sqs:us-east-1:000000000000:../events")), "insightsTarget"},
		"webhook not in use":   {elements(queue("arn:timbre:webhook:us-east-1:000000000000:lost")), "'elements.1.member.sqsQueueSinkConfiguration.insightsTarget' failed to satisfy constraint: Member must name a target that events can be delivered to: no webhook is named lost"},
		"a kind of no sink":    {elements(queue("arn:timbre:pigeon:us-east-1:000000000000:mine")), "insightsTarget"},
		"webhook without name": {elements(queue("arn:timbre:webhook:us-east-1:000000000000:")), "insightsTarget"},
		"recording to nowhere": {elements(bucketless), "s3RecordingSinkConfiguration.destination"},
		"both transcriptions":  {elements(call, plain), "must not be combined with"},
		"lonely enhancement":   {elements(element("VoiceEnhancementSink")), "must be combined with S3RecordingSink"},
		"bare transcription":   {elements(element("AmazonTranscribeProcessor")), "amazonTranscribeProcessorConfiguration"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, insights("refused", c.elements...))
			fails[*types.BadRequestException](t, err, c.part)
		})
	}
	equal(t, "configurations", len(s.configurations.ids), 0)
}

func TestUpdateRefusesUnknownTarget(t *testing.T) {
	s := serve(t)
	_, err := s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, insights("kept", queue(webhook)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.pipelines.UpdateMediaInsightsPipelineConfiguration(s.ctx, &sdk.UpdateMediaInsightsPipelineConfigurationInput{
		Identifier: new("kept"), ResourceAccessRoleArn: new("arn:aws:iam::000000000000:role/voice"),
		Elements: elements(queue("arn:timbre:webhook:us-east-1:000000000000:lost")),
	})
	fails[*types.BadRequestException](t, err, "no webhook is named lost")
	got, err := s.pipelines.GetMediaInsightsPipelineConfiguration(s.ctx, &sdk.GetMediaInsightsPipelineConfigurationInput{Identifier: new("kept")})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "target", *got.MediaInsightsPipelineConfiguration.Elements[0].SqsQueueSinkConfiguration.InsightsTarget, webhook)
}

func elements(e ...types.MediaInsightsPipelineConfigurationElement) []types.MediaInsightsPipelineConfigurationElement {
	return e
}

func TestSinkTargets(t *testing.T) {
	s := serve(t)
	for kind, targets := range map[string][]string{
		"KinesisDataStream": {"arn:aws:kinesis:us-east-1:000000000000:stream/insights"},
		"LambdaFunction":    {"arn:aws:lambda:us-east-1:000000000000:function:tell:live"},
		"SqsQueue":          {"arn:aws-cn:sqs:cn-north-1:000000000000:events", "arn:aws:sqs:us-east-1:000000000000:events.fifo"},
		"SnsTopic":          {"arn:aws:sns:us-east-1:000000000000:events", "arn:aws:sns:us-east-1:000000000000:events.fifo"},
	} {
		for n, target := range append(targets, webhook) {
			answer := s.do(t, "POST", "/media-insights-pipeline-configurations",
				`{"MediaInsightsPipelineConfigurationName":"`+kind+string(rune('a'+n))+`","ResourceAccessRoleArn":"`+role+
					`","Elements":[{"Type":"`+kind+`Sink","`+kind+`SinkConfiguration":{"InsightsTarget":"`+target+`"}}]}`)
			if answer.Status != http.StatusCreated {
				t.Errorf("%s %s: got %s", kind, target, answer.Body)
			}
		}
	}
}

func TestTargetsMayBeWrittenAsTheDocumentationOfAWSDoes(t *testing.T) {
	s := serve(t)
	for _, c := range []struct{ name, given, want string }{
		{"queue", "arn:aws:sqs:us-east-1:000000000000:queue/MyQueue", "arn:aws:sqs:us-east-1:000000000000:MyQueue"},
		{"fifo", "arn:aws:sqs:us-east-1:000000000000:queue/MyQueue.fifo", "arn:aws:sqs:us-east-1:000000000000:MyQueue.fifo"},
		{"twice", "arn:aws:sqs:us-east-1:000000000000:queue/queue/MyQueue", ""},
		{"topic", "arn:aws:sqs:us-east-1:000000000000:topic/MyQueue", ""},
	} {
		made, err := s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, insights(c.name, queue(c.given)))
		if c.want == "" {
			fails[*types.BadRequestException](t, err, "insightsTarget")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got := made.MediaInsightsPipelineConfiguration
		equal(t, "what is read", *got.Elements[0].SqsQueueSinkConfiguration.InsightsTarget, c.given)
		equal(t, "what is sent to", s.configurations.byID[*got.MediaInsightsPipelineConfigurationId].Elements[0].Target, c.want)
	}
}

func TestUpdateReplacesTheConfiguration(t *testing.T) {
	s := serve(t)
	arn := s.configuration(t, "changing")
	was := must(s.pipelines.GetMediaInsightsPipelineConfiguration(s.ctx, &sdk.GetMediaInsightsPipelineConfigurationInput{Identifier: &arn}))(t).MediaInsightsPipelineConfiguration
	is := must(s.pipelines.UpdateMediaInsightsPipelineConfiguration(s.ctx, &sdk.UpdateMediaInsightsPipelineConfigurationInput{
		Identifier: &arn, ResourceAccessRoleArn: new(role + "2"), Elements: elements(queue(webhook + "2")),
	}))(t).MediaInsightsPipelineConfiguration
	equal(t, "role", *is.ResourceAccessRoleArn, role+"2")
	equal(t, "elements", json(is.Elements), json(elements(queue(webhook+"2"))))
	equal(t, "id", *is.MediaInsightsPipelineConfigurationId, *was.MediaInsightsPipelineConfigurationId)
	equal(t, "created", *is.CreatedTimestamp, *was.CreatedTimestamp)
	kept := s.configurations.byID[*was.MediaInsightsPipelineConfigurationId]
	equal(t, "kept", kept.Analyses(timbre.SpeakerSearch), false)
	_, err := s.pipelines.UpdateMediaInsightsPipelineConfiguration(s.ctx, &sdk.UpdateMediaInsightsPipelineConfigurationInput{
		Identifier: &arn, ResourceAccessRoleArn: new(role), Elements: elements(queue("arn:aws:sqs:us-east-1:000000000000:.fifo")),
	})
	fails[*types.BadRequestException](t, err, "insightsTarget")
	_, err = s.pipelines.UpdateMediaInsightsPipelineConfiguration(s.ctx, &sdk.UpdateMediaInsightsPipelineConfigurationInput{
		Identifier: new("none"), ResourceAccessRoleArn: new(role), Elements: elements(analytics()),
	})
	fails[*types.NotFoundException](t, err, "")
}

// Events have the status TemporarilyFailed; the model of the API does not.
func TestTemporarilyFailedElementIsInProgressInTheAPI(t *testing.T) {
	s := serve(t)
	id := "00000000-0000-4000-8000-0000000000aa"
	s.pipelineShelf.put(id, timbre.Pipeline{ID: id, Elements: []timbre.ElementStatus{{Type: "VoiceAnalyticsProcessor", Status: timbre.PipelineTemporarilyFailed}}})
	got := must(s.pipelines.GetMediaPipeline(s.ctx, &sdk.GetMediaPipelineInput{MediaPipelineId: &id}))(t).MediaPipeline.MediaInsightsPipeline
	equal(t, "element", got.ElementStatuses[0].Status, types.MediaPipelineElementStatusInProgress)
	equal(t, "pipeline", got.Status, types.MediaPipelineStatusInProgress)
}
