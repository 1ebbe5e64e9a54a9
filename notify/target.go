package notify

import (
	"context"
	"slices"
	"strings"

	"timbre"
)

// Sink sends notices to the targets of one kind. It is safe for concurrent use. Package notifytest states its promises as a
// suite.
type Sink interface {
	// Send makes one attempt to deliver a notice, until ctx ends. Nil: the target has accepted it. An error names the target,
	// contains no secret, and says as a Failure what it means for the next attempts.
	Send(ctx context.Context, n timbre.Notice) error
}

// Sinks are sinks by the Kind of target that they serve.
type Sinks map[string]Sink

// services are the kinds of the AWS services whose ARNs are targets, by the name that the ARN has for the service.
var services = map[string]string{"sqs": "sqs", "sns": "sns", "lambda": "lambda", "kinesis": "kinesis", "events": "eventbridge"}

// own are the kinds that have no service of AWS.
var own = []string{"webhook", "kafka", "nats", "file"}

// Kind returns the kind of a target by its form: one of own for arn:timbre:<kind>:<region>:<account>:<name>, the service for
// an AWS ARN of one of services, "sqs" for the URL of a queue, else "unknown".
func Kind(target string) string {
	if strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://") {
		return "sqs"
	}
	part := strings.SplitN(target, ":", 6)
	if len(part) < 6 || part[0] != "arn" || part[5] == "" {
		return "unknown"
	}
	partition, service := part[1], part[2]
	switch {
	case partition == "timbre" && slices.Contains(own, service):
		return service
	case strings.HasPrefix(partition, "aws") && services[service] != "":
		return services[service]
	}
	return "unknown"
}
