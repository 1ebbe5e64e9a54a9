package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"timbre"
)

// Fault is a refusal as it stands on the wire.
type Fault struct {
	Status  int
	Type    string // the exception, in the header x-amzn-ErrorType
	Code    string // in the body
	Message string // for the person who asked
}

func (f *Fault) Error() string { return f.Type + ": " + f.Message }

// faults is the one table from what went wrong to what AWS calls it. Codes are those of the services' ErrorCode.
var faults = map[timbre.Kind]Fault{
	timbre.Internal:      {500, "ServiceFailureException", "ServiceFailure", "The server failed. Its log has the cause under this request's id."},
	timbre.Invalid:       {400, "BadRequestException", "BadRequest", "The request is not valid."},
	timbre.Limit:         {400, "ResourceLimitExceededException", "ResourceLimitExceeded", "A limit has been reached."},
	timbre.Unauthorized:  {401, "UnauthorizedClientException", "Unauthorized", "The client is not authorized."},
	timbre.Forbidden:     {403, "ForbiddenException", "Forbidden", "The client may not do this."},
	timbre.AccessDenied:  {403, "AccessDeniedException", "AccessDenied", "The client may not do this."},
	timbre.NotFound:      {404, "NotFoundException", "NotFound", "There is no such resource."},
	timbre.Conflict:      {409, "ConflictException", "Conflict", "The request conflicts with the state of the resource."},
	timbre.Gone:          {410, "GoneException", "Gone", "The resource is gone."},
	timbre.Unprocessable: {422, "UnprocessableEntityException", "Unprocessable", "The request cannot be carried out."},
	timbre.Throttled:     {429, "ThrottledClientException", "Throttling", "Too many requests."},
	timbre.Unavailable:   {503, "ServiceUnavailableException", "ServiceUnavailable", "The server cannot do this at the moment."},
}

// nearest says which kind stands in for one that an operation does not declare: SDKs give a type to declared exceptions
// alone.
var nearest = map[timbre.Kind]timbre.Kind{
	timbre.Limit:         timbre.Invalid,
	timbre.AccessDenied:  timbre.Forbidden,
	timbre.NotFound:      timbre.Invalid,
	timbre.Conflict:      timbre.Invalid,
	timbre.Gone:          timbre.NotFound,
	timbre.Unprocessable: timbre.Conflict,
	timbre.Throttled:     timbre.Unavailable,
}

// faultOf turns an error into the refusal that op may answer with; op is nil where no operation was found.
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
	if message != "" {
		fault.Message = message
	}
	return &fault
}

// messageOf is the outermost message in err's chain that is meant for the person who asked.
func messageOf(err error) string {
	for e := (*timbre.Error)(nil); errors.As(err, &e); err = e.Err {
		if e.Msg != "" {
			return e.Msg
		}
	}
	return ""
}

// notServed refuses an operation that is in the model and that nothing handles. It is a BadRequestException because every
// operation of both services declares that one and no SDK tries it again.
func notServed(op *Operation) *Fault {
	f := faults[timbre.Invalid]
	f.Message = fmt.Sprintf("This version of Timbre does not serve the operation %s.", op.Name)
	return &f
}

// unknownOperation refuses a method and path that no operation has.
func unknownOperation() *Fault {
	return &Fault{http.StatusNotFound, "UnknownOperationException", "UnknownOperation", "No operation has this method and path."}
}
