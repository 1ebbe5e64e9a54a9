package pipelines

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"timbre"
	"timbre/api/rest"
)

// requirement is what an element requires in its own configuration, the member named after its type.
type requirement struct {
	target      *regexp.Regexp // form of InsightsTarget, unless it is one of own
	noun        string         // that AWS's documentation writes before the name in InsightsTarget, although no ARN has it
	destination bool           // Destination
}

// requirements has the types whose configuration is required. Queues and topics may be FIFO ones, which AWS does not take.
var requirements = map[string]requirement{
	"AmazonTranscribeCallAnalyticsProcessor": {},
	"AmazonTranscribeProcessor":              {},
	"S3RecordingSink":                        {destination: true},
	"KinesisDataStreamSink":                  {target: regexp.MustCompile(`^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream/[-_.a-zA-Z0-9]+$`)},
	"LambdaFunctionSink":                     {target: regexp.MustCompile(`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[-_a-zA-Z0-9]+(:[-_a-zA-Z0-9]+)?$`)},
	"SqsQueueSink":                           {target: regexp.MustCompile(`^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[-_a-zA-Z0-9]+(\.fifo)?$`), noun: "queue/"},
	"SnsTopicSink":                           {target: regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[-_a-zA-Z0-9]+(\.fifo)?$`), noun: "topic/"},
}

// own matches the targets that AWS does not have: any sink may have one in place of its own kind.
var own = regexp.MustCompile(`^arn:timbre:(webhook|kafka|nats|file):[a-z0-9-]+:\d{12}:[-_.a-zA-Z0-9]+$`)

// elements reads the elements of a configuration and checks what the model does not express: there is at least one, each type occurs at
// most once and has what it requires, and the types are compatible.
func (s *service) elements(docs []jsontext.Value) ([]timbre.Element, error) {
	if len(docs) == 0 {
		return nil, rest.Invalid("elements", "have length greater than or equal to 1")
	}
	place := map[string]string{}
	var list []timbre.Element
	for i, doc := range docs {
		at := "elements." + strconv.Itoa(i+1) + ".member"
		var e struct{ Type string }
		if err := jsonv2.Unmarshal(doc, &e); err != nil {
			return nil, rest.Invalid(at, "be an element")
		}
		if place[e.Type] != "" {
			return nil, rest.Invalid(at+".type", "be the only %s in the configuration", e.Type)
		}
		place[e.Type] = at
		target, err := s.checkElement(e.Type, doc, at)
		if err != nil {
			return nil, err
		}
		list = append(list, timbre.Element{Type: e.Type, Target: target, Document: json.RawMessage(doc)})
	}
	if at := place["AmazonTranscribeCallAnalyticsProcessor"]; at != "" && place["AmazonTranscribeProcessor"] != "" {
		return nil, rest.Invalid(at+".type", "not be combined with AmazonTranscribeProcessor")
	}
	if at := place["VoiceEnhancementSink"]; at != "" && place["S3RecordingSink"] == "" {
		return nil, rest.Invalid(at+".type", "be combined with S3RecordingSink")
	}
	return list, nil
}

// checkElement checks that an element has what its type requires, and returns the target of a sink.
func (s *service) checkElement(kind string, doc jsontext.Value, at string) (target string, err error) {
	required, ok := requirements[kind]
	if !ok {
		return "", nil
	}
	var members map[string]jsontext.Value
	if err := jsonv2.Unmarshal(doc, &members); err != nil {
		return "", rest.Invalid(at, "be an element")
	}
	at += "." + strings.ToLower(kind[:1]) + kind[1:] + "Configuration"
	own := members[kind+"Configuration"]
	if own == nil {
		return "", rest.Missing(at)
	}
	var given struct{ InsightsTarget, Destination string }
	if err := jsonv2.Unmarshal(own, &given); err != nil {
		return "", rest.Invalid(at, "be a structure")
	}
	if required.destination && given.Destination == "" {
		return "", rest.Missing(at + ".destination")
	}
	if required.target == nil {
		return "", nil
	}
	target = given.InsightsTarget
	if required.noun != "" {
		target = strings.Replace(target, ":"+required.noun, ":", 1)
	}
	return target, s.checkTarget(target, required.target, at+".insightsTarget")
}

// checkTarget refuses a target that is neither of the sink's own kind nor one of Timbre's, and one that this server does not know.
func (s *service) checkTarget(target string, service *regexp.Regexp, at string) error {
	switch {
	case target == "":
		return rest.Missing(at)
	case !service.MatchString(target) && !own.MatchString(target):
		return rest.Invalid(at, "satisfy regular expression pattern: %s or %s", service, own)
	}
	if err := s.deps.Targets.Check(target); err != nil {
		return rest.Invalid(at, "name a target that events can be delivered to: %s", err)
	}
	return nil
}
