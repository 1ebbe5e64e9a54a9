package feed

import (
	"fmt"
	"net/http"
)

// refusal is why a request does not become a feed.
type refusal struct {
	status int
	reason string // label of the metric
	detail string
	kind   string // the name of the error in AWS; empty: that of the reason
}

func refuse(status int, reason, detail string) *refusal {
	return &refusal{status: status, reason: reason, detail: detail}
}

// Refusals of what would be a new call.
var (
	stopping   = refuse(http.StatusServiceUnavailable, "unavailable", "the server is stopping")
	overloaded = refuse(http.StatusServiceUnavailable, "overload", "the server is overloaded")
)

// crowded is the refusal beside so many feeds.
func crowded(n int) *refusal {
	return refuse(http.StatusServiceUnavailable, "full", fmt.Sprintf("%d feeds are open already", n))
}

// unavailable is the refusal for an error of another stage: the client comes again. Its kind is the reason; its text is only logged.
func unavailable(err error) *refusal {
	return refuse(http.StatusServiceUnavailable, internalFailure(err).code, err.Error())
}

// refuse responds to a request, counts the refusal and logs it.
func (s *Server) refuse(w http.ResponseWriter, peer string, r *refusal) {
	http.Error(w, s.note(w, peer, r), r.status)
}

// note counts a refusal and logs it, and returns the text of the response. That of internal errors is not sent.
func (s *Server) note(w http.ResponseWriter, peer string, r *refusal) (text string) {
	s.metrics.refused.WithLabelValues(r.reason).Inc()
	s.env.Repeats.Count(s.env.Log, r.reason, "feed refused", "reason", r.reason, "detail", r.detail, "peer", peer)
	if r.status == http.StatusServiceUnavailable || r.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "5")
	}
	if r.status >= 500 && (r.reason == "internal" || r.reason == "unavailable") {
		return http.StatusText(r.status)
	}
	return r.detail
}
