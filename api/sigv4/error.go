package sigv4

import (
	"fmt"

	"timbre"
)

var (
	noToken    = timbre.SignatureFault{Status: 403, Type: "MissingAuthenticationToken"}
	incomplete = timbre.SignatureFault{Status: 400, Type: "IncompleteSignature"}
	unknownKey = timbre.SignatureFault{Status: 403, Type: "InvalidClientTokenId"}
	mismatch   = timbre.SignatureFault{Status: 403, Type: "InvalidSignatureException"}
	outlived   = timbre.SignatureFault{Status: 403, Type: "ExpiredTokenException"}
	elsewhere  = timbre.SignatureFault{Status: 403, Type: "AccessDeniedException"}
	crowded    = timbre.SignatureFault{Status: 429, Type: "ThrottlingException"}
	expired    = timbre.SignatureFault{Status: 400, Type: "RequestExpired"}
)

func refuse(f timbre.SignatureFault, format string, args ...any) *timbre.SignatureFault {
	f.Message = fmt.Sprintf(format, args...)
	return &f
}
