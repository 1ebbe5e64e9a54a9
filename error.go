package timbre

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what went wrong in a way that a caller can act on. The api turns each kind into one AWS exception.
type Kind uint8

const (
	Internal      Kind = iota // a fault of ours: ServiceFailureException, 500
	Invalid                   // the request breaks a rule: BadRequestException, 400
	Limit                     // a quota is used up: ResourceLimitExceededException, 400
	Unauthorized              // UnauthorizedClientException, 401
	Forbidden                 // ForbiddenException, 403
	AccessDenied              // AccessDeniedException, 403
	NotFound                  // NotFoundException, 404
	Conflict                  // ConflictException, 409
	Gone                      // GoneException, 410
	Unprocessable             // UnprocessableEntityException, 422
	Throttled                 // ThrottledClientException, 429
	Unavailable               // ServiceUnavailableException, 503
)

// Error is the one error type that crosses package borders.
type Error struct {
	Kind Kind
	Op   string // what was tried, such as "task.Start"; empty when Err tells it
	Msg  string // for the person who asked: no secrets, no phone numbers
	Err  error  // the cause, for the log; may be nil
}

func (e *Error) Error() string {
	s := e.Msg
	if e.Err != nil {
		if s != "" {
			s += ": "
		}
		s += e.Err.Error()
	}
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a kind. A final ": %w" becomes its cause, and no part of Msg.
func Errorf(kind Kind, op, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Kind: kind, Op: op, Msg: err.Error(), Err: errors.Unwrap(err)}
	if e.Err != nil {
		e.Msg = strings.TrimSuffix(strings.TrimSuffix(e.Msg, e.Err.Error()), ": ")
	}
	return e
}

// KindOf is the kind of the outermost Error in err's chain, or Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
