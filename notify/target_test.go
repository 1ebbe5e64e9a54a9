package notify_test

import (
	"testing"

	"timbre/notify"
)

func TestKind(t *testing.T) {
	for target, want := range map[string]string{
		"arn:timbre:webhook:eu-west-1:000000000000:crm":           "webhook",
		"arn:timbre:kafka:eu-west-1:000000000000:calls":           "kafka",
		"arn:timbre:nats:eu-west-1:000000000000:calls.events":     "nats",
		"arn:timbre:file:eu-west-1:000000000000:events":           "file",
		"arn:timbre:pigeon:eu-west-1:000000000000:x":              "unknown",
		"arn:aws:sqs:us-east-1:111122223333:calls":                "sqs",
		"arn:aws-us-gov:sqs:us-gov-west-1:111122223333:calls":     "sqs",
		"https://sqs.us-east-1.amazonaws.com/111122223333/calls":  "sqs",
		"http://127.0.0.1:9324/000000000000/calls":                "sqs",
		"arn:aws:sns:us-east-1:111122223333:topic":                "sns",
		"arn:aws:lambda:us-east-1:111122223333:function:f":        "lambda",
		"arn:aws:kinesis:us-east-1:111122223333:stream/s":         "kinesis",
		"arn:aws:events:us-east-1:111122223333:event-bus/default": "eventbridge",
		"arn:aws:s3:::bucket":                                     "unknown",
		"arn:timbre:webhook:us-east-1:000000000000:":              "unknown",
		"arn:timbre:sqs:us-east-1:000000000000:x":                 "unknown",
		"arn:elsewhere:sqs:us-east-1:111122223333:x":              "unknown",
		"":      "unknown",
		"calls": "unknown",
	} {
		t.Run(target, func(t *testing.T) {
			if got := notify.Kind(target); got != want {
				t.Errorf("%q: got %q, want %q", target, got, want)
			}
		})
	}
}
