package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"timbre/api/rest"
	"timbre/api/rest/sample"
)

// invalid are the exceptions for an invalid value.
var invalid = []string{"BadRequestException", "ValidationException", "ValidationError"}

// validation violates every constraint of every operation's model, nested ones included, one per request. Each request must be
// refused with the position of the value. A new operation needs no line here: its constraints are in the model.
func validation(ctx context.Context, s *session) {
	for _, service := range []struct {
		prefix string
		*rest.Service
	}{{"voice.", rest.Voice}, {"media.", rest.Pipelines}} {
		for _, op := range service.Operations {
			violations := violationsOf(op)
			if len(violations) == 0 {
				continue
			}
			says := fmt.Sprintf("%s: %d constraint violations are refused, each with the position of the value", op.Name, len(violations))
			s.checkOperation(ctx, says, service.prefix+op.Name, func(ctx context.Context) error { return s.refusesAll(ctx, op, violations) })
		}
	}
}

// violationsOf returns requests that violate one constraint each of an operation's input. They are the same in every run.
func violationsOf(op *rest.Operation) (all []sample.Broken) {
	x := rand.New(rand.NewPCG(1, uint64(len(op.Name))))
	whole := sample.Fitting(x, op, 1)
	whole.Broken(x, op, func(b sample.Broken) bool {
		all = append(all, b)
		return true
	})
	return all
}

func (s *session) refusesAll(ctx context.Context, op *rest.Operation, violations []sample.Broken) error {
	var wrong []error
	for _, b := range violations {
		a, err := s.send(ctx, request{method: op.Method, target: b.Target(op), body: b.Text()})
		if err != nil {
			return err
		}
		if unsupportedMessage.MatchString(a.message()) {
			return unsupported(a.message())
		}
		if err := a.refusedAs(http.StatusBadRequest, invalid...); err != nil {
			wrong = append(wrong, fmt.Errorf("%s %s: %w", b.At, b.Rule, err))
		} else if !strings.Contains(strings.ToLower(a.message()), strings.ToLower(b.At)) {
			wrong = append(wrong, fmt.Errorf("%s %s: got message %q, want the position in it", b.At, b.Rule, a.message()))
		}
	}
	return errors.Join(wrong...)
}
