package admission

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"timbre"
)

// checkSignature admits a request that is signed with one of a connector's credentials. A wrong signature is refused even from the allowed
// hosts: whoever signs relies on it, and would not learn that it has no effect.
func (a *Admission) checkSignature(ctx context.Context, c timbre.Connector, q request) (username string, err error) {
	if q.Signature.Proven && q.ConnectorID != "" {
		return q.user, nil
	}
	denial := deny(timbre.NotAllowed, "the request is not signed with one of the connector's credentials")
	return a.proven(ctx, c, q.user, denial, func(known timbre.Credential) bool { return hasSigned(known, *q.Signature) })
}

// hasSigned reports whether a signature is made with a credential. One that is known by its MD5 alone signs nothing.
func hasSigned(known timbre.Credential, s timbre.Signature) bool {
	key, err := hex.DecodeString(known.SHA256)
	if err != nil || len(key) != sha256.Size {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(s.Signed)
	return hmac.Equal(mac.Sum(nil), s.MAC)
}
