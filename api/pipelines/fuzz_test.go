package pipelines

import (
	"bytes"
	"errors"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"timbre"
)

// known takes all targets but one.
type known struct{}

func (known) Check(target string) error {
	if target == "arn:timbre:webhook:us-east-1:000000000000:none" {
		return errors.New("no such webhook")
	}
	return nil
}

// FuzzElements reads the elements of a configuration: what is accepted is stored as it came, has each type once, and a target of the form of its
// type or of Timbre's own; what is not is invalid.
func FuzzElements(f *testing.F) {
	for _, doc := range []string{
		`[]`, `[null]`, `[{"Type":"VoiceAnalyticsProcessor"}]`, `[{"Type":"VoiceAnalyticsProcessor"},{"Type":"VoiceAnalyticsProcessor"}]`,
		`[{"Type":"SqsQueueSink","SqsQueueSinkConfiguration":{"InsightsTarget":"arn:aws:sqs:us-east-1:000000000000:q.fifo"}}]`,
		`[{"Type":"SnsTopicSink","SnsTopicSinkConfiguration":{"InsightsTarget":"arn:timbre:webhook:us-east-1:000000000000:none"}}]`,
		`[{"Type":"LambdaFunctionSink","LambdaFunctionSinkConfiguration":{"InsightsTarget":"arn:aws:lambda:us-east-1:000000000000:function:f:1"}}]`,
		`[{"Type":"KinesisDataStreamSink","KinesisDataStreamSinkConfiguration":{"InsightsTarget":"arn:aws:kinesis:us-east-1:000000000000:stream/s"}}]`,
		`[{"Type":"S3RecordingSink","S3RecordingSinkConfiguration":{"Destination":"arn:aws:s3:::b"}},{"Type":"VoiceEnhancementSink"}]`,
		`[{"Type":"AmazonTranscribeProcessor","AmazonTranscribeProcessorConfiguration":{"LanguageCode":"en-US"}},{"Type":"AmazonTranscribeCallAnalyticsProcessor","AmazonTranscribeCallAnalyticsProcessorConfiguration":{}}]`,
		`[{"Type":"SqsQueueSink","SqsQueueSinkConfiguration":{"InsightsTarget":["x"]}}]`, `[{"Type":1}]`, `[{"type":"SqsQueueSink"}]`, `[{"Type":"SqsQueueSink","Type":"X"}]`,
	} {
		f.Add(doc)
	}
	s := &service{deps: Deps{Targets: known{}}}
	f.Fuzz(func(t *testing.T, text string) {
		var docs []jsontext.Value
		if jsonv2.Unmarshal([]byte(text), &docs) != nil {
			return
		}
		list, err := s.elements(docs)
		if err != nil {
			if kind := timbre.KindOf(err); kind != timbre.Invalid || list != nil {
				t.Errorf("got %v and error %v of kind %v, want an invalid request", list, err, kind)
			}
			return
		}
		seen := map[string]bool{}
		for i, e := range list {
			required, is := requirements[e.Type]
			switch {
			case seen[e.Type]:
				t.Errorf("got two elements of type %q", e.Type)
			case !bytes.Equal(e.Document, docs[i]):
				t.Errorf("got %s stored, want %s", e.Document, docs[i])
			case (required.target == nil || !is) != (e.Target == ""):
				t.Errorf("got target %q of an element of type %q", e.Target, e.Type)
			case e.Target != "" && !required.target.MatchString(e.Target) && !own.MatchString(e.Target), known{}.Check(e.Target) != nil:
				t.Errorf("got target %q accepted for type %q", e.Target, e.Type)
			}
			seen[e.Type] = true
		}
		if len(list) == 0 || len(list) != len(docs) {
			t.Errorf("got %d elements of %d documents", len(list), len(docs))
		}
	})
}
