package timbre

import (
	"errors"
	"fmt"
	"strings"
)

// Kind classifies an error by what the caller can do about it. The API turns each kind into one AWS exception.
type Kind uint8

const (
	Internal      Kind = iota // a fault of the server: ServiceFailureException, 500
	Invalid                   // the request is malformed: BadRequestException, 400
	Limit                     // a quota has been reached: ResourceLimitExceededException, 400
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

// Error is the error type of all exported functions.
type Error struct {
	Kind Kind
	Op   string // the operation, such as "task.Start"; empty if Err has it
	Msg  string // for the client: no secrets, no phone numbers
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

// Errorf returns an Error. A final ": %w" becomes its cause, which Msg leaves out.
func Errorf(kind Kind, op, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Kind: kind, Op: op, Msg: err.Error(), Err: errors.Unwrap(err)}
	if e.Err != nil {
		e.Msg = strings.TrimSuffix(strings.TrimSuffix(e.Msg, e.Err.Error()), ": ")
	}
	return e
}

// ErrDamaged is the cause of an error about a stored row that cannot be read. It says nothing about other rows.
var ErrDamaged = errors.New("stored data is damaged")

// KindOf returns the kind of the outermost Error in err's chain, or Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
