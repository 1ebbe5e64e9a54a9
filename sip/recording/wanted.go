package recording

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/siprec"
)

// Wanted reports whether an INVITE says that it is a recording session: by its metadata, or by its headers.
func Wanted(invite *gosip.Request, body siprec.Body) bool {
	return body.Metadata != "" || recordOnly(invite) || fromHeaders(invite) != nil
}

// fromHeaders is what a request says of its parties without metadata; nil: nothing.
func fromHeaders(req header.Message) *siprec.Metadata {
	return siprec.FromHeaders(strings.Join(header.Values(req, "from"), ""), header.Values(req, strings.ToLower(siprec.RecordingParticipant)))
}

// recordOnly reports whether a request without metadata says that it is for recording: it requires siprec, comes from a recording
// client, or carries the mark of network-based recording in a header or in its Request-URI.
func recordOnly(req *gosip.Request) bool {
	mark := strings.ToLower(siprec.RecordOnly)
	yes := func(v string) bool { return !strings.EqualFold(strings.TrimSpace(v), "false") }
	for _, p := range req.Recipient.UriParams {
		if strings.ToLower(p.K) == mark && yes(p.V) {
			return true
		}
	}
	return slices.ContainsFunc(header.Values(req, mark), yes) || bySIPREC(req)
}

// bySIPREC reports whether a request is that of a recording client (RFC 7866).
func bySIPREC(req *gosip.Request) bool {
	return req.Contact().Params.Has("+sip.src") || header.Has(req, "require", "siprec")
}
