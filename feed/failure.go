package feed

import (
	"errors"

	"github.com/coder/websocket"

	"timbre"
)

// failure is why a feed ends before its sender hangs up.
type failure struct {
	code   string // sent to the sender, and label of the metric
	detail string // sent to the sender
	err    error  // only logged
}

func (f *failure) Error() string { return f.detail }

func fail(code, detail string) *failure { return &failure{code: code, detail: detail} }

// internalFailure is that of another stage, whose error is not sent.
func internalFailure(err error) *failure {
	switch timbre.KindOf(err) {
	case timbre.Unavailable, timbre.Throttled, timbre.Limit:
		return &failure{"unavailable", "the server cannot take the call now", err}
	}
	return &failure{"internal", "internal server error", err}
}

// badFormat is the error for audio that cannot be decoded.
type badFormat struct{ error }

// parseFailure is that of a message that cannot be parsed or is out of place.
func parseFailure(err error) *failure {
	if errors.As(err, &badFormat{}) {
		return fail("bad_format", err.Error())
	}
	return fail("bad_message", err.Error())
}

// readFailure is that of a connection that cannot be read any more; nil if the sender has closed it in order.
func readFailure(err error) *failure {
	switch websocket.CloseStatus(err) {
	case websocket.StatusNormalClosure, websocket.StatusGoingAway, websocket.StatusNoStatusRcvd:
		return nil
	}
	if errors.Is(err, websocket.ErrMessageTooBig) {
		return fail("too_big", "the message is too long")
	}
	return &failure{"lost", "the connection was lost", err}
}

// closeStatus is the WebSocket status (RFC 6455, 7.4) that the connection is closed with.
func (f *failure) closeStatus() websocket.StatusCode {
	switch f.code {
	case "stopping":
		return websocket.StatusGoingAway
	case "rate", "full", "unavailable":
		return websocket.StatusTryAgainLater
	case "internal":
		return websocket.StatusInternalError
	}
	return websocket.StatusPolicyViolation
}
