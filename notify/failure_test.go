package notify_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"timbre/notify"
)

func TestFailureIsFoundInWrappedErrors(t *testing.T) {
	inner := &notify.Failure{Kind: notify.Refused, After: time.Minute, Err: errors.New("no such queue")}
	got := notify.FailureOf(fmt.Errorf("sending: %w", inner))
	if got.Kind != notify.Refused || got.After != time.Minute {
		t.Errorf("got %+v, want the wrapped failure", got)
	}
	plain := errors.New("connection refused")
	if got := notify.FailureOf(plain); got.Kind != notify.ForNow || !errors.Is(got, plain) {
		t.Errorf("got %+v, want a failure for now", got)
	}
}
