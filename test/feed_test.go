package test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"github.com/coder/websocket"

	"timbre"
	"timbre/cmd/timbre/screen"
	"timbre/cmd/timbre/softphone"
	"timbre/config"
	"timbre/rtp/codec"
)

// fed is a call of the demo that comes by WebSocket.
type fed struct {
	*websocket.Conn
	ctx context.Context
	t   *testing.T
}

func connect(ctx context.Context, t *testing.T, url string, header http.Header) fed {
	t.Helper()
	c, res, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: header})
	must(t, err)
	if res.Body != nil {
		_ = res.Body.Close()
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	return fed{c, ctx, t}
}

func (f fed) say(message any) {
	f.t.Helper()
	text, err := json.Marshal(message)
	must(f.t, err)
	must(f.t, f.Write(f.ctx, websocket.MessageText, text))
}

// receive reads what is answered.
func (f fed) receive(kind string) (m struct{ Type, TransactionID, Code, Message string }) {
	f.t.Helper()
	_, text, err := f.Read(f.ctx)
	must(f.t, err)
	must(f.t, json.Unmarshal(text, &m))
	if m.Type != kind {
		f.t.Fatalf("answered %s", text)
	}
	return m
}

// closed reads to the end, which is to be a hang-up.
func (f fed) closed() {
	f.t.Helper()
	for {
		_, text, err := f.Read(f.ctx)
		if err == nil && !bytes.Contains(text, []byte(`"error"`)) {
			continue
		}
		if closed := (websocket.CloseError{}); !errors.As(err, &closed) || closed.Code != websocket.StatusNormalClosure {
			f.t.Errorf("it ended by %s, %v", text, err)
		}
		return
	}
}

// feedJSON sends a demo call in the dialect of ours, and starts a search on it before its first word.
func (h deployment) feedJSON(ctx context.Context, t *testing.T, url, name string, header http.Header) (search string) {
	t.Helper()
	f := connect(ctx, t, url+"/"+h.connector, header)
	f.say(map[string]any{
		"type": "start", "callId": name, "from": "+12065550100", "to": "+13605550199",
		"format": map[string]any{"encoding": "mulaw", "sampleRate": 8000, "channels": []string{"caller", "callee"}},
	})
	search, _ = h.analyse(ctx, t, f.receive("started").TransactionID)
	caller, agent := leg(t, name+"_caller"), leg(t, name+"_agent")
	both := make([]byte, 0, 2*len(caller))
	for i := range caller {
		both = append(both, caller[i], agent[i])
	}
	for piece := range slices.Chunk(both, 1600) {
		must(t, f.Write(ctx, websocket.MessageBinary, piece))
	}
	f.say(map[string]string{"type": "stop"})
	f.closed()
	return search
}

