// Package sample makes requests from the table of operations, for those who judge a server: any request that fits an
// operation's input, and for each of the input's rules requests that break that rule alone. A source of randomness comes in,
// requests come out. It signs and sends nothing, and it knows only the rules that the table has.
package sample

import (
	"math/rand/v2"
	"net/url"
	"regexp"
	"strconv"

	"github.com/go-json-experiment/json"

	"timbre/api/rest"
)

// Request is what a client says for an operation.
type Request struct {
	Labels map[string]string // of the path
	Query  url.Values
	Body   map[string]any // nil where the operation has none
}

// Fitting makes a request that breaks no rule. It has all that is required, and of the rest each with the chance of most.
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

// set puts a value where its member travels; nil takes it away.
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

// Target is the path and query of the request.
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

// Text is the body as JSON, empty without one.
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
