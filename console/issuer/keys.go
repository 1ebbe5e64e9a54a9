package issuer

import (
	"context"
	"errors"

	"github.com/coreos/go-oidc/v3/oidc"
)

// keySet remembers why keys could not be fetched, which a verifier reports like a wrong signature.
type keySet struct {
	oidc.KeySet
	failure error
}

// VerifySignature implements oidc.KeySet.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, token)
	if errors.Unwrap(err) != nil { // a failed fetch has a cause, a wrong signature has none
		k.failure = err
	}
	return payload, err
}
