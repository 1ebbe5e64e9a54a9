package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"timbre/api/rest"
)

// invalid are the names of a refusal for a value that is not valid.
var invalid = []string{"BadRequestException", "ValidationException", "ValidationError"}

// validation breaks every rule of every operation's model, one a request, and wants each refused with the member's name.
// A new operation needs no line here: what it must refuse stands in the model.
func validation(ctx context.Context, s *session) {
	for _, service := range []struct {
		prefix string
		*rest.Service
	}{{"voice.", rest.Voice}, {"media.", rest.Pipelines}} {
		for _, op := range service.Operations {
			bent := bend(op)
			if len(bent) == 0 {
				continue
			}
			says := fmt.Sprintf("%s: %d broken rules are refused, each by the member's name", op.Name, len(bent))
			s.checkOperation(ctx, says, service.prefix+op.Name, func(ctx context.Context) error { return s.refusesAll(ctx, op, bent) })
		}
	}
}

// bentInput is an input with one rule broken.
type bentInput struct {
	member rest.Member
	rule   string
	input  map[string]any
}

// bend breaks each rule of an operation's members in turn, and leaves the others whole.
func bend(op *rest.Operation) (all []bentInput) {
	whole := sampleOf(op.Input).(map[string]any)
	for _, m := range op.Input.Members {
		for _, b := range breaches(m) {
			in := map[string]any{}
			for k, v := range whole {
				in[k] = v
			}
			if in[m.Wire] = b.value; b.value == nil {
				delete(in, m.Wire)
			}
			all = append(all, bentInput{m, b.rule, in})
		}
	}
	return all
}

func (s *session) refusesAll(ctx context.Context, op *rest.Operation, bent []bentInput) error {
	var wrong []error
	for _, b := range bent {
		q, err := write(op, b.input)
		if err != nil {
			return err
		}
		a, err := s.send(ctx, q)
		if err != nil {
			return err
		}
		if statement.MatchString(a.message()) {
			return unserved(a.message())
		}
		if err := a.refusedAs(http.StatusBadRequest, invalid...); err != nil {
			wrong = append(wrong, fmt.Errorf("%s %s: %w", b.member.Name, b.rule, err))
		} else if !strings.Contains(strings.ToLower(a.message()), strings.ToLower(b.member.Name)) {
			wrong = append(wrong, fmt.Errorf("%s %s: the message does not name it: %s", b.member.Name, b.rule, a.message()))
		}
	}
	return errors.Join(wrong...)
}

// write puts an input into a request as the model says.
func write(op *rest.Operation, input map[string]any) (request, error) {
	path, query, body := op.Path, url.Values{}, map[string]any{}
	if op.Query.Key != "" {
		query.Set(op.Query.Key, op.Query.Value)
	}
	for _, m := range op.Input.Members {
		v, ok := input[m.Wire]
		switch {
		case !ok:
		case m.Place == rest.Path:
			path = strings.ReplaceAll(path, "{"+m.Wire+"}", url.PathEscape(fmt.Sprint(v)))
		case m.Place == rest.Query:
			query.Set(m.Wire, fmt.Sprint(v))
		default:
			body[m.Wire] = v
		}
	}
	q := request{method: op.Method, target: path}
	if len(query) > 0 {
		q.target += "?" + query.Encode()
	}
	if len(body) == 0 {
		return q, nil
	}
	text, err := json.Marshal(body)
	q.body = string(text)
	return q, err
}
