package feed

import (
	"errors"
	"net/http"

	"github.com/coder/websocket"

	"timbre"
)

// refusal is why a request does not become a feed.
type refusal struct {
	status int
	reason string // label of the counter: one of few words
	detail string
}

func refuse(status int, reason, detail string) *refusal { return &refusal{status, reason, detail} }

// failed is the refusal for an error of another part: its kind decides, its text stays in the log.
func failed(err error) *refusal {
	f := faulty(err)
	if f.code == "unavailable" {
		return refuse(http.StatusServiceUnavailable, f.code, err.Error())
	}
	return refuse(http.StatusInternalServerError, "internal", err.Error())
}

var denialCodes = map[timbre.DenialReason]int{
	timbre.NoConnector: http.StatusNotFound, timbre.NotAllowed: http.StatusForbidden, timbre.NotEncrypted: http.StatusForbidden,
	timbre.TooManyAttempts: http.StatusTooManyRequests,
}

// denied is the refusal for an error of admission.
func denied(err error) *refusal {
	var d *timbre.Denial
	if !errors.As(err, &d) {
		return failed(err)
	}
	code := denialCodes[d.Reason]
	if code == 0 {
		code = http.StatusForbidden
	}
	return refuse(code, string(d.Reason), d.Detail)
}

// refuse answers a request, counts it and logs it. Internal errors are not told.
func (s *Server) refuse(w http.ResponseWriter, source string, r *refusal) {
	s.metrics.refused.WithLabelValues(r.reason).Inc()
	s.cfg.Log.Warn("feed refused", "reason", r.reason, "detail", r.detail, "source", source)
	text := r.detail
	if r.status >= 500 && (r.reason == "internal" || r.reason == "unavailable") {
		text = http.StatusText(r.status)
	}
	if r.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	http.Error(w, text, r.status)
}

// broken is why a feed ends, other than by its own will.
type broken struct {
	code   string // for the sender, and label of the counter: one of few words
	detail string
	err    error // for the log
}

func (b *broken) Error() string { return b.detail }

func fault(code, detail string) *broken { return &broken{code: code, detail: detail} }

// faulty is a fault of another part, whose text is not for the sender.
func faulty(err error) *broken {
	switch timbre.KindOf(err) {
	case timbre.Unavailable, timbre.Throttled, timbre.Limit:
		return &broken{"unavailable", "the server cannot take the call now", err}
	}
	return &broken{"internal", "the server failed", err}
}

// ending is how a connection is closed because of a fault.
func (b *broken) ending() websocket.StatusCode {
	switch b.code {
	case "stopping":
		return websocket.StatusGoingAway
	case "rate", "unavailable":
		return websocket.StatusTryAgainLater
	case "internal":
		return websocket.StatusInternalError
	}
	return websocket.StatusPolicyViolation
}

// lost is what a connection that could not be read has ended by; nil: the sender has hung up.
func lost(err error) *broken {
	switch websocket.CloseStatus(err) {
	case websocket.StatusNormalClosure, websocket.StatusGoingAway, websocket.StatusNoStatusRcvd:
		return nil
	}
	if errors.Is(err, websocket.ErrMessageTooBig) {
		return fault("too_big", "a message is too long")
	}
	return &broken{"lost", "the connection was lost", err}
}