// feedTwilio sends a demo call as Twilio Media Streams does.
func (h deployment) feedTwilio(ctx context.Context, t *testing.T, hook *receiver, url, name string) (search string) {
	t.Helper()
	f := connect(ctx, t, url, nil)
	f.say(map[string]string{"event": "connected", "protocol": "Call", "version": "1.0.0"})
	f.say(map[string]any{"event": "start", "streamSid": "MZ1", "start": map[string]any{
		"streamSid": "MZ1", "callSid": "CA" + name,
		"tracks": []string{"inbound", "outbound"}, "customParameters": map[string]string{"connectorId": h.connector, "from": "+12065550100"},
		"mediaFormat": map[string]any{"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
	}})
	ready := hook.wait(ctx, t, "AnalyticsReady", func(e event) bool {
		return e.status() == timbre.AnalyticsReady && e.Detail.CallID == "CA"+name
	})
	search, _ = h.analyse(ctx, t, ready.Detail.TransactionID)
	caller, agent := leg(t, name+"_caller"), leg(t, name+"_agent")
	for at := 0; at+160 <= len(caller); at += 160 {
		for track, audio := range map[string][]byte{"inbound": caller, "outbound": agent} {
			f.say(map[string]any{"event": "media", "streamSid": "MZ1", "media": map[string]string{
				"track":     track,
				"timestamp": fmt.Sprint(at / 8), "payload": base64.StdEncoding.EncodeToString(audio[at : at+160]),
			}})
		}
	}
	f.say(map[string]any{"event": "stop", "streamSid": "MZ1"})
	f.closed()
	return search
}

// Callers whose calls come by WebSocket are enrolled and recognised like those of SIP calls, whoever sends them and how.
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

	// named is the profile that a search found.
	named := func(search string) string {
		t.Helper()
		hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
		g, err := h.voice.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &h.connector, SpeakerSearchTaskId: &search})
		must(t, err)
		if results := g.SpeakerSearchTask.SpeakerSearchDetails.Results; len(results) > 0 {
			return *results[0].VoiceProfileId
		}
		return ""
	}
	if got := named(h.feedTwilio(ctx, t, hook, n.Feed, "s1_second")); got != *p.VoiceProfile.VoiceProfileId {
		t.Errorf("by Twilio's dialect the second call is of %q", got)
	}
	if got := named(h.feedTwilio(ctx, t, hook, n.Feed, "s5_second")); got != "" {
		t.Errorf("got name %q for an unknown caller, want none", got)
	}

	t.Run("by the telephone", func(t *testing.T) {
		var out bytes.Buffer
		short := func(leg string) string {
			return filepath.Join("..", "cmd", "timbre", "demo", "calls", "short_s2_"+leg+".wav")
		}
		c := softphone.Call{Caller: short("caller"), Agent: short("agent"), Feed: n.Feed, Connector: h.connector, From: "+12065550100", To: "+13605550199", Speed: 10}
		must(t, c.Do(ctx, &out, screen.Screen{Writer: testWriter{t}}))
		transaction := strings.TrimSpace(strings.TrimPrefix(out.String(), "transaction-id "))
		hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(transaction, timbre.StreamingEnded))) == 2 })
	})
	t.Run("with a password from elsewhere", func(t *testing.T) {
		_, err := h.voice.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
			VoiceConnectorId: &h.connector,
			Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"192.0.2.0/24"}},
		}) // not us
		must(t, err)
		_, err = h.voice.PutVoiceConnectorTerminationCredentials(ctx, &voice.PutVoiceConnectorTerminationCredentialsInput{
			VoiceConnectorId: &h.connector, Credentials: []vtypes.Credential{{Username: aws.String("feeder"), Password: aws.String("a password")}},
		})
		must(t, err)
		if _, res, err := websocket.Dial(ctx, n.Feed+"/"+h.connector, nil); err == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("without a password: %v", err)
		} else if res.Body != nil {
			_ = res.Body.Close()
		}
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth("feeder", "a password")
		if got := named(h.feedJSON(ctx, t, n.Feed, "s1_second", r.Header)); got != *p.VoiceProfile.VoiceProfileId {
			t.Errorf("the second call is of %q", got)
		}
	})
}

// A track that the start message does not list is a leg of the call, with events of its own, from its first audio.
func TestLateTrackBecomesLeg(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Feed.Listen = "127.0.0.1:0"
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	f := connect(ctx, t, n.Feed+"/"+h.connector, nil)
	f.say(map[string]any{"event": "start", "stream_id": "s", "start": map[string]any{
		"call_control_id": "v3:1",
		"media_format":    map[string]any{"encoding": "PCMA", "sample_rate": 8000, "channels": 1},
	}})
	for i, track := range []string{"inbound", "outbound"} {
		f.say(map[string]any{"event": "media", "stream_id": "s", "media": map[string]string{"track": track, "timestamp": "0", "payload": "1dXV1Q=="}})
		caller := track == "inbound"
		e := hook.wait(ctx, t, track, func(e event) bool {
			return e.status() == timbre.StreamingStarted && e.Detail.CallID == "v3:1" && e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller
		})
		if e.Detail.SDP.MediaIndex != i || e.Detail.SDP.MediaLabel != track {
			t.Errorf("%s", e.Raw)
		}
	}
	f.say(map[string]any{"event": "stop", "stream_id": "s"})
	f.closed()
	hook.wait(ctx, t, "both streams ended", func(event) bool {
		return len(hook.all(func(e event) bool { return e.status() == timbre.StreamingEnded && e.Detail.CallID == "v3:1" })) == 2
	})
}

