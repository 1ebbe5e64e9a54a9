package conformance

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// signature is who may ask: every way of asking wrongly is refused, each by its name.
func signature(ctx context.Context, s *session) {
	const target = "/voice-connectors?max-results=1"
	key, err := s.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		s.check(ctx, "there are credentials", func(context.Context) error { return err })
		return
	}
	stranger, liar := key, key
	stranger.AccessKeyID = "AKIDNOBODYHASTHISKEY"
	liar.SecretAccessKey += "x"
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, c := range []struct {
		says   string
		ask    request
		status int
		name   []string
	}{
		{"no signature", request{unsigned: true}, http.StatusForbidden, []string{"MissingAuthenticationToken", "MissingAuthenticationTokenException"}},
		{"half an authorization header", request{bend: header("Authorization", "AWS4-HMAC-SHA256 Credential=AKID")}, http.StatusBadRequest, []string{"IncompleteSignature", "IncompleteSignatureException"}},
		{"an unknown access key", request{key: &stranger}, http.StatusForbidden, []string{"InvalidClientTokenId", "UnrecognizedClientException"}},
		{"a wrong secret", request{key: &liar}, http.StatusForbidden, []string{"InvalidSignatureException"}},
		{"a signature from twenty minutes ago", request{at: s.cfg.Now().Add(-20 * time.Minute)}, http.StatusBadRequest, []string{"RequestExpired"}},
		{"a signature from twenty minutes ahead", request{at: s.cfg.Now().Add(20 * time.Minute)}, http.StatusBadRequest, []string{"RequestExpired"}},
		{"another query than was signed", request{bend: func(r *http.Request) { r.URL.RawQuery = "max-results=2" }}, http.StatusForbidden, []string{"InvalidSignatureException"}},
		{"another path than was signed", request{bend: func(r *http.Request) { r.URL.Path = "/voice-profile-domains" }}, http.StatusForbidden, []string{"InvalidSignatureException"}},
		{"another method than was signed", request{bend: func(r *http.Request) { r.Method = http.MethodHead }}, http.StatusForbidden, []string{"InvalidSignatureException"}},
	} {
		s.check(ctx, c.says+" is refused", func(ctx context.Context) error {
			c.ask.method, c.ask.target = http.MethodGet, target
			a, err := s.send(ctx, c.ask)
			if err != nil {
				return err
			}
			return a.refusedAs(c.status, c.name...)
		})
	}
	s.check(ctx, "another body than was signed is refused", func(ctx context.Context) error {
		a, err := s.send(ctx, request{method: http.MethodPost, target: "/voice-connectors", body: `{"Name":"signed"}`, bend: func(r *http.Request) {
			r.Body, r.GetBody = io.NopCloser(strings.NewReader(`{"Name":"forged"}`)), nil
		}})
		if err != nil {
			return err
		}
		return a.refusedAs(http.StatusForbidden, "InvalidSignatureException")
	})
	s.check(ctx, "a presigned request is taken", func(ctx context.Context) error {
		a, err := s.send(ctx, request{method: http.MethodGet, target: target + "&X-Amz-Expires=60", presigned: true})
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("it is %s", a)
		}
		return err
	})
	s.check(ctx, "a refusal tells nothing of what would have been right", func(ctx context.Context) error {
		a, err := s.send(ctx, request{method: http.MethodGet, target: target, key: &liar})
		if err != nil {
			return err
		}
		return silent(a, key.SecretAccessKey, liar.SecretAccessKey)
	})
}

// silent says whether an answer keeps secrets, and signatures of its own making, to itself.
func silent(a answer, secrets ...string) error {
	for _, secret := range secrets {
		if bytes.Contains(a.body, []byte(secret)) {
			return fmt.Errorf("the answer repeats a secret")
		}
	}
	if hexSignature.Match(a.body) {
		return fmt.Errorf("the answer holds a signature")
	}
	return nil
}

// hexSignature is a digest in hexadecimal, as signatures are.
var hexSignature = regexp.MustCompile(`[0-9a-f]{64}`)
