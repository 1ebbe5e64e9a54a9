package test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/eventbridge"
	"timbre/notify/kinesis"
	"timbre/notify/lambda"
	"timbre/notify/sns"
	"timbre/notify/sqs"
)

// awsSinks are new sinks of all services, with the settings as they are now.
func awsSinks(assume bool) notify.Sinks {
	account := aws.New(environment.Environment{Region: "us-east-1"}, aws.Config{AssumeRoles: assume})
	return notify.Sinks{
		"sqs": sqs.New(account, sqs.Config{}), "sns": sns.New(account, sns.Config{}), "kinesis": kinesis.New(account),
		"lambda": lambda.New(account), "eventbridge": eventbridge.New(account, eventbridge.Config{}),
	}
}

// testCauses checks what sinks make of the errors of moto: for names that it does not know, for nobody's credentials and for unknown ones.
func testCauses(ctx context.Context, t *testing.T, endpoint string, arns map[string]string) {
	wantCauses := func(sinks notify.Sinks, name, role string, kind notify.FailureKind, cause string) {
		t.Helper()
		for service, sink := range sinks {
			n := timbre.Notice{ID: "Id-1", Key: "k", Target: strings.TrimSuffix(arns[service], "calls") + name, Role: role, Payload: []byte(
				`{"id":"Id-1","detail-type":"T","source":"aws.chime","time":"2026-01-02T03:04:05Z","resources":[],"detail":{}}`)}
			if err := sink.Send(ctx, n); err == nil || notify.FailureOf(err).Kind != kind || !strings.Contains(err.Error(), cause) {
				t.Errorf("%s: got %v, want %q of kind %d", service, err, cause, kind)
			}
		}
	}
	named := awsSinks(false)
	delete(named, "lambda") // moto without containers knows all functions
	wantCauses(named, "lost", "", notify.Refused, "no such ")

	response, err := new(http.Client).Post(endpoint+"/moto-api/reset-auth", "text/plain", strings.NewReader("0")) // from now on it checks credentials
	must(t, err)
	must(t, response.Body.Close())
	wantCauses(notify.Sinks{"sns": awsSinks(false)["sns"]}, "calls", "", notify.ForNow, "the AWS credentials are not accepted")
	wantCauses(awsSinks(false), "calls", "", notify.ForNow, "") // moto tells the others in XML, which they do not speak
	t.Setenv("AWS_ACCESS_KEY_ID", arns["nobody"])
	t.Setenv("AWS_SECRET_ACCESS_KEY", arns["secret of nobody"])
	wantCauses(awsSinks(false), "calls", "", notify.ForNow, "access denied")
	wantCauses(awsSinks(true), "calls", arns["role"], notify.ForNow, "role "+arns["role"]+" cannot be assumed: access denied")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	wantCauses(awsSinks(false), "calls", "", notify.ForNow, "no AWS credentials")
}
