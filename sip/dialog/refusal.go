package dialog

import (
	"fmt"
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// Refusal is a final response of this side that is not a success.
type Refusal struct {
	Code    int
	Reason  string // label of a counter: one of few words
	Detail  string // for the log and, in Warning, for the peer's operator
	Headers []gosip.Header
}

// Refuse makes a refusal. The detail is a format with its arguments.
func Refuse(code int, reason, detail string, args ...any) *Refusal {
	return &Refusal{Code: code, Reason: reason, Detail: fmt.Sprintf(detail, args...)}
}

// With adds a header.
func (r *Refusal) With(name, value string) *Refusal {
	r.Headers = append(r.Headers, gosip.NewHeader(name, value))
	return r
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Code, Phrase(r.Code), r.Detail) }

// Response is the refusal of a request. What went wrong inside of the server (500, 503) stays in its log.
func (r *Refusal) Response(req *gosip.Request) *gosip.Response {
	res := gosip.NewResponseFromRequest(req, r.Code, Phrase(r.Code), nil)
	for _, h := range r.Headers {
		res.AppendHeader(h)
	}
	if r.Code != 500 && r.Code != 503 {
		res.AppendHeader(gosip.NewHeader("Warning", `399 timbre "`+quotable.Replace(r.Detail)+`"`))
	}
	return res
}

var quotable = strings.NewReplacer(`"`, `'`, `\`, `/`, "\r", " ", "\n", " ")

// NoDialog is the refusal of a request that belongs to no dialog.
func NoDialog() *Refusal { return Refuse(481, "no_dialog", "there is no such call") }

// InClear is the refusal of a request that did not arrive over TLS, for a connector that requires encryption.
func InClear() *Refusal {
	return Refuse(403, "encryption", "the connector requires encryption: call it by TLS")
}

// Phrase is the reason phrase of a status code.
func Phrase(code int) string {
	if p := phrases[code]; p != "" {
		return p
	}
	return strconv.Itoa(code)
}

var phrases = map[int]string{
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
	415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension", 422: "Session Interval Too Small",
	480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
	487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error",
	502: "Bad Gateway", 503: "Service Unavailable", 505: "Version Not Supported", 513: "Message Too Large",
}
