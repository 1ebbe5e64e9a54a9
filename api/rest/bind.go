package rest

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"timbre"
)

// gather collects the members of a request from path, query and body, validates them against the input of the operation, and returns those
// of the body and the others.
func gather(op *Operation, labels map[string]string, query url.Values, body func() (map[string]any, error)) (inBody, aside map[string]any, err error) {
	said, err := bodyOf(op, body)
	if err != nil {
		return nil, nil, err
	}
	all := make(map[string]any, len(op.Input.Members))
	for _, m := range op.Input.Members {
		switch m.Place {
		case Body:
			all[m.Wire] = said[m.Wire]
		case Path:
			all[m.Wire] = parseText(m.Shape, labels[m.Wire])
		case Query:
			if query.Has(m.Wire) {
				all[m.Wire] = parseText(m.Shape, query.Get(m.Wire))
			}
		}
	}
	c := checker{}
	inBody, aside = c.structure(op.Input, all, ""), map[string]any{}
	for _, m := range op.Input.Members {
		v, ok := inBody[m.Wire]
		if m.Place != Body && ok {
			delete(inBody, m.Wire)
			aside[m.Name] = v
		}
	}
	return inBody, aside, c.err()
}

// bodyOf reads the body of an operation that has members there, and ignores any other body.
func bodyOf(op *Operation, body func() (map[string]any, error)) (map[string]any, error) {
	for _, m := range op.Input.Members {
		if m.Place == Body {
			return body()
		}
	}
	return nil, nil
}

// parseText parses a value of the path or query as the kind of its shape. A value that cannot be parsed keeps a wrong kind, which the checker
// refuses.
func parseText(s *Shape, text string) any {
	switch {
	case !utf8.ValidString(text):
		return []any{}
	case s.Kind == Integer:
		return number(text)
	case s.Kind == Boolean && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}

// bind fills the input structure of an operation.
func bind(in any, inBody, aside map[string]any) error {
	if len(inBody) > 0 {
		text, err := json.Marshal(inBody, json.Deterministic(true), json.WithMarshalers(writeNumber))
		if err == nil {
			err = json.Unmarshal(text, in)
		}
		if err != nil {
			return &timbre.Error{Kind: timbre.Invalid, Msg: "The body does not match the input of the operation.", Err: err}
		}
	}
	for name, v := range aside {
		set(reflect.ValueOf(in).Elem().FieldByName(name), v)
	}
	return nil
}

// set stores a string, number or boolean in a field of its kind, or in a pointer to one.
func set(field reflect.Value, v any) {
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch v := v.(type) {
	case string:
		field.SetString(v)
	case bool:
		field.SetBool(v)
	case number:
		n, _ := strconv.ParseInt(string(v), 10, 32) // the checker has validated it
		field.SetInt(n)
	}
}

// fits panics unless a structure has a field for every member of an operation's input.
func fits(op *Operation, in reflect.Type) {
	kinds := map[Kind]reflect.Kind{String: reflect.String, Integer: reflect.Int32, Boolean: reflect.Bool}
	for _, m := range op.Input.Members {
		field, ok := in.FieldByName(m.Name)
		if !ok {
			panic(fmt.Sprintf("rest: %s has no field %s for %s", in, m.Name, op.Name))
		}
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if m.Place != Body && kind.Kind() != kinds[m.Shape.Kind] {
			panic(fmt.Sprintf("rest: %s.%s cannot hold what %s sends in its path or query", in, m.Name, op.Name))
		}
	}
}
