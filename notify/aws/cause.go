package aws

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"timbre/notify"
)

// cause is why a request has failed, and what follows from it.
//
// What an operator can mend where the server stands, credentials, permissions, keys and clocks, is ForNow: the notices wait. A name
// that does not exist and a notice that is not accepted are Refused: they do not hold up what follows, and are kept as dead letters.
type cause struct {
	text   string // with a place for what the target is
	kind   notify.FailureKind
	secret bool // the service's own words may contain the request that it was sent
	stale  bool // the credentials are no longer good: those in the settings may be
}

// place is where the text of a cause names what the target is.
const place = "<target>"

var (
	expired     = cause{text: "the AWS credentials have expired", secret: true, stale: true}
	unaccepted  = cause{text: "the AWS credentials are not accepted", secret: true, stale: true}
	skewed      = cause{text: "the clocks of AWS and of this server differ", secret: true}
	denied      = cause{text: "access denied"}
	missing     = cause{text: "no such " + place, kind: notify.Refused}
	throttled   = cause{text: "throttled"}
	tooLarge    = cause{text: "too large", kind: notify.Refused}
	unusableKey = cause{text: "the " + place + "'s encryption key cannot be used"}
	unready     = cause{text: "the " + place + " is not ready"}
	foreign     = cause{text: `AWS reserves sources that begin with "aws.": set aws.event_source`}
	broken      = cause{text: "the service has failed"}
	refused     = cause{text: "refused", kind: notify.Refused}
)

// causes are the causes of the codes that the services use.
var causes = map[cause][]string{
	expired: {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"},
	unaccepted: {
		"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
		"InvalidSignatureException", "IncompleteSignature", "IncompleteSignatureException", "InvalidSecurity", "InvalidToken",
		"MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure",
	},
	skewed: {"RequestTimeTooSkewed", "RequestExpired"},
	denied: {
		"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "NotAuthorized",
		"UnauthorizedOperation", "OptInRequired", "RegionDisabledException",
	},
	missing: {
		"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "NotFound", "NotFoundException",
		"ResourceNotFoundException", "ResourceNotFound",
	},
	throttled: {"ThrottledException", "Throttled", "OverLimit", "ConcurrentInvocationLimitExceeded"},
	tooLarge: {
		"RequestTooLargeException", "RequestTooLarge", "RequestEntityTooLargeException", "BatchRequestTooLong",
		"AWS.SimpleQueueService.BatchRequestTooLong",
	},
	unready: {"ResourceNotReadyException", "ResourceInUseException", "ResourceConflictException", "QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"},
	foreign: {"NotAuthorizedForSourceException"},
	broken: {
		"InternalFailure", "InternalError", "InternalErrorException", "InternalException", "InternalServiceException",
		"ServiceException", "ServiceUnavailable", "ServiceUnavailableException", "UnknownError",
	},
}

var byCode = func() map[string]cause {
	codes := map[string]cause{}
	for c, names := range causes {
		for _, name := range names {
			codes[name] = c
		}
	}
	for name := range retry.DefaultThrottleErrorCodes {
		codes[name] = throttled
	}
	return codes
}()

// causeOfCode returns the cause of an error by its code, and where the code says nothing, by the status of the response or whose
// fault it is.
func causeOfCode(api smithy.APIError, status int) cause {
	code := api.ErrorCode()
	c, known := byCode[code]
	switch {
	case c == unaccepted && untimely(api.ErrorMessage()):
		c = skewed
	case known && (c != broken || status == 0 || status >= http.StatusInternalServerError):
		// The SDK calls an error UnknownError if a proxy has answered instead of the service.
	case len(code) > 3 && strings.EqualFold(code[:3], "KMS"):
		c = unusableKey
	case status != 0:
		c = causeOfStatus(status)
	case api.ErrorFault() == smithy.FaultServer:
		c = broken
	default:
		c = refused
	}
	c.text += " (" + api.ErrorCode() + ")"
	return c
}

// untimely says whether a signature is refused for its time alone.
func untimely(message string) bool {
	return strings.Contains(message, "Signature expired") || strings.Contains(message, "Signature not yet current")
}

// causeOfStatus returns the cause of a response whose body is not that of an AWS service, or has a code that says nothing. It names no
// missing queue: a proxy may have answered.
func causeOfStatus(status int) cause {
	c := refused
	switch {
	case status == http.StatusRequestEntityTooLarge:
		c = tooLarge
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		c = denied
	case status == http.StatusTooManyRequests:
		c = throttled
	case status == http.StatusRequestTimeout, status >= http.StatusInternalServerError:
		c = broken
	}
	c.text += ", status " + strconv.Itoa(status)
	return c
}
