package event

import (
	"maps"
	"slices"
	"testing"
)

type object map[string]any

// asyncAPI describes who sends which events where, in the form of AsyncAPI 3. Its schemas are those of events.schema.json.
func asyncAPI(t *testing.T) object {
	t.Helper()
	messages, all := object{}, allEvents(t)
	on := map[string]object{}
	for _, k := range kinds {
		messages[k.name] = object{
			"name": k.name, "title": string(k.eventOf), "summary": k.when, "contentType": "application/json",
			"payload": object{"schemaFormat": "application/schema+json;version=draft-07", "schema": all.Defs[k.name]},
		}
		if on[k.channel] == nil {
			on[k.channel] = object{}
		}
		on[k.channel][k.name] = object{"$ref": "#/components/messages/" + k.name}
	}
	places, operations := object{}, object{}
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		places[name] = object{"address": nil, "description": channels[name], "messages": on[name]}
		operations[name] = object{"action": "send", "channel": object{"$ref": "#/channels/" + name}, "summary": channels[name]}
	}
	return object{
		"asyncapi": "3.0.0",
		"info": object{
			"title": "Events of Timbre", "version": "1.0.0", "license": object{"name": "Apache 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
			"description": "What Timbre tells of calls, tasks and pipelines. Delivery is at least once; detail.sequence orders and de-duplicates.",
		},
		"defaultContentType": "application/json",
		"channels":           places, "operations": operations, "components": object{"messages": messages},
	}
}

func TestAsyncAPIIsCurrent(t *testing.T) {
	for _, k := range kinds {
		if channels[k.channel] == "" {
			t.Errorf("%s goes to channel %q, which is not described", k.name, k.channel)
		}
	}
	wantCurrent(t, "events.asyncapi.json", indented(t, asyncAPI(t)))
}
