package event

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"timbre"
	"timbre/event/eventtest"
)

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
