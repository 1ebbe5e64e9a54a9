package sip

import (
	"errors"
	"net/netip"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/transport"
)

// admit asks which connector an INVITE is for, and whether its source may call it.
func (s *Server) admit(req *gosip.Request, source netip.Addr) (timbre.Access, *transport.Refusal) {
	access, err := s.deps.Admission.Admit(s.ctx, accessRequest(req, source))
	if err != nil {
		return access, denied(err)
	}
	return access, nil
}

// accessRequest describes a request to admission: the host of the Request-URI names a connector if it is like
// ID.voiceconnector.chime.aws, else the user part may.
func accessRequest(req *gosip.Request, source netip.Addr) timbre.AccessRequest {
	r := timbre.AccessRequest{
		Source: source, Encrypted: dialog.OverTLS(req), Scheme: timbre.Digest, Method: req.Method.String(), URI: req.Recipient.String(), Authorization: header.Values(req, "authorization"),
	}
	id, domain, _ := strings.Cut(strings.ToLower(req.Recipient.Host), ".")
	if domain == "voiceconnector" || strings.HasPrefix(domain, "voiceconnector.") {
		r.ConnectorID = id
	} else {
		r.Hint = req.Recipient.User
	}
	return r
}

// statuses are those of denials; 403 for the others.
var statuses = map[timbre.DenialReason]int{
	timbre.NoConnector: 404, timbre.AuthRequired: 401, timbre.StaleNonce: 401, timbre.BadCredentials: 400,
}

// denied is the refusal for an error of admission.
func denied(err error) *transport.Refusal {
	var d *timbre.Denial
	if !errors.As(err, &d) {
		return transport.Failure(err)
	}
	status, known := statuses[d.Reason]
	if !known {
		status = 403
	}
	r := transport.Refuse(status, string(d.Reason), "%s", d.Detail)
	for _, c := range d.Challenges {
		r = r.With("WWW-Authenticate", c)
	}
	return r
}

// paced keeps a connector to its calls a second.
func (s *Server) paced(a timbre.Access) *transport.Refusal {
	if s.deps.Admission.AllowCall(a) {
		return nil
	}
	return transport.Refuse(503, "rate", "the connector's limit of calls a second is reached").With("Retry-After", "1")
}
