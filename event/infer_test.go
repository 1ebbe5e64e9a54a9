package event

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

const (
	uuidForm    = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
	instantForm = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}`
	millisForm  = instantForm + `\.[0-9]{3}Z$`
)

// patterns are the forms of fields that are text to the code.
var patterns = map[string]string{
	"account": "^[0-9]{12}$", "taskId": "^" + uuidForm + "$", "transactionId": "^" + uuidForm + "$", "mediaInsightsPipelineId": "^" + uuidForm + "$",
	"startTime": millisForm, "streamStartTime": millisForm, "endTime": millisForm, "requestTimestamp": millisForm, "failTime": millisForm, "startFragmentNumber": "^[0-9]{20}$",
	"voiceToneLabel": "^(positive|neutral|negative)$", "direction": "^(Outbound|Inbound|)$", "sourceArn": "^arn:", "participantRole": "^(AGENT|CUSTOMER)$",
}

// shares are fields from 0 to 1.
var shares = []string{"confidenceScore", "neutral", "positive", "negative"}

// fix makes an optional property a constant that is always there, or removes it.
func fix(s *jsonschema.Schema, name string, always bool, value *any) {
	if !always {
		delete(s.Properties, name)
		s.PropertyOrder = slices.DeleteFunc(s.PropertyOrder, func(n string) bool { return n == name })
		return
	}
	s.Properties[name].Const = value
	if !slices.Contains(s.Required, name) {
		s.Required = append(s.Required, name)
	}
}

func infer(t *testing.T, v any) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.ForType(reflect.TypeOf(v), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refine adds what the types do not say. Clients must accept fields that they do not know, so the schema does.
func refine(t *testing.T, s *jsonschema.Schema) {
	t.Helper()
	if len(s.Types) == 2 { // of a pointer or slice: null is never sent
		s.Type, s.Types = s.Types[1], nil
	}
	if s.Properties != nil {
		s.AdditionalProperties = nil
	}
	if s.Items != nil {
		refine(t, s.Items)
	}
	for name, p := range s.Properties {
		refine(t, p)
		p.Pattern = patterns[name]
		if slices.Contains(shares, name) {
			p.Minimum, p.Maximum = jsonschema.Ptr(0.0), jsonschema.Ptr(1.0)
		}
		if name == "sequence" {
			p.Minimum = jsonschema.Ptr(1.0)
		}
		if p.Description = strings.ReplaceAll(meanings[name], "`", ""); p.Description == "" {
			t.Errorf("field %s has no meaning", name)
		}
	}
	// What embeds a struct by pointer may lack all of its fields.
	for _, name := range []string{"mediaInsightsPipelineId", "sourceArn", "streamArn", "channelId", "startFragmentNumber"} {
		if s.Properties["speakerSearchResults"] != nil {
			s.Required = slices.DeleteFunc(s.Required, func(r string) bool { return r == name })
		}
	}
}

func values(list []string) (all []any) {
	for _, s := range list {
		all = append(all, s)
	}
	return all
}
