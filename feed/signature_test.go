package feed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/environment"
)

// The ids of the AudioHook client of the tests.
const (
	organization = "d7934305-0972-4844-938e-9060eef73d05"
	hookSession  = "30b0e395-84d3-4570-ac13-9a62d8f514c0"
)

// hook is an AudioHook client: whom it signs as, and how.
type hook struct {
	key, realm, password string
	created              time.Time
	nonce                string
}

// ann signs as a user of the connector far.
func ann() hook {
	return hook{"ann", "far.host", "good: password", time.Now(), "VGhpc0lzQVVuaXF1ZU5vbmNl"}
}

// sign adds the headers of a request that is sent to a server. The client secret is what docs/feed.md has openssl compute.
func (h hook) sign(server, path string) func(http.Header) {
	return func(header http.Header) {
		header.Set("Audiohook-Organization-Id", organization)
		header.Set("Audiohook-Session-Id", hookSession)
		header.Set("Audiohook-Correlation-Id", "e160e428-53e2-487c-977d-96989bf5c99d")
		header.Set("X-Api-Key", h.key)
		said := fmt.Sprintf(`("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id" "audiohook-correlation-id" "x-api-key")`+
			`;keyid=%q;nonce=%q;alg="hmac-sha256";created=%d;expires=%d`, h.key, h.nonce, h.created.Unix(), h.created.Unix()+30)
		var base strings.Builder
		fmt.Fprintf(&base, "\"@request-target\": %s\n\"@authority\": %s\n", path, strings.TrimPrefix(server, "ws://"))
		for _, name := range []string{"audiohook-organization-id", "audiohook-session-id", "audiohook-correlation-id", "x-api-key"} {
			fmt.Fprintf(&base, "%q: %s\n", name, header.Get(name))
		}
		fmt.Fprintf(&base, `"@signature-params": %s`, said)
		secret := sha256.Sum256([]byte(h.key + ":" + h.realm + ":" + h.password))
		mac := hmac.New(sha256.New, secret[:])
		mac.Write([]byte(base.String()))
		header.Set("Signature-Input", "sig1="+said)
		header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(mac.Sum(nil))+":")
	}
}

func TestSignedRequestsAreAdmittedOrRefused(t *testing.T) {
	at := func(offset time.Duration) hook { h := ann(); h.created = h.created.Add(offset); return h }
	for _, c := range []struct {
		name, path, reason string
		status             int
		hook               hook
		after              func(http.Header) // has signed; nil: nothing
	}{
		{"signed", "/feed/far", "", 101, ann(), nil},
		{"signed, connector found by the key", "/feed", "", 101, ann(), nil},
		{"signed by a key of another connector, from an allowed source", "/feed/near", "forbidden", 403, ann(), nil},
		{"another password", "/feed/far", "forbidden", 403, hook{"ann", "far.host", "old", time.Now(), "nonce"}, nil},
		{"unknown key", "/feed", "forbidden", 403, hook{"carl", "far.host", "old", time.Now(), "nonce"}, nil},
		{"disabled connector", "/feed/shut", "forbidden", 403, hook{"ann", "shut.host", "good: password", time.Now(), "nonce"}, nil},
		{"expired", "/feed/far", "signature", 403, at(-40 * time.Second), nil},
		{"from the future", "/feed/far", "signature", 403, at(10 * time.Second), nil},
		{"made before the start", "/feed/far", "signature", 503, at(-20 * time.Second), nil},
		{"another key beside", "/feed/far", "signature", 403, ann(), func(h http.Header) { h.Set("X-Api-Key", "bob") }},
		{"another session", "/feed/far", "forbidden", 403, ann(), func(h http.Header) { h.Set("Audiohook-Session-Id", organization) }},
		{"half a signature", "/feed/far", "signature", 403, ann(), func(h http.Header) { h.Del("Signature") }},
		{"half a signature, allowed source", "/feed/near", "signature", 403, ann(), func(h http.Header) { h.Del("Signature") }},
		{"too little signed", "/feed/near", "signature", 403, ann(), func(h http.Header) {
			h.Set("Signature-Input", strings.Replace(h.Get("Signature-Input"), ` "audiohook-session-id"`, "", 1))
		}},
		{"not signed, the key alone", "/feed/far", "forbidden", 403, ann(), func(h http.Header) { h.Del("Signature"); h.Del("Signature-Input") }},
		{"not signed, allowed source", "/feed/near", "", 101, ann(), func(h http.Header) { h.Del("Signature"); h.Del("Signature-Input") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, Config{}, allHealthy())
			got := b.status(c.path, func(h http.Header) {
				c.hook.sign(b.url, c.path)(h)
				if c.after != nil {
					c.after(h)
				}
			})
			if got != c.status {
				t.Errorf("got status %d, want %d", got, c.status)
			}
			if c.reason != "" && testutil.ToFloat64(b.server.metrics.refused.WithLabelValues(c.reason)) != 1 {
				t.Errorf("got no refusal counted as %s, want 1", c.reason)
			}
		})
	}
}

func TestSignedRequestIsTakenOnce(t *testing.T) {
	b := start(t, Config{}, allHealthy())
	h := ann()
	for i, want := range []int{101, 403, 403} {
		if got := b.status("/feed/far", h.sign(b.url, "/feed/far")); got != want {
			t.Errorf("request %d: got status %d, want %d", i, got, want)
		}
	}
	h.nonce = "another"
	if got := b.status("/feed/far", h.sign(b.url, "/feed/far")); got != http.StatusSwitchingProtocols {
		t.Errorf("another nonce: got status %d, want 101", got)
	}
}

// A wrong signature leaves nothing behind: it uses up neither memory nor the nonce of who signs rightly.
func TestNonceOfAWrongSignatureIsFree(t *testing.T) {
	b := start(t, Config{}, allHealthy())
	right, wrong := ann(), ann()
	wrong.password = "wrong"
	if got := b.status("/feed/far", wrong.sign(b.url, "/feed/far")); got != http.StatusForbidden {
		t.Errorf("wrong: got status %d, want 403", got)
	}
	if got := b.server.nonces.used.Len(); got != 0 {
		t.Errorf("got %d nonces remembered, want none", got)
	}
	if got := b.status("/feed/far", right.sign(b.url, "/feed/far")); got != http.StatusSwitchingProtocols {
		t.Errorf("right: got status %d, want 101", got)
	}
}

func TestNoncesAreForgottenWithTheirSignatures(t *testing.T) {
	var ahead atomic.Int64
	now := time.Now()
	b := startIn(t, environment.Environment{Now: func() time.Time { return now.Add(time.Duration(ahead.Load())) }}, Config{}, allHealthy())
	for i := range 3 {
		h := ann()
		h.created = now.Add(time.Duration(ahead.Load()))
		if got := b.status("/feed/far", h.sign(b.url, "/feed/far")); got != http.StatusSwitchingProtocols {
			t.Errorf("request %d: got status %d, want 101", i, got)
		}
		if got := b.server.nonces.used.Len(); got != 1 {
			t.Errorf("request %d: got %d nonces remembered, want 1", i, got)
		}
		ahead.Add(int64(2 * time.Minute))
	}
}
