package trunk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/transport"
)

const (
	// trail is the header that says where a call has been. Its values mean nothing to anybody but who wrote them.
	trail     = "X-Timbre-Passed"
	mostMarks = 70 // no more than it can have been forwarded
)

// mark is how a call to a number of a connector is known again when it comes back here.
func (e *Exchange) mark(connectorID, number string) string {
	h := hmac.New(sha256.New, e.key[:])
	h.Write([]byte(connectorID + "\x00" + strings.ToLower(number)))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// marks are those that a request carries.
func marks(req *gosip.Request) []string {
	var all []string
	for _, v := range header.Values(req, strings.ToLower(trail)) {
		for m := range strings.SplitSeq(v, ",") {
			if m = strings.TrimSpace(m); m != "" && len(all) < mostMarks {
				all = append(all, m)
			}
		}
	}
	return all
}

// forwards is how often a request may still be sent on; a refusal when no more, or when it has been here before with the
// same number: whoever sends it round needs other routes.
func (e *Exchange) forwards(req *gosip.Request, mark string) (int, *transport.Refusal) {
	left := dialog.MaxForwards
	if h := req.MaxForwards(); h != nil {
		left = min(int(*h), dialog.MaxForwards)
	}
	if left == 0 {
		return 0, transport.Refuse(483, "loop", "the call was sent on too often")
	}
	for _, m := range marks(req) {
		if m == mark {
			return 0, transport.Refuse(482, "loop", "the call has been here before, to the same number")
		}
	}
	return left - 1, nil
}
