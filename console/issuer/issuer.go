// Package issuer signs people in to the console by an issuer of OpenID Connect: the authorization code flow with PKCE, state and nonce
// (OpenID Connect Core 1.0, RFC 7636, RFC 9207). The query of a callback comes in; a person with the id of an access key goes out. What the
// issuer says of itself is read when it is needed, so that a server starts without it.
//
// Answers of the issuer are bounded in size and time, redirects are not followed, and its endpoints must be as secure as its URL.
package issuer

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"timbre"
	"timbre/console"
	"timbre/environment"
)

// Config of an Issuer.
type Config struct {
	URL      string // of the issuer, without /.well-known/openid-configuration
	ClientID string
	Redirect string                 // URL of console.CallbackPath, as the issuer has it registered
	Secret   func() (string, error) // the client's; it is asked for at each sign-in
	Scopes   []string               // besides openid
	Claim    string                 // whose values Users maps
	Users    []User                 // the first that matches decides
	// Transport sends the requests; nil: over the network, or the proxy of the environment.
	Transport http.RoundTripper
}

// User gives whoever has a value of the claim the rights of an access key.
type User struct{ Value, KeyID string }

// Issuer implements console.Issuer.
type Issuer struct {
	env    environment.Environment
	cfg    Config
	client *http.Client

	mu       sync.Mutex // also held while the issuer is asked for its endpoints
	found    *provider  // nil: not yet
	foundAt  time.Time
	failure  error
	failures int
	retry    time.Time
}

// New returns an Issuer that has not been asked yet.
func New(env environment.Environment, cfg Config) *Issuer {
	return &Issuer{env: env.Complete(), cfg: cfg, client: newClient(cfg.Transport)}
}

const op = "issuer.Redeem"

// Address implements console.Issuer.
func (i *Issuer) Address(ctx context.Context, c console.Challenge) (string, error) {
	p, err := i.provider(ctx)
	if err != nil {
		return "", err
	}
	return i.oauth(p, "").AuthCodeURL(c.State, oidc.Nonce(c.Nonce), oauth2.S256ChallengeOption(c.Verifier)), nil
}

// oauth is the client of this server.
func (i *Issuer) oauth(p *provider, secret string) *oauth2.Config {
	endpoint := p.Endpoint()
	endpoint.AuthStyle = p.style
	return &oauth2.Config{
		ClientID: i.cfg.ClientID, ClientSecret: secret, Endpoint: endpoint, RedirectURL: i.cfg.Redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, i.cfg.Scopes...),
	}
}

// Redeem implements console.Issuer.
func (i *Issuer) Redeem(ctx context.Context, answer url.Values, c console.Challenge) (console.Person, error) {
	p, err := i.provider(ctx)
	if err != nil {
		return console.Person{}, err
	}
	code := answer.Get("code")
	switch from := answer.Get("iss"); {
	case from != "" && from != i.cfg.URL, from == "" && p.named:
		return console.Person{}, refused("the answer is of another issuer: %q", brief(from))
	case answer.Get("error") != "":
		return console.Person{}, refused("the issuer refuses: %q", brief(answer.Get("error")))
	case code == "":
		return console.Person{}, refused("the answer has no code")
	}
	raw, err := i.exchange(ctx, p, code, c.Verifier)
	if err != nil {
		return console.Person{}, err
	}
	return i.verify(ctx, p, raw, c.Nonce)
}

func refused(format string, args ...any) error {
	return timbre.Errorf(timbre.AccessDenied, op, format, args...)
}

func unavailable(what string, err error) error {
	return timbre.Errorf(timbre.Unavailable, op, "%s: %s", what, brief(err.Error()))
}

// brief bounds what others have written, for the log.
func brief(text string) string {
	const most = 300
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
