package webhook

import (
	"net/http"

	"timbre"
	"timbre/notify"
)

// answer returns the error of a response: any status but 2xx is one.
func (s *Sink) answer(name string, r *http.Response) error {
	if r.StatusCode/100 == 2 {
		return nil
	}
	return &notify.Failure{
		Kind: kindOf(r.StatusCode), After: notify.RetryAfter(r.Header, s.now()),
		Err: timbre.Errorf(timbre.Unavailable, op, "webhook %s answered with status %d", name, r.StatusCode),
	}
}

// kindOf returns what a status says about the next attempts. A redirect is not followed and may be a maintenance page, so it is a failure
// for now. All that concerns one endpoint alone is a refusal, wrong signatures included: a dead letter can be sent again once the secret is
// mended.
func kindOf(status int) notify.FailureKind {
	switch {
	case status == http.StatusGone:
		return notify.Gone
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return notify.ForNow
	case status/100 == 4:
		return notify.Refused
	}
	return notify.ForNow
}
