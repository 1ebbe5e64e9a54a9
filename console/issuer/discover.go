package issuer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// lasts is how long endpoints and keys of the issuer are trusted before it is asked again: a key that it withdraws counts no longer.
	lasts = time.Hour
	// An issuer that fails is asked again after the first time, then after twice that, up to the last.
	firstRetry, lastRetry = time.Second, time.Minute
)

// provider is what the issuer says of itself.
type provider struct {
	*oidc.Provider
	keys  oidc.KeySet      // what it signs with, which is read when it is needed
	style oauth2.AuthStyle // how the client proves that it is itself
	named bool             // the issuer names itself in the query of each callback
}

// provider returns what the issuer says of itself. Unavailable: it does not answer, or has not lately. It does not end with ctx: others may
// wait for the same answer.
func (i *Issuer) provider(ctx context.Context) (*provider, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.env.Steady()
	switch {
	case i.found != nil && now.Sub(i.foundAt) < lasts:
		return i.found, nil
	case i.failure != nil && now.Before(i.retry):
		return nil, i.failure
	}
	found, err := i.discover(context.WithoutCancel(ctx))
	if err != nil {
		i.found, i.failure = nil, unavailable("the issuer says nothing of itself that is of use", err)
		i.retry = i.env.Steady().Add(min(firstRetry<<min(i.failures, 10), lastRetry))
		i.failures++
		return nil, i.failure
	}
	i.found, i.foundAt, i.failure, i.failures = found, now, nil, 0
	return found, nil
}

// discover asks the issuer for its endpoints.
func (i *Issuer) discover(ctx context.Context) (*provider, error) {
	ctx = oidc.ClientContext(ctx, i.client)
	p, err := oidc.NewProvider(ctx, i.cfg.URL)
	if err != nil {
		return nil, err
	}
	var says struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Named   bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return nil, err
	}
	for what, at := range map[string]string{"authorization_endpoint": p.Endpoint().AuthURL, "token_endpoint": p.Endpoint().TokenURL, "jwks_uri": says.Keys} {
		if !asSecure(at, i.cfg.URL) {
			return nil, fmt.Errorf("its %s is not as secure as the issuer: %q", what, brief(at))
		}
	}
	style := oauth2.AuthStyleInHeader
	switch {
	case len(says.Methods) == 0, slices.Contains(says.Methods, "client_secret_basic"): // which is the default
	case slices.Contains(says.Methods, "client_secret_post"):
		style = oauth2.AuthStyleInParams
	default:
		return nil, errors.New("it takes no client secret")
	}
	return &provider{p, oidc.NewRemoteKeySet(ctx, says.Keys), style, says.Named}, nil
}
