package feed

import "net/http"

// refusal is why a request does not become a feed.
type refusal struct {
	status int
	reason string // label of the metric
	detail string
}

func refuse(status int, reason, detail string) *refusal { return &refusal{status, reason, detail} }

// unavailable is the refusal for an error of another stage: the client comes again. Its kind is the reason; its text is only logged.
func unavailable(err error) *refusal {
	return refuse(http.StatusServiceUnavailable, internalFailure(err).code, err.Error())
}

// refuse responds to a request, counts the refusal and logs it. The text of internal errors is not sent.
func (s *Server) refuse(w http.ResponseWriter, peer string, r *refusal) {
	s.metrics.refused.WithLabelValues(r.reason).Inc()
	s.refused.Count(s.env.Log, r.reason, "feed refused", "reason", r.reason, "detail", r.detail, "peer", peer)
	text := r.detail
	if r.status >= 500 && (r.reason == "internal" || r.reason == "unavailable") {
		text = http.StatusText(r.status)
	}
	if r.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	http.Error(w, text, r.status)
}
