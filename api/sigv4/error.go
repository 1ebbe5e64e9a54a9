package sigv4

import "fmt"

// Error is the refusal of a signature, as AWS words it.
type Error struct {
	Status  int
	Type    string
	Message string // describes a malformed request, and never reveals the expected signature
}

func (e *Error) Error() string { return e.Type + ": " + e.Message }

var (
	noToken    = Error{Status: 403, Type: "MissingAuthenticationToken"}
	incomplete = Error{Status: 400, Type: "IncompleteSignature"}
	unknownKey = Error{Status: 403, Type: "InvalidClientTokenId"}
	mismatch   = Error{Status: 403, Type: "InvalidSignatureException"}
	outlived   = Error{Status: 403, Type: "ExpiredTokenException"}
	elsewhere  = Error{Status: 403, Type: "AccessDeniedException"}
	crowded    = Error{Status: 429, Type: "ThrottlingException"}
	expired    = Error{Status: 400, Type: "RequestExpired"}
)

func refuse(e Error, format string, args ...any) *Error {
	e.Message = fmt.Sprintf(format, args...)
	return &e
}
