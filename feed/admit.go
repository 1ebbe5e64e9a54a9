package feed

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"timbre"
)

// admit returns what a request asks of admission, and the connectors that it may feed. Requests with an Origin are refused: they come
// from a web page, which could use the network or the credentials of its visitor.
func (s *Server) admit(r *http.Request) (request timbre.AccessRequest, _ []timbre.Access, _ *refusal) {
	id, ok := connectorID(r.URL.Path)
	if !ok {
		return request, nil, refuse(http.StatusNotFound, "no_connector", "the path must be "+Path+" or "+Path+"/CONNECTOR")
	}
	if len(r.Header.Values("Origin")) > 0 {
		return request, nil, refuse(http.StatusForbidden, "origin", "requests with an Origin header, as web pages send them, are refused")
	}
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return request, nil, refuse(http.StatusInternalServerError, "internal", "no source address: "+err.Error())
	}
	signature, refused := s.signature(r)
	if refused != nil {
		return request, nil, refused
	}
	proof := proof(signature)
	var use *once
	if signature != nil {
		use = onceOf(signature)
	} else if id, proof, use, refused = s.platformSignature(r, id); refused != nil {
		return request, nil, refused
	}
	request = timbre.AccessRequest{
		ConnectorID: id, Source: timbre.PlainAddr(source.Addr()), Encrypted: r.TLS != nil,
		Scheme: timbre.Basic, Authorization: r.Header.Values("Authorization"), Signature: proof,
	}
	all, err := s.connectors(r.Context(), request)
	if refused = denied(err); refused == nil {
		refused = s.nonces.take(use, s.env.Now())
	}
	return request, all, refused
}

// connectorID is that which a path names; empty if it names none.
func connectorID(path string) (id string, ok bool) {
	if path == Path {
		return "", true
	}
	id, below := strings.CutPrefix(path, Path+"/")
	return id, below && id != ""
}

// connectors are those that a request may feed: the one that it names, or else all.
func (s *Server) connectors(ctx context.Context, request timbre.AccessRequest) ([]timbre.Access, error) {
	if request.ConnectorID == "" {
		return s.deps.Admission.AdmitAny(ctx, request)
	}
	access, err := s.deps.Admission.Admit(ctx, request)
	return []timbre.Access{access}, err
}

// onlyID is the id of the connector that a feed may use; empty if it has to name one.
func onlyID(admitted []timbre.Access) string {
	if len(admitted) != 1 {
		return ""
	}
	return admitted[0].Connector.ID
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
