package notify

import (
	"context"
	"strings"

	"timbre"
)

// Sink sends a notice to its target. nil: the target has taken it. Whatever the error, the notice is tried again until it
// is given up: a target that answers 404 or refuses a signature may be mended by its operator.
type Sink interface {
	Send(ctx context.Context, n timbre.Notice) error
}

// Sinks by the Kind of target that they serve.
type Sinks map[string]Sink

// Kind names what a target is, by its form: "webhook" for arn:timbre:webhook:<region>:<account>:<name>, the service for
// any AWS ARN ("sqs", "sns", "lambda", "kinesis", "events"), "sqs" for the URL of a queue, else "unknown".
func Kind(target string) string {
	if strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://") {
		return "sqs"
	}
	part := strings.SplitN(target, ":", 6)
	switch {
	case len(part) < 6 || part[0] != "arn" || part[5] == "":
		return "unknown"
	case part[1] == "timbre" && part[2] == "webhook":
		return "webhook"
	}
	switch service := part[2]; {
	case !strings.HasPrefix(part[1], "aws"):
		return "unknown"
	case service == "sqs", service == "sns", service == "lambda", service == "kinesis", service == "events":
		return service
	}
	return "unknown"
}
