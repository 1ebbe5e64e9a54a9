package aws

import (
	"context"
	"errors"
	"net/url"
	"os/exec"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"timbre/notify"
)

// maxMessage is how much of a service's own words an error repeats.
const maxMessage = 300

// failed is an error of a request in words. The error itself is kept for those who ask for its type, and never printed: it may contain
// the request, with a token or a signature.
type failed struct {
	text  string
	cause error
}

func (f *failed) Error() string { return f.text }

func (f *failed) Unwrap() error { return f.cause }

// explain turns an error of the SDK into a Failure that names the cause. noun is what the target is: a queue. A Failure stays what it is.
func explain(err error, noun string, used sdk.Credentials, now time.Time) (*notify.Failure, cause) {
	if f := new(notify.Failure); errors.As(err, &f) {
		return f, cause{}
	}
	c, detail := causeOf(err)
	text := strings.Replace(c.text, place, noun, 1)
	if detail = redact(detail, used); detail != "" && !c.secret {
		text += ": " + detail
	}
	return &notify.Failure{Kind: c.kind, After: retryAfter(err, now), Err: &failed{text, err}}, c
}

// causeOf returns the cause of an error, and what the service or the network says of it.
func causeOf(err error) (c cause, detail string) {
	switch none := (*unidentified)(nil); {
	case errors.As(err, &none):
		return causeOfNone(none)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return cause{text: "no answer in time"}, ""
	}
	if api := smithy.APIError(nil); errors.As(err, &api) {
		c := causeOfCode(api, status(err))
		return c, api.ErrorMessage()
	}
	if code := status(err); code != 0 {
		return causeOfStatus(code), ""
	}
	if send := new(smithyhttp.RequestSendError); errors.As(err, &send) {
		return cause{text: "the endpoint cannot be reached"}, withoutURL(send.Err).Error()
	}
	return cause{text: "the request has failed"}, withoutURL(err).Error()
}

// causeOfNone is the cause of missing credentials: the text of the lack, and what the source of credentials says.
func causeOfNone(none *unidentified) (cause, string) {
	c := cause{text: none.text, stale: true}
	if none.err == nil {
		return c, ""
	}
	if api := smithy.APIError(nil); errors.As(none.err, &api) {
		inner := causeOfCode(api, status(none.err))
		c.text += ": " + strings.Replace(inner.text, place, "role or account", 1)
		c.secret = inner.secret
		return c, api.ErrorMessage()
	}
	if process := new(processcreds.ProviderError); errors.As(none.err, &process) {
		return c, "the credential process has failed" + exitOf(process)
	}
	if send := new(smithyhttp.RequestSendError); errors.As(none.err, &send) {
		return c, "the endpoint cannot be reached: " + withoutURL(send.Err).Error()
	}
	return c, withoutURL(none.err).Error()
}

// exitOf returns how a process ended. What it has written is part of its error, and may be the credentials.
func exitOf(err error) string {
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return ": " + exit.String()
	}
	return ""
}

// status returns the HTTP status of the response that an error is about; 0 if there is none.
func status(err error) int {
	if response := new(smithyhttp.ResponseError); errors.As(err, &response) && response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

func retryAfter(err error, now time.Time) time.Duration {
	response := new(smithyhttp.ResponseError)
	if !errors.As(err, &response) || response.Response == nil {
		return 0
	}
	return notify.RetryAfter(response.Response.Header, now)
}

// withoutURL removes the URL of an endpoint, which may contain a password, from an error of the HTTP client.
func withoutURL(err error) error {
	if u := new(url.Error); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// redact makes one short line of what a service says, without the credentials of the request, which a service may repeat.
func redact(text string, used sdk.Credentials) string {
	for _, secret := range []string{used.SecretAccessKey, used.SessionToken} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > maxMessage {
		text = string(r[:maxMessage]) + "…"
	}
	return text
}
