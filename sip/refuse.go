package sip

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// refusal is an answer that is not a success.
type refusal struct {
	code    int
	reason  string // label of the counter: one of few words
	detail  string // for the peer's operator and for the log
	headers []gosip.Header
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.code, r.phrase(), r.detail) }

func refuse(code int, reason, detail string, args ...any) *refusal {
	return &refusal{code: code, reason: reason, detail: fmt.Sprintf(detail, args...)}
}

func (r *refusal) with(name, value string) *refusal {
	r.headers = append(r.headers, gosip.NewHeader(name, value))
	return r
}

var phrases = map[int]string{
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported Media Type",
	416: "Unsupported URI Scheme", 420: "Bad Extension", 422: "Session Interval Too Small",
	408: "Request Timeout", 480: "Temporarily Unavailable", 483: "Too Many Hops", 487: "Request Terminated", 491: "Request Pending", 502: "Bad Gateway",
	481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 488: "Not Acceptable Here",
	500: "Server Internal Error", 503: "Service Unavailable", 505: "Version Not Supported", 513: "Message Too Large",
}

func (r *refusal) phrase() string { return phrases[r.code] }

// failed is the refusal for an error of another part: its kind decides, its text stays in the log.
func failed(err error) *refusal {
	switch timbre.KindOf(err) {
	case timbre.Unavailable, timbre.Throttled, timbre.Limit:
		return refuse(503, "unavailable", "%v", err).with("Retry-After", "5")
	default:
		return refuse(500, "internal", "%v", err)
	}
}

// unread is the refusal for a body that siprec.Read does not take.
func unread(err error) *refusal {
	switch timbre.KindOf(err) {
	case timbre.Limit:
		return refuse(513, "too_large", "%v", err)
	case timbre.Unprocessable:
		return refuse(415, "media_type", "%v", err).with("Accept", accept)
	default:
		return refuse(400, "malformed", "%v", err)
	}
}

// metrics count what is not taken.
type metrics struct {
	rejected, broken, probes *prometheus.CounterVec
	buffer                   prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer, live, reached func() float64) (*metrics, error) {
	m := &metrics{rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_sip_rejected_total", Help: "SIP messages that were refused or could not be read, by reason.",
	}, []string{"reason"}), broken: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_sip_connections_broken_total", Help: "TCP and TLS connections that were given up: idle, slow, too_large, malformed, or closed by the peer within a message.",
	}, []string{"reason"}), probes: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_sip_probes_total", Help: "Silent calls whose peer was asked whether it is still there: alive, gone, or mute when it did not answer.",
	}, []string{"outcome"}), buffer: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "timbre_sip_receive_buffer_bytes", Help: "Receive buffer of the UDP socket, as the kernel counts it.",
	})}
	if reg == nil {
		return m, nil
	}
	return m, errors.Join(reg.Register(m.rejected), reg.Register(m.broken), reg.Register(m.probes), reg.Register(m.buffer), reg.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_sip_dialogs", Help: "SIP dialogs that are established.",
	}, live)), reg.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_sip_reached_sources", Help: "Addresses of UDP that the SIP stack remembers, of one reading of each socket.",
	}, reached)))
}

// refuse answers a request with a refusal, counts it and logs it. Internal errors are not told to the peer.
func (s *Server) refuse(req *gosip.Request, tx gosip.ServerTransaction, r *refusal) {
	s.metrics.rejected.WithLabelValues(r.reason).Inc()
	s.log.Warn("refused", "method", req.Method, "status", r.code, "reason", r.reason, "detail", private(r.detail),
		"source", req.Source(), "call", callID(req))
	if req.IsAck() {
		return
	}
	res := gosip.NewResponseFromRequest(req, r.code, r.phrase(), nil)
	for _, h := range r.headers {
		res.AppendHeader(h)
	}
	if r.code != 500 && r.code != 503 {
		res.AppendHeader(gosip.NewHeader("Warning", `399 timbre "`+quotable.Replace(r.detail)+`"`))
	}
	s.respond(tx, res)
	s.mistrust(req, tx, r)
}

var quotable = strings.NewReplacer(`"`, `'`, `\`, `/`, "\r", " ", "\n", " ")

func (s *Server) respond(tx gosip.ServerTransaction, res *gosip.Response) {
	if err := tx.Respond(res); err != nil {
		s.log.Log(s.ctx, slog.LevelWarn, "a response could not be sent", "status", res.StatusCode, "error", err)
	}
}

func callID(req *gosip.Request) string {
	if h := req.CallID(); h != nil {
		return h.Value()
	}
	return ""
}
