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

// invalid are the names of a refusal for a value that is not valid.
var invalid = []string{"BadRequestException", "ValidationException", "ValidationError"}

// validation breaks every rule of every operation's model, one a request, also those of what lies within a member, and
// wants each refused with the place of the value. A new operation needs no line here: what it must refuse stands in the model.
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
			says := fmt.Sprintf("%s: %d broken rules are refused, each by the place of the value", op.Name, len(bent))
			s.checkOperation(ctx, says, service.prefix+op.Name, func(ctx context.Context) error { return s.refusesAll(ctx, op, bent) })
		}
	}
}

// bend breaks each rule of an operation's input in turn, always in the same way.
func bend(op *rest.Operation) (all []sample.Broken) {
	x := rand.New(rand.NewPCG(1, uint64(len(op.Name))))
	whole := sample.Fitting(x, op, 1)
	whole.Broken(x, op, func(b sample.Broken) bool {
		all = append(all, b)
		return true
	})
	return all
}

func (s *session) refusesAll(ctx context.Context, op *rest.Operation, bent []sample.Broken) error {
	var wrong []error
	for _, b := range bent {
		a, err := s.send(ctx, request{method: op.Method, target: b.Target(op), body: b.Text()})
		if err != nil {
			return err
		}
		if statement.MatchString(a.message()) {
			return unserved(a.message())
		}
		if err := a.refusedAs(http.StatusBadRequest, invalid...); err != nil {
			wrong = append(wrong, fmt.Errorf("%s %s: %w", b.At, b.Rule, err))
		} else if !strings.Contains(strings.ToLower(a.message()), strings.ToLower(b.At)) {
			wrong = append(wrong, fmt.Errorf("%s %s: the message does not name it: %s", b.At, b.Rule, a.message()))
		}
	}
	return errors.Join(wrong...)
}
