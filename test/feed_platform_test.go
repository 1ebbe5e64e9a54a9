package test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"timbre"
	"timbre/config"
)

// A platform whose addresses nobody knows is known by its signature, from the moment when its token is in the settings.
func TestFeedOfPlatformIsKnownByItsSignature(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Feed.Listen = "127.0.0.1:0"
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	h.allow(ctx, t, "192.0.2.0/24") // excludes the test's own address

	const token = "0123456789abcdef0123456789abcdef"
	url := n.Feed + "/" + h.connector
	signed := func(secret string) http.Header {
		mac := hmac.New(sha1.New, []byte(secret))
		mac.Write([]byte("wss" + strings.TrimPrefix(url, "ws")))
		return http.Header{"X-Twilio-Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	}
	refused := func(name string, header http.Header) {
		t.Helper()
		if got := dialStatus(ctx, t, url, header); got != http.StatusForbidden {
			t.Errorf("%s: got status %d, want 403", name, got)
		}
	}
	refused("before the token is known", signed(token))
	s.Feed.Tokens = []config.PlatformToken{{Connector: h.connector, Platform: "twilio", Secret: token}}
	must(t, n.Reload(s))
	refused("not signed", nil)
	refused("signed with another token", signed(token+"0"))

	f := connect(ctx, t, url, signed(token))
	f.send(map[string]any{"event": "start", "streamSid": "MZ1", "start": map[string]any{
		"streamSid": "MZ1", "callSid": "CA-signed", "tracks": []string{"inbound"},
		"mediaFormat": map[string]any{"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
	}})
	hook.wait(ctx, t, "the call", func(e event) bool { return e.status() == timbre.StreamingStarted && e.Detail.CallID == "CA-signed" })
	f.send(map[string]any{"event": "stop", "streamSid": "MZ1"})
	f.waitClosed()
}
