package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// eventKinds are the schemas of docs/events.schema.json by their names. They allow no field that is not described.
var eventKinds = sync.OnceValues(func() (map[string]*jsonschema.Resolved, error) {
	b, err := os.ReadFile("../docs/events.schema.json")
	if err != nil {
		return nil, err
	}
	var all jsonschema.Schema
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	kinds := map[string]*jsonschema.Resolved{}
	for name, s := range all.Defs {
		closeObjects(s)
		if kinds[name], err = s.Resolve(nil); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", name, err)
		}
	}
	return kinds, nil
})

// checkSchema checks that an event is of exactly one kind that is described.
func checkSchema(body []byte) error {
	kinds, err := eventKinds()
	if err != nil {
		return err
	}
	var e any
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	var matches []string
	var failures []error
	for name, s := range kinds {
		if err := s.Validate(e); err != nil {
			failures = append(failures, fmt.Errorf("as %s: %w", name, err))
			continue
		}
		matches = append(matches, name)
	}
	if len(matches) == 1 {
		return nil
	}
	return fmt.Errorf("the event is of kinds %v, want one\n%s\n%w", matches, body, errors.Join(failures...))
}

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