// A connector that requires encryption takes feeds over TLS, and no others.
func TestFeedOverTLS(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	for _, encrypted := range []bool{true, false} {
		s := settings(t, t.TempDir(), newReceiver(t))
		s.Feed.Listen = "127.0.0.1:0"
		client := &http.Client{}
		if encrypted {
			cert, key, trusted := certificate(t)
			s.Feed.TLS = config.TLS{Cert: cert, Key: key}
			client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
		}
		n := start(t, s)
		h := setUp(ctx, t, n.API, hookARN)
		c, err := h.voice.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("private"), RequireEncryption: aws.Bool(true)})
		must(t, err)
		_, err = h.voice.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
			VoiceConnectorId: c.VoiceConnector.VoiceConnectorId,
			Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"127.0.0.0/8"}, Disabled: aws.Bool(false)},
		})
		must(t, err)
		conn, res, err := websocket.Dial(ctx, n.Feed+"/"+*c.VoiceConnector.VoiceConnectorId, &websocket.DialOptions{HTTPClient: client})
		if (err == nil) != encrypted || !encrypted && res.StatusCode != http.StatusForbidden || strings.HasPrefix(n.Feed, "wss://") != encrypted {
			t.Errorf("encrypted %v: %v at %s", encrypted, err, n.Feed)
		}
		if res != nil && res.Body != nil {
			_ = res.Body.Close()
		}
		if conn != nil {
			must(t, conn.Close(websocket.StatusNormalClosure, ""))
		}
	}
}

// The example in the documentation, word for word.
func TestDocumentedFeedExample(t *testing.T) {
	python, err := filepath.Abs(filepath.Join("..", ".venv", "bin", "python"))
	must(t, err)
	needs(t, python, "the tests' Python environment (make test makes it)")
	if exec.Command(python, "-c", "import websockets").Run() != nil {
		needs(t, "", "the package websockets in the tests' Python environment")
	}
	text, err := os.ReadFile(filepath.Join("..", "docs", "feed.md"))
	must(t, err)
	_, example, _ := strings.Cut(string(text), "```python\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("there is no example in docs/feed.md")
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Feed.Listen = "127.0.0.1:0"
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	name := filepath.Join(t.TempDir(), "short.wav")
	pcm := codec.ULaw.Decode(nil, leg(t, "short_s2_caller"))
	must(t, os.WriteFile(name, wavFile(pcm[:2*timbre.SampleRate]), 0o600))
	out, err := exec.CommandContext(ctx, python, "-c", example, n.Feed+"/"+h.connector, name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	transaction := strings.TrimSpace(string(out))
	ended := hook.wait(ctx, t, "the stream's end", of(transaction, timbre.StreamingEnded))
	if ended.Detail.CallID != "short.wav" || ended.Detail.IsCaller == nil || !*ended.Detail.IsCaller {
		t.Errorf("%s", ended.Raw)
	}
}

// wavFile is a recording of 16-bit linear PCM at 8 kHz.
func wavFile(pcm []int16) []byte {
	le := binary.LittleEndian
	f := append([]byte("RIFF"), le.AppendUint32(nil, uint32(36+2*len(pcm)))...)
	f = le.AppendUint32(append(f, "WAVEfmt "...), 16)
	for _, v := range []uint16{1, 1} {
		f = le.AppendUint16(f, v)
	}
	f = le.AppendUint32(le.AppendUint32(f, 8000), 16000)
	f = le.AppendUint16(le.AppendUint16(f, 2), 16)
	f = le.AppendUint32(append(f, "data"...), uint32(2*len(pcm)))
	for _, s := range pcm {
		f = le.AppendUint16(f, uint16(s))
	}
	return f
}
