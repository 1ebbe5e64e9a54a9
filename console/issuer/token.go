package issuer

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"timbre/console"
)

// algorithms are those of signatures that are taken: with public keys alone, whatever the issuer or the token says.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// maxSubject is the length of a subject, by OpenID Connect Core 1.0.
const maxSubject = 255

// unfinished are the errors of a token endpoint that are not about the code: the client's settings are wrong, or the issuer is not well.
var unfinished = []string{"", "invalid_client", "unauthorized_client", "server_error", "temporarily_unavailable"}

// exchange redeems a code for an ID token.
func (i *Issuer) exchange(ctx context.Context, p *provider, code, verifier string) (string, error) {
	secret, err := i.cfg.Secret()
	if err != nil {
		return "", unavailable("there is no client secret", err)
	}
	token, err := i.oauth(p, secret).Exchange(oidc.ClientContext(ctx, i.client), code, oauth2.VerifierOption(verifier))
	var answer *oauth2.RetrieveError
	switch {
	case errors.As(err, &answer) && !slices.Contains(unfinished, answer.ErrorCode):
		return "", refused("the issuer does not take the code: %q", brief(answer.ErrorCode))
	case err != nil:
		return "", unavailable("the issuer does not redeem the code", err)
	}
	raw, is := token.Extra("id_token").(string)
	if !is {
		return "", refused("the issuer gives no ID token")
	}
	return raw, nil
}

// verify returns whom an ID token is about.
func (i *Issuer) verify(ctx context.Context, p *provider, raw, nonce string) (console.Person, error) {
	keys := keySet{KeySet: p.keys}
	verifier := oidc.NewVerifier(i.cfg.URL, &keys, &oidc.Config{ClientID: i.cfg.ClientID, SupportedSigningAlgs: algorithms, Now: i.env.Now})
	token, err := verifier.Verify(ctx, raw)
	switch {
	case keys.failure != nil:
		return console.Person{}, unavailable("the keys of the issuer cannot be read", keys.failure)
	case err != nil:
		return console.Person{}, refused("the ID token is not valid: %s", brief(err.Error()))
	}
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return console.Person{}, refused("the claims of the ID token cannot be read: %s", brief(err.Error()))
	}
	party, has := claims["azp"]
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) == 0:
		return console.Person{}, refused("the ID token is of another sign-in")
	case has && party != i.cfg.ClientID, !has && len(token.Audience) > 1:
		return console.Person{}, refused("the ID token is for another client")
	case token.Subject == "" || len(token.Subject) > maxSubject:
		return console.Person{}, refused("the ID token has no subject, or a longer one than %d bytes", maxSubject)
	}
	return i.person(token.Subject, claims)
}

// person finds the access key of whom claims are about.
func (i *Issuer) person(subject string, claims map[string]any) (console.Person, error) {
	values := texts(claims[i.cfg.Claim])
	switch verified := claims["email_verified"]; {
	case len(values) == 0:
		return console.Person{}, refused("the ID token of %q has no claim %s", subject, i.cfg.Claim)
	case i.cfg.Claim == "email" && verified != true && verified != "true": // some issuers write it as a string
		return console.Person{}, refused("the issuer has not verified the address of %q", subject)
	}
	for _, u := range i.cfg.Users {
		if slices.Contains(values, u.Value) {
			return console.Person{Subject: subject, KeyID: u.KeyID}, nil
		}
	}
	return console.Person{}, refused("no access key is for the claim %s of %q", i.cfg.Claim, subject)
}

// texts are the values of a claim: of a string, or of a list of strings.
func texts(claim any) (values []string) {
	list, is := claim.([]any)
	if !is {
		list = []any{claim}
	}
	for _, v := range list {
		if text, is := v.(string); is && text != "" {
			values = append(values, text)
		}
	}
	return values
}
