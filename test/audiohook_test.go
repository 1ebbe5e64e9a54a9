package test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"timbre"
	"timbre/test/needs"
)

// The ids of an AudioHook session, and of its conversation.
const (
	hookOrganization = "d7934305-0972-4844-938e-9060eef73d05"
	hookSession      = "30b0e395-84d3-4570-ac13-9a62d8f514c0"
	hookConversation = "74c7d4ef-8de4-4f3e-b1f7-9a5c0f0a0001"
)

// A connector that is set up as docs/feed.md says takes the signed sessions of Genesys, and nothing else from there.
func TestAudioHookSessionsAreSignedCalls(t *testing.T) {
	needs.Program(t, "openssl", "openssl")
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook, n, h := startWithFeed(ctx, t)
	h.allow(ctx, t, "192.0.2.0/24") // excludes the test's own address
	h.setPassword(ctx, t, "genesys", "a long password")
	secret := documentedSecret(t, h.connector)
	at := n.Feed + "/" + h.connector
	right := hookHeader(t, at, secret, "a nonce of one session")
	unsigned := right.Clone()
	unsigned.Del("Signature")
	unsigned.Del("Signature-Input")
	for name, header := range map[string]http.Header{
		"not signed": unsigned, "signed with another secret": hookHeader(t, at, []byte("guess"), "another nonce"),
	} {
		if got := dialStatus(ctx, t, at, header); got != http.StatusForbidden {
			t.Errorf("%s: got status %d, want 403", name, got)
		}
	}

	f := connect(ctx, t, at, right)
	if got := dialStatus(ctx, t, at, right); got != http.StatusForbidden {
		t.Errorf("repeated: got status %d, want 403", got)
	}
	f.send(hookMessage("open", 1, 0, map[string]any{
		"organizationId": hookOrganization, "conversationId": hookConversation,
		"participant":  map[string]string{"id": hookSession, "ani": "+12065550100", "aniName": "Ann", "dnis": "+12065550199"},
		"media":        []any{map[string]any{"type": "audio", "format": "PCMU", "channels": []string{"external", "internal"}, "rate": 8000}},
		"customConfig": map[string]string{"caller": "external"},
	}))
	f.receive("opened")
	for side, channel := range map[bool]string{true: "external", false: "internal"} {
		e := hook.wait(ctx, t, channel, func(e event) bool {
			return e.status() == timbre.StreamingStarted && e.Detail.CallID == hookConversation && e.Detail.SDP.MediaLabel == channel
		})
		if e.Detail.IsCaller == nil || *e.Detail.IsCaller != side || e.Detail.InviteHeaders["organizationid"] != hookOrganization {
			t.Errorf("got %s, want isCaller %v and the organization among the headers", e.Raw, side)
		}
	}
	must(t, f.Write(ctx, websocket.MessageBinary, make([]byte, 3200)))
	f.send(hookMessage("ping", 2, 1, map[string]any{}))
	f.receive("pong")
	f.send(hookMessage("close", 3, 2, map[string]any{"reason": "end"}))
	f.receive("closed")
	f.waitClosed()
	hook.wait(ctx, t, "both streams ended", func(event) bool {
		return len(hook.all(func(e event) bool { return e.status() == timbre.StreamingEnded && e.Detail.CallID == hookConversation })) == 2
	})
}

// documentedSecret is what the command in docs/feed.md prints for the user of the test.
func documentedSecret(t *testing.T, connector string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "feed.md"))
	must(t, err)
	command := string(regexp.MustCompile("`(printf [^`]*)`").FindSubmatch(text)[1])
	command = strings.NewReplacer("USER", "genesys", "ID", connector, "PASSWORD", "a long password").Replace(command)
	out, err := exec.Command("sh", "-c", command).Output()
	must(t, err)
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(out)))
	must(t, err)
	return secret
}

// hookHeader is that of a signed request.
func hookHeader(t *testing.T, at string, secret []byte, nonce string) http.Header {
	t.Helper()
	u, err := url.Parse(at)
	must(t, err)
	header := http.Header{}
	components := []string{"@request-target", "@authority"}
	values := map[string]string{"@request-target": u.Path, "@authority": u.Host}
	for _, c := range [][2]string{
		{"audiohook-organization-id", hookOrganization},
		{"audiohook-session-id", hookSession},
		{"audiohook-correlation-id", hookConversation},
		{"x-api-key", "genesys"},
	} {
		header.Set(c[0], c[1])
		components, values[c[0]] = append(components, c[0]), c[1]
	}
	said := fmt.Sprintf(`("%s");keyid="genesys";nonce=%q;alg="hmac-sha256";created=%d;expires=%d`,
		strings.Join(components, `" "`), nonce, time.Now().Unix(), time.Now().Unix()+30)
	mac := hmac.New(sha256.New, secret)
	for _, c := range components {
		_, _ = fmt.Fprintf(mac, "%q: %s\n", c, values[c])
	}
	_, _ = fmt.Fprintf(mac, `"@signature-params": %s`, said)
	header.Set("Signature-Input", "sig1="+said)
	header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(mac.Sum(nil))+":")
	return header
}

func hookMessage(kind string, seq, serverSeq int, parameters any) json.RawMessage {
	text, _ := json.Marshal(map[string]any{
		"version": "2", "type": kind, "id": hookSession, "seq": seq, "serverseq": serverSeq, "position": "PT0S", "parameters": parameters,
	})
	return text
}

// dialStatus is the status of the response to a request for a WebSocket.
func dialStatus(ctx context.Context, t *testing.T, at string, header http.Header) int {
	t.Helper()
	c, res, err := websocket.Dial(ctx, at, &websocket.DialOptions{HTTPHeader: header})
	if err == nil {
		_ = c.CloseNow()
	}
	if res == nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	return res.StatusCode
}
