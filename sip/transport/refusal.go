package transport

import (
	"fmt"
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// Refusal is a final response that is not a success.
type Refusal struct {
	Code    int
	Reason  string // label of the counter, one of few words
	Detail  string // for the peer's operator, in a Warning header, and for the log
	Headers []gosip.Header
}

// Refuse makes a refusal. The detail is a format with its arguments.
func Refuse(code int, reason, detail string, args ...any) *Refusal {
	return &Refusal{Code: code, Reason: reason, Detail: fmt.Sprintf(detail, args...)}
}

// Failure is the refusal for an error of another part of the server: 503 with Retry-After, on which peers try another server, as they do
// not on 500. The kind of the error chooses the reason: unavailable for what passes, else internal. Its text goes to the log alone.
func Failure(err error) *Refusal {
	reason := "internal"
	switch timbre.KindOf(err) {
	case timbre.Unavailable, timbre.Throttled, timbre.Limit:
		reason = "unavailable"
	}
	return Refuse(503, reason, "%v", err).With("Retry-After", "5")
}

// With adds a header to the response.
func (r *Refusal) With(name, value string) *Refusal {
	r.Headers = append(r.Headers, gosip.NewHeader(name, value))
	return r
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Code, Phrase(r.Code), r.Detail) }

// Response is the refusal of a request. The detail of a 500 or 503 stays in the server's log.
func (r *Refusal) Response(req *gosip.Request) *gosip.Response {
	res := gosip.NewResponseFromRequest(req, r.Code, Phrase(r.Code), nil)
	res.SipVersion = "SIP/2.0" // whatever that of the request is
	for _, h := range r.Headers {
		res.AppendHeader(h)
	}
	if r.Code != 500 && r.Code != 503 {
		res.AppendHeader(gosip.NewHeader("Warning", `399 timbre "`+quotable.Replace(r.Detail)+`"`))
	}
	return res
}

var quotable = strings.NewReplacer(`"`, `'`, `\`, `/`, "\r", " ", "\n", " ")

// Phrase is the reason phrase of a status code (RFC 3261, 21), or the code itself.
func Phrase(code int) string {
	if p := phrases[code]; p != "" {
		return p
	}
	return strconv.Itoa(code)
}

var phrases = map[int]string{
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
	415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension", 422: "Session Interval Too Small",
	469: "Bad Info Package", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
	487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error",
	502: "Bad Gateway", 503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large",
}

// Refuse responds to a request with a refusal, counts it and logs it.
func (s *Stack) Refuse(req *gosip.Request, tx gosip.ServerTransaction, r *Refusal) {
	s.Reject(r.Reason)
	s.env.Repeats.Count(s.env.Log, s.kindOf(req, r), "SIP request refused", "method", req.Method, "status", r.Code, "reason", r.Reason,
		"detail", r.Detail, "source", req.Source(), "call", callID(req))
	if req.IsAck() {
		return
	}
	s.Respond(tx, r.Response(req))
	s.scored(req, tx, r)
}

// kindOf is under what the log counts refusals together. Strangers do not hide what known peers are refused.
func (s *Stack) kindOf(req *gosip.Request, r *Refusal) string {
	if s.Known(req) {
		return r.Reason
	}
	return r.Reason + " of strangers"
}

// Respond sends a response and logs a failure to do so.
func (s *Stack) Respond(tx gosip.ServerTransaction, res *gosip.Response) {
	if err := tx.Respond(res); err != nil {
		s.env.Repeats.Count(s.env.Log, strconv.Itoa(res.StatusCode), "SIP response not sent", "status", res.StatusCode, "error", err)
	}
}

func callID(req *gosip.Request) string {
	if h := req.CallID(); h != nil {
		return h.Value()
	}
	return ""
}
