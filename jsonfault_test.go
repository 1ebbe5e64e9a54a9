package timbre

import (
	"encoding/json"
	"testing"
)

func TestJSONFaultNamesLineAndMember(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"inner\": {\"count\": \"many\"}\n}": "line 2: inner.count is a JSON string, which it cannot be",
		"[1]":                "line 1: a value is a JSON array, which it cannot be",
		"{\n\n  \"a\" 1}":    "line 3: invalid character '1' after object key",
		"{\n\"inner\": {}\n": "line 3: unexpected end of JSON input",
		"{}":                 "",
	} {
		var document struct {
			Inner struct {
				Count int `json:"count"`
			} `json:"inner"`
		}
		got := ""
		if err := JSONFault([]byte(text), json.Unmarshal([]byte(text), &document)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
