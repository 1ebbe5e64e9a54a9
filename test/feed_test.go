package test

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/cmd/timbre/softphone"
	"timbre/cmd/timbre/terminal"
	"timbre/node"
)

// startWithFeed starts a node that takes feeds, with a connector and a domain.
func startWithFeed(ctx context.Context, t *testing.T) (*receiver, *node.Node, deployment) {
	t.Helper()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Feed.Listen = "127.0.0.1:0"
	n := start(t, s)
	return hook, n, setUp(ctx, t, n.API, hookARN)
}

// Callers whose audio arrives over WebSocket are enrolled and identified as in SIP calls, in each feed protocol.
func TestFeedCallersAreRecognised(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook, n, h := startWithFeed(ctx, t)

	search := h.feedJSON(ctx, t, n.Feed, "s1_enrol", nil)
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	p, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
	must(t, err)

	// identified returns the profile of a search's best match, or "".
	identified := func(search string) string {
		t.Helper()
		hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
		g, err := h.voice.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &h.connector, SpeakerSearchTaskId: &search})
		must(t, err)
		if results := g.SpeakerSearchTask.SpeakerSearchDetails.Results; len(results) > 0 {
			return *results[0].VoiceProfileId
		}
		return ""
	}
	if got := identified(h.feedTwilio(ctx, t, hook, n.Feed, "s1_second")); got != *p.VoiceProfile.VoiceProfileId {
		t.Errorf("second call, by Twilio's protocol: got profile %q, want %q", got, *p.VoiceProfile.VoiceProfileId)
	}
	if got := identified(h.feedTwilio(ctx, t, hook, n.Feed, "s5_second")); got != "" {
		t.Errorf("unknown caller: got profile %q, want none", got)
	}

	t.Run("sent by the softphone", func(t *testing.T) {
		var out bytes.Buffer
		short := func(leg string) string {
			return filepath.Join("..", "cmd", "timbre", "demo", "calls", "short_s2_"+leg+".wav")
		}
		c := softphone.Call{Caller: short("caller"), Agent: short("agent"), Feed: n.Feed, Connector: h.connector, From: "+12065550100", To: "+13605550199", Speed: 10}
		must(t, c.Do(ctx, &out, terminal.Output{Writer: testWriter{t}}))
		transaction := strings.TrimSpace(strings.TrimPrefix(out.String(), "transaction-id "))
		hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(transaction, timbre.StreamingEnded))) == 2 })
	})
	t.Run("with a password from an address outside the allow list", func(t *testing.T) {
		h.allow(ctx, t, "192.0.2.0/24") // excludes the test's own address
		h.setPassword(ctx, t, "feeder", "a password")
		if got := dialStatus(ctx, t, n.Feed+"/"+h.connector, nil); got != http.StatusForbidden {
			t.Errorf("without a password: got status %d, want 403", got)
		}
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth("feeder", "a password")
		if got := identified(h.feedJSON(ctx, t, n.Feed, "s1_second", r.Header)); got != *p.VoiceProfile.VoiceProfileId {
			t.Errorf("second call: got profile %q, want %q", got, *p.VoiceProfile.VoiceProfileId)
		}
	})
}

// A track that the start message does not list becomes a leg, with its own events, at its first audio.
func TestLateTrackBecomesLeg(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook, n, h := startWithFeed(ctx, t)
	f := connect(ctx, t, n.Feed+"/"+h.connector, nil)
	f.send(map[string]any{"event": "start", "stream_id": "s", "start": map[string]any{
		"call_control_id": "v3:1",
		"media_format":    map[string]any{"encoding": "PCMA", "sample_rate": 8000, "channels": 1},
	}})
	for i, track := range []string{"inbound", "outbound"} {
		f.send(map[string]any{"event": "media", "stream_id": "s", "media": map[string]string{"track": track, "timestamp": "0", "payload": "1dXV1Q=="}})
		caller := track == "inbound"
		e := hook.wait(ctx, t, track, func(e event) bool {
			return e.status() == timbre.StreamingStarted && e.Detail.CallID == "v3:1" && e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller
		})
		if e.Detail.SDP.MediaIndex != i || e.Detail.SDP.MediaLabel != track {
			t.Errorf("got index %d and label %q, want %d and %q", e.Detail.SDP.MediaIndex, e.Detail.SDP.MediaLabel, i, track)
		}
	}
	f.send(map[string]any{"event": "stop", "stream_id": "s"})
	f.waitClosed()
	hook.wait(ctx, t, "both streams ended", func(event) bool {
		return len(hook.all(func(e event) bool { return e.status() == timbre.StreamingEnded && e.Detail.CallID == "v3:1" })) == 2
	})
}
