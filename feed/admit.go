package feed

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"timbre"
)

// admit returns what a request asks of admission, and the connectors that it may feed. Requests with an Origin are refused: they come
// from a web page, which could use the network or the credentials of its visitor.
func (s *Server) admit(r *http.Request) (request timbre.AccessRequest, _ []timbre.Access, _ *refusal) {
	id, below := strings.CutPrefix(r.URL.Path, Path+"/")
	if below && id == "" || !below && r.URL.Path != Path {
		return request, nil, refuse(http.StatusNotFound, "no_connector", "the path must be "+Path+" or "+Path+"/CONNECTOR")
	}
	if len(r.Header.Values("Origin")) > 0 {
		return request, nil, refuse(http.StatusForbidden, "origin", "requests with an Origin header, as web pages send them, are refused")
	}
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return request, nil, refuse(http.StatusInternalServerError, "internal", "no source address: "+err.Error())
	}
	request = timbre.AccessRequest{
		Source: timbre.PlainAddr(source.Addr()), Encrypted: r.TLS != nil,
		Scheme: timbre.Basic, Authorization: r.Header.Values("Authorization"),
	}
	if below {
		request.ConnectorID = id
		access, err := s.deps.Admission.Admit(r.Context(), request)
		return request, []timbre.Access{access}, denied(err)
	}
	all, err := s.deps.Admission.AdmitAny(r.Context(), request)
	return request, all, denied(err)
}

// statuses are those of denials; 403 for the others.
var statuses = map[timbre.DenialReason]int{
	timbre.NoConnector: http.StatusNotFound, timbre.TooManyAttempts: http.StatusTooManyRequests,
}

// denied is the refusal for an error of admission; nil for none.
func denied(err error) *refusal {
	if err == nil {
		return nil
	}
	var d *timbre.Denial
	if !errors.As(err, &d) {
		return unavailable(err)
	}
	status, known := statuses[d.Reason]
	if !known {
		status = http.StatusForbidden
	}
	return refuse(status, string(d.Reason), d.Detail)
}
