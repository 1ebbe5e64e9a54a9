package recording

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// infoTypes are the bodies of INFO that clients send in a recording as they send them in the recorded call: keys that were pressed. A
// recording does nothing with them, and a client that is refused may take it for the end.
var infoTypes = []string{"application/dtmf-relay", "application/dtmf", "audio/telephone-event"}

// info answers an INFO: one without a body, or with keys, is taken and forgotten. No info package was agreed (RFC 6086, 4.2.2).
func (s *Server) info(req *gosip.Request, tx gosip.ServerTransaction, d *session) {
	kind, _, _ := strings.Cut(strings.ToLower(header.Value(req, "content-type")), ";")
	switch {
	case header.Value(req, "info-package") != "":
		s.refuse(req, tx, transport.Refuse(469, "media_type", "no info package was agreed").With("Recv-Info", ""))
	case siprec.Compressed(req) != "" || len(req.Body()) > 0 && !slices.Contains(infoTypes, strings.TrimSpace(kind)):
		s.refuse(req, tx, transport.Refuse(415, "media_type", "an INFO with a body of type %.64q", kind).
			With("Accept", strings.Join(infoTypes, ", ")).With("Accept-Encoding", "identity"))
	default:
		s.deps.Agent.Respond(tx, d.Response(req, 200, "OK"))
	}
}
