package event

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"timbre"
	"timbre/event/eventtest"
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

// schemaOf makes the schema of a kind out of the structs that it is rendered from.
func schemaOf(t *testing.T, k kind) *jsonschema.Schema {
	t.Helper()
	whole := k.record
	if whole == nil {
		whole = document{}
	}
	s := infer(t, whole)
	if k.detail != nil {
		s.Properties["detail"] = infer(t, k.detail)
	}
	refine(t, s)
	s.Title, s.Description = k.name, k.when
	is := envelopeOf(timbre.Event{Type: k.eventOf, Status: k.statuses[0]})
	p := s.Properties
	p["id"].Pattern = "^" + is.prefix + uuidForm + "$"
	p["time"].Pattern = instantForm + map[string]string{seconds: "", micros: `\.[0-9]{6}`}[is.time] + "Z$"
	p["detail-type"].Const = jsonschema.Ptr[any](string(k.eventOf))
	if k.detail == nil {
		p["service-type"].Const = jsonschema.Ptr[any]("CallAnalytics")
		p["callevent-type"].Enum = values(k.statuses)
		return s
	}
	p["version"].Const, p["source"].Const = jsonschema.Ptr[any]("0"), jsonschema.Ptr[any]("aws.chime")
	fix(s, "service-type", is.service != "", jsonschema.Ptr[any](is.service))
	fix(s, "resources", is.resources != nil, jsonschema.Ptr[any]([]any{}))
	for _, name := range []string{"detailStatus", "streamingStatus", "eventType"} {
		if status := p["detail"].Properties[name]; status != nil {
			status.Enum = values(k.statuses)
		}
	}
	if k.eventOf == timbre.PipelineState {
		p["detail"].AdditionalProperties = &jsonschema.Schema{Type: "string", Description: "metadata of the pipeline"}
	}
	return s
}

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

// allEvents is the schema of every event.
func allEvents(t *testing.T) *jsonschema.Schema {
	t.Helper()
	all := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", Title: "Events of Timbre", Defs: map[string]*jsonschema.Schema{},
		Description: "Each event is of exactly one of these kinds. Fields may be added.",
	}
	for _, k := range kinds {
		all.Defs[k.name] = schemaOf(t, k)
		all.OneOf = append(all.OneOf, &jsonschema.Schema{Ref: "#/$defs/" + k.name})
	}
	return all
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// wantCurrent compares a generated page with its file. After a change of an event:
//
//	go test ./event -run Current -update
func wantCurrent(t *testing.T, name string, want []byte) {
	t.Helper()
	path := filepath.Join("..", "docs", name)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(want) {
		t.Errorf("%s is out of date (%v). Run: go test ./event -run Current -update", path, err)
	}
}

func TestSchemaIsCurrent(t *testing.T) {
	wantCurrent(t, "events.schema.json", indented(t, allEvents(t)))
}

// Each golden event is of its kind and of no other, and has no field that the schema lacks.
func TestGoldenEventsMatchTheirSchema(t *testing.T) {
	schemas, err := eventtest.Load("../docs/events.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			of := slices.IndexFunc(kinds, func(k kind) bool { return slices.Contains(k.golden, name) })
			if of < 0 {
				t.Fatal("got a golden event of no kind, want one")
			}
			if got, err := schemas.Check(b); got != kinds[of].name {
				t.Errorf("got kind %s (%v), want %s", got, err, kinds[of].name)
			}
		})
	}
}

// Each status of each kind has a golden event.
func TestEachStatusHasAGoldenEvent(t *testing.T) {
	for _, k := range kinds {
		var seen strings.Builder
		for _, name := range k.golden {
			b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			seen.Write(b)
		}
		for _, status := range k.statuses {
			if !strings.Contains(seen.String(), `"`+status+`"`) {
				t.Errorf("%s: got no golden event of status %s, want one", k.name, status)
			}
		}
	}
}
