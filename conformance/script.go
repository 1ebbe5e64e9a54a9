package conformance

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

//go:embed script/*.json
var scripts embed.FS

// step is one step of a script: an operation, its input, and its expected result.
type step struct {
	Says  string            `json:"says"`  // the name of the check
	When  string            `json:"when"`  // of scripts with a call: before, live or over
	Do    string            `json:"do"`    // voice.Operation or media.Operation
	With  map[string]any    `json:"with"`  // its input; "$name" is a variable
	Keep  map[string]string `json:"keep"`  // variables to set from the output, by path
	Gives map[string]any    `json:"gives"` // the expected output, by path
	Until map[string]any    `json:"until"` // the same, polled for
	Fails string            `json:"fails"` // the expected exception
	Undo  *struct {
		Do   string         `json:"do"`
		With map[string]any `json:"with"`
	} `json:"undo"` // how to delete what the step created
}

// parse decodes a script.
func parse(text []byte) ([]step, error) {
	var file struct{ Steps []step }
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("script: %w", err)
	}
	return file.Steps, nil
}

// script runs the steps of a file that belong to a phase of the call, each as a check.
func (s *session) script(ctx context.Context, name, when string) {
	text, err := Script(name)
	if err == nil {
		err = s.play(ctx, text, when)
	}
	if err != nil {
		s.check(ctx, "the script is readable", func(context.Context) error { return err })
	}
}

// Script returns the script of an area as JSON, which the suites of other SDKs run too.
func Script(name string) ([]byte, error) { return scripts.ReadFile("script/" + name + ".json") }

// Scripts returns the names of all scripts, in the order in which they run.
func Scripts() []string {
	return []string{"domains", "connectors", "streaming", "configurations", "tags", "tasks"}
}

// play runs the steps of a script that belong to a phase of the call.
func (s *session) play(ctx context.Context, text []byte, when string) error {
	steps, err := parse(text)
	if err != nil {
		return err
	}
	for _, st := range steps {
		if st.When != when {
			continue
		}
		r := s.checkOperation(ctx, st.Says, st.Do, func(ctx context.Context) error { return s.step(ctx, st) })
		for name := range st.Keep {
			if s.variables[name] == nil {
				s.unset[name] = cmp.Or(r.WaitsFor, st.Do)
			}
		}
	}
	return nil
}

// Play runs a script and deletes what it created.
func Play(ctx context.Context, cfg Config, name string, text []byte) (Report, error) {
	s, err := newSession(cfg)
	if err != nil {
		return Report{}, err
	}
	defer s.close()
	s.area = name
	err = s.play(ctx, text, "")
	s.cleanUp(context.WithoutCancel(ctx))
	return s.report, err
}

// pollInterval is the time between two attempts of a step with Until.
const pollInterval = 100 * time.Millisecond

// step runs one step.
func (s *session) step(ctx context.Context, st step) error {
	with, err := fillAll(st.With, s.variables)
	if err != nil {
		return err
	}
	if st.Fails != "" {
		_, err := s.call(ctx, st.Do, with)
		return wants(st.Fails, err)
	}
	got, err := s.poll(ctx, st, with)
	if err != nil {
		return err
	}
	if err := s.keep(got, st); err != nil {
		return err
	}
	return s.expect(got, st.Gives)
}

// poll repeats an operation until its output is as Until says.
func (s *session) poll(ctx context.Context, st step, with map[string]any) (map[string]any, error) {
	for {
		got, err := s.call(ctx, st.Do, with)
		if err != nil {
			return nil, err
		}
		if err = s.expect(got, st.Until); err == nil {
			return got, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("not within the timeout: %w", err)
		case <-time.After(pollInterval):
		}
	}
}

// keep stores the variables of a step's output, and what deletes what it created.
func (s *session) keep(got map[string]any, st step) error {
	for name, path := range st.Keep {
		if s.variables[name] = find(got, path); s.variables[name] == nil {
			return fmt.Errorf("got no %s", path)
		}
	}
	if st.Undo == nil {
		return nil
	}
	with, err := fillAll(st.Undo.With, s.variables)
	if err == nil {
		s.later(st.Undo.Do, with)
	}
	return err
}

// fill substitutes variables: a whole string "$name" becomes the value, of any type, and "${name}" within a string becomes its
// text.
func fill(v any, known map[string]any) (any, error) {
	switch v := v.(type) {
	case string:
		return fillText(v, known)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			item, err := fill(v[i], known)
			if err != nil {
				return nil, err
			}
			out[i] = item
		}
		return out, nil
	case map[string]any:
		return fillAll(v, known)
	}
	return v, nil
}

func fillAll(v, known map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(v))
	for k := range v {
		item, err := fill(v[k], known)
		if err != nil {
			return nil, err
		}
		out[k] = item
	}
	return out, nil
}

func fillText(text string, known map[string]any) (any, error) {
	if name, ok := strings.CutPrefix(text, "$"); ok && !strings.HasPrefix(name, "{") {
		if known[name] == nil {
			return nil, unsetVariable{name}
		}
		return known[name], nil
	}
	for name, v := range known {
		if s, ok := v.(string); ok {
			text = strings.ReplaceAll(text, "${"+name+"}", s)
		}
	}
	if _, rest, missing := strings.Cut(text, "${"); missing {
		name, _, _ := strings.Cut(rest, "}")
		return nil, unsetVariable{name}
	}
	return text, nil
}
