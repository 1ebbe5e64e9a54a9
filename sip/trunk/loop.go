package trunk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/transport"
)

const (
	// loopHeader carries a token of each B2BUA that a call has passed. Tokens mean nothing to anyone but their author.
	loopHeader    = "X-Timbre-Passed"
	maxLoopTokens = dialog.MaxForwards
)

// loopToken recognises a call to a number of a connector that comes back here.
func (u *B2BUA) loopToken(connectorID, number string) string {
	h := hmac.New(sha256.New, u.loopKey[:])
	h.Write([]byte(connectorID + "\x00" + strings.ToLower(number)))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// loopTokens are those that a request carries.
func loopTokens(req *gosip.Request) []string {
	all := header.Elements(req, strings.ToLower(loopHeader))
	return all[:min(len(all), maxLoopTokens)]
}

// forwards is the Max-Forwards of the outgoing INVITE. A call that has none left, or that has been here before with the same
// number, is refused.
func (u *B2BUA) forwards(req *gosip.Request, token string) (int, *transport.Refusal) {
	left := dialog.MaxForwards
	if h := req.MaxForwards(); h != nil {
		left = min(int(*h), dialog.MaxForwards)
	}
	if left == 0 {
		return 0, transport.Refuse(483, "loop", "Max-Forwards is 0")
	}
	if slices.Contains(loopTokens(req), token) {
		return 0, transport.Refuse(482, "loop", "the call has been here before, to the same number")
	}
	return left - 1, nil
}
