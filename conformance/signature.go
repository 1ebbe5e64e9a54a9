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

// signature checks authentication: every invalid signature is refused with its exception.
func signature(ctx context.Context, s *session) {
	key, err := s.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		s.check(ctx, "credentials are available", func(context.Context) error { return err })
		return
	}
	unknown, wrong := key, key
	unknown.AccessKeyID = "AKIDNOBODYHASTHISKEY"
	wrong.SecretAccessKey += "x"
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, c := range []struct {
		says   string
		q      request
		status int
		name   []string
	}{
		{"no signature", request{unsigned: true}, http.StatusForbidden, []string{"MissingAuthenticationToken", "MissingAuthenticationTokenException"}},
		{"an incomplete authorization header", request{tamper: header("Authorization", "AWS4-HMAC-SHA256 Credential=AKID")}, http.StatusBadRequest, []string{"IncompleteSignature", "IncompleteSignatureException"}},
		{"an unknown access key", request{key: &unknown}, http.StatusForbidden, []string{"InvalidClientTokenId", "UnrecognizedClientException"}},
		{"a wrong secret", request{key: &wrong}, http.StatusForbidden, []string{"InvalidSignatureException"}},
		{"a signature from twenty minutes ago", request{at: s.cfg.Now().Add(-20 * time.Minute)}, http.StatusBadRequest, []string{"RequestExpired"}},
		{"a signature from twenty minutes ahead", request{at: s.cfg.Now().Add(20 * time.Minute)}, http.StatusBadRequest, []string{"RequestExpired"}},
		{"a query that differs from the signed one", request{tamper: func(r *http.Request) { r.URL.RawQuery = "max-results=2" }}, http.StatusForbidden, []string{"InvalidSignatureException"}},
		{"a path that differs from the signed one", request{tamper: func(r *http.Request) { r.URL.Path = "/voice-profile-domains" }}, http.StatusForbidden, []string{"InvalidSignatureException"}},
		{"a method that differs from the signed one", request{tamper: func(r *http.Request) { r.Method = http.MethodHead }}, http.StatusForbidden, []string{"InvalidSignatureException"}},
	} {
		s.check(ctx, c.says+" is refused", func(ctx context.Context) error {
			c.q.method, c.q.target = http.MethodGet, anyList
			return s.refuses(ctx, c.q, c.status, c.name...)
		})
	}
	s.check(ctx, "a body that differs from the signed one is refused", func(ctx context.Context) error {
		return s.refuses(ctx, request{method: http.MethodPost, target: "/voice-connectors", body: `{"Name":"signed"}`, tamper: func(r *http.Request) {
			r.Body, r.GetBody = io.NopCloser(strings.NewReader(`{"Name":"forged"}`)), nil
		}}, http.StatusForbidden, "InvalidSignatureException")
	})
	s.check(ctx, "a presigned request is accepted", func(ctx context.Context) error {
		a, err := s.send(ctx, request{method: http.MethodGet, target: anyList + "&X-Amz-Expires=60", presigned: true})
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("got %s, want 200", a)
		}
		return err
	})
	s.check(ctx, "a refusal does not reveal the expected signature", func(ctx context.Context) error {
		a, err := s.send(ctx, request{method: http.MethodGet, target: anyList, key: &wrong})
		if err != nil {
			return err
		}
		return revealsNothing(a, key.SecretAccessKey, wrong.SecretAccessKey)
	})
}

// revealsNothing refuses a response that contains a secret or a signature.
func revealsNothing(a response, secrets ...string) error {
	for _, secret := range secrets {
		if bytes.Contains(a.body, []byte(secret)) {
			return fmt.Errorf("the response contains a secret")
		}
	}
	if hexSignature.Match(a.body) {
		return fmt.Errorf("the response contains a signature")
	}
	return nil
}

// hexSignature matches a signature: a SHA-256 digest in hexadecimal.
var hexSignature = regexp.MustCompile(`[0-9a-f]{64}`)
