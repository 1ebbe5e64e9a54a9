// Package sample generates requests from the table of operations, for tests of a server: valid requests for an operation, and for each
// constraint of its input requests that violate that constraint only. A source of randomness comes in, requests go out. The package
// neither signs nor sends them, and knows only the constraints in the table.
package sample

import (
	"math/rand/v2"
	"net/url"
	"regexp"
	"strconv"

	"github.com/go-json-experiment/json"

	"timbre/api/rest"
)

// Request is the input of an operation.
type Request struct {
	Labels map[string]string // of the path
	Query  url.Values
	Body   map[string]any // nil where the operation has none
}

// Fitting generates a valid request with all required members, and each optional one with the probability most.
func Fitting(x *rand.Rand, op *rest.Operation, most float64) Request {
	r := Request{Labels: map[string]string{}, Query: url.Values{}}
	for _, m := range op.Input.Members {
		if m.Place == rest.Body && r.Body == nil {
			r.Body = map[string]any{}
		}
		if !m.Required && m.Place != rest.Path && x.Float64() >= most {
			continue
		}
		r.set(m, value(x, m.Shape, most))
	}
	return r
}

// set stores a value in the place of its member; nil removes it.
func (r *Request) set(m rest.Member, v any) {
	switch m.Place {
	case rest.Body:
		r.Body[m.Wire] = v
	case rest.Path:
		r.Labels[m.Wire] = plain(v)
	case rest.Query:
		r.Query.Del(m.Wire)
		if v != nil {
			r.Query.Set(m.Wire, plain(v))
		}
	}
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	}
	return ""
}

var label = regexp.MustCompile(`\{\w+\}`)

// Target returns the path and query of the request.
func (r *Request) Target(op *rest.Operation) string {
	query := url.Values{}
	for k, v := range r.Query {
		query[k] = v
	}
	if op.Query.Key != "" {
		query.Set(op.Query.Key, op.Query.Value)
	}
	path := label.ReplaceAllStringFunc(op.Path, func(l string) string { return url.PathEscape(r.Labels[l[1:len(l)-1]]) })
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Text returns the body as JSON: empty if there is none.
func (r *Request) Text() string {
	if r.Body == nil {
		return ""
	}
	text, err := json.Marshal(r.Body, json.Deterministic(true))
	if err != nil {
		panic(err) // strings, numbers, booleans, lists and maps of them
	}
	return string(text)
}
