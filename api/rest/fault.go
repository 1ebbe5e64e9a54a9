package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"timbre"
)

// Fault is a refusal as it is sent.
type Fault struct {
	Status  int
	Type    string        // the exception, in the header x-amzn-ErrorType
	Code    string        // in the body
	Message string        // for the client
	Retry   time.Duration // when to retry; 0: not given
}

func (f *Fault) Error() string { return f.Type + ": " + f.Message }

// faults maps each kind of error to its AWS exception. Codes are those of the services' ErrorCode.
var faults = map[timbre.Kind]Fault{
	timbre.Internal:      {Status: 500, Type: "ServiceFailureException", Code: "ServiceFailure", Message: "An internal error occurred. The server log contains the cause under this request ID."},
	timbre.Invalid:       {Status: 400, Type: "BadRequestException", Code: "BadRequest", Message: "The request is not valid."},
	timbre.Limit:         {Status: 400, Type: "ResourceLimitExceededException", Code: "ResourceLimitExceeded", Message: "A quota has been reached."},
	timbre.Unauthorized:  {Status: 401, Type: "UnauthorizedClientException", Code: "Unauthorized", Message: "The client is not authorized."},
	timbre.Forbidden:     {Status: 403, Type: "ForbiddenException", Code: "Forbidden", Message: "You are not authorized to perform this operation."},
	timbre.AccessDenied:  {Status: 403, Type: "AccessDeniedException", Code: "AccessDenied", Message: "You are not authorized to perform this operation."},
	timbre.NotFound:      {Status: 404, Type: "NotFoundException", Code: "NotFound", Message: "The resource does not exist."},
	timbre.Conflict:      {Status: 409, Type: "ConflictException", Code: "Conflict", Message: "The request conflicts with the state of the resource."},
	timbre.Gone:          {Status: 410, Type: "GoneException", Code: "Gone", Message: "The resource is no longer available."},
	timbre.Unprocessable: {Status: 422, Type: "UnprocessableEntityException", Code: "Unprocessable", Message: "The request cannot be processed."},
	timbre.Throttled:     {Status: 429, Type: "ThrottledClientException", Code: "Throttling", Message: "Too many requests."},
	timbre.Unavailable:   {Status: 503, Type: "ServiceUnavailableException", Code: "ServiceUnavailable", Message: "The service is temporarily unavailable."},
}

// nearest has the kind that replaces one whose exception an operation does not declare: SDKs have types for declared exceptions only.
var nearest = map[timbre.Kind]timbre.Kind{
	timbre.Limit:         timbre.Invalid,
	timbre.AccessDenied:  timbre.Forbidden,
	timbre.NotFound:      timbre.Invalid,
	timbre.Conflict:      timbre.Invalid,
	timbre.Gone:          timbre.NotFound,
	timbre.Unprocessable: timbre.Conflict,
	timbre.Throttled:     timbre.Unavailable,
}

// unavailableFor is how long a client waits before it repeats a request that could not be served.
const unavailableFor = 5 * time.Second

// faultOf turns an error into a refusal that op declares. Op is nil if no operation was found.
func faultOf(err error, op *Operation) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	kind, message := timbre.KindOf(err), ""
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		kind = timbre.Unavailable
	} else if kind != timbre.Internal {
		message = messageOf(err)
	}
	for op != nil && !op.Declares(faults[kind].Type) {
		next, ok := nearest[kind]
		if !ok {
			break
		}
		kind = next
	}
	fault := faults[kind]
	if kind == timbre.Unavailable {
		fault.Retry = unavailableFor
	}
	if message != "" {
		fault.Message = message
	}
	return &fault
}

// messageOf returns the outermost message in err's chain that is meant for the client.
func messageOf(err error) string {
	for e := (*timbre.Error)(nil); errors.As(err, &e); err = e.Err {
		if e.Msg != "" {
			return sentence(e.Msg)
		}
	}
	return ""
}

// sentence turns a Go error string, which other stages return, into a sentence as AWS writes them. Messages of the API are
// sentences already.
func sentence(message string) string {
	first, n := utf8.DecodeRuneInString(message)
	if !unicode.IsLower(first) {
		return message
	}
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(message[n:], ".") + "."
}

// notServed refuses an operation that is in the model but not bound. It is a BadRequestException, which every operation of both services
// declares and no SDK retries.
func notServed(op *Operation) *Fault {
	f := faults[timbre.Invalid]
	f.Message = fmt.Sprintf("This version of Timbre does not support the operation %s.", op.Name)
	return &f
}

// unknownOperation refuses a method and path that no operation has.
func unknownOperation() *Fault {
	return &Fault{Status: http.StatusNotFound, Type: "UnknownOperationException", Code: "UnknownOperation", Message: "No operation matches this method and path."}
}

// Denied refuses what a key may not do. It is the same for all operations, including those that do not declare it.
func Denied(user, action, resource string) *Fault {
	f := faults[timbre.AccessDenied]
	f.Message = fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", user, action, resource)
	return &f
}

// throttled refuses a request over a rate or a concurrency limit. Most operations declare ThrottledClientException, but Go and Python's
// standard mode do not retry that. The SDKs of all languages retry ThrottlingException.
func throttled(wait time.Duration) *Fault {
	return &Fault{Status: http.StatusTooManyRequests, Type: "ThrottlingException", Code: "Throttling", Message: "Rate exceeded", Retry: wait}
}
