// Package eventtest checks events against docs/events.schema.json, more strictly than consumers should: an event must be of exactly one
// kind, and have no field that is not described.
package eventtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/google/jsonschema-go/jsonschema"
)

// Kinds are the schemas of the kinds of events, by name.
type Kinds map[string]*jsonschema.Resolved

// Load reads the schema from a file.
func Load(path string) (Kinds, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all jsonschema.Schema
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	kinds := Kinds{}
	for name, s := range all.Defs {
		closeObjects(s)
		if kinds[name], err = s.Resolve(nil); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", name, err)
		}
	}
	return kinds, nil
}

// closeObjects forbids fields that a schema does not name, unless it allows some.
func closeObjects(s *jsonschema.Schema) {
	if s.Properties != nil && s.AdditionalProperties == nil {
		s.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}}
	}
	if s.Items != nil {
		closeObjects(s.Items)
	}
	for _, p := range s.Properties {
		closeObjects(p)
	}
}

// Check returns the name of the kind of an event, or an error if it is of none or of several.
func (k Kinds) Check(body []byte) (name string, err error) {
	var e any
	if err := json.Unmarshal(body, &e); err != nil {
		return "", err
	}
	var matches []string
	var failures []error
	for kind, s := range k {
		if err := s.Validate(e); err == nil {
			matches = append(matches, kind)
		} else {
			failures = append(failures, fmt.Errorf("as %s: %w", kind, err))
		}
	}
	if len(matches) != 1 {
		return "", fmt.Errorf("the event is of kinds %v, want one\n%s\n%w", matches, body, errors.Join(failures...))
	}
	return matches[0], nil
}
