package test

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"github.com/coder/websocket"

	"timbre"
	"timbre/cmd/timbre/softphone"
	"timbre/cmd/timbre/terminal"
)

// Callers whose audio arrives over WebSocket are enrolled and identified as in SIP calls, in each feed protocol.
func TestFeedCallersAreRecognised(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Feed.Listen = "127.0.0.1:0"
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)

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
		_, err := h.voice.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
			VoiceConnectorId: &h.connector,
			Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"192.0.2.0/24"}},
		}) // excludes the test's own address
		must(t, err)
		_, err = h.voice.PutVoiceConnectorTerminationCredentials(ctx, &voice.PutVoiceConnectorTerminationCredentialsInput{
			VoiceConnectorId: &h.connector, Credentials: []vtypes.Credential{{Username: aws.String("feeder"), Password: aws.String("a password")}},
		})
		must(t, err)
		if _, res, err := websocket.Dial(ctx, n.Feed+"/"+h.connector, nil); err == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("without a password: got error %v, want status 403", err)
		} else if res.Body != nil {
			_ = res.Body.Close()
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
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Feed.Listen = "127.0.0.1:0"
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
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
