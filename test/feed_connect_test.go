package test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/environment"
	feedconnect "timbre/feed/connect"
	"timbre/feed/matroska/matroskatest"
	"timbre/rtp/codec"
)

// connectStub stands for the two operations of AWS by which the audio of Amazon Connect is read: GetDataEndpoint and GetMedia. A response
// has a few fragments, a second each; the speech waits until ready is closed.
type connectStub struct {
	url     string
	contact string
	audio   [2][]int16
	ready   chan struct{}

	told atomic.Bool // the queue has told of the contact
}

const connectStream = "arn:aws:kinesisvideo:eu-west-2:111122223333:stream/shop/1"

// newConnectStub begins to serve a demo call, after a second of silence.
func newConnectStub(t *testing.T, name string) *connectStub {
	t.Helper()
	s := &connectStub{contact: "contact-" + name, ready: make(chan struct{})}
	for i, party := range []string{"caller", "agent"} {
		s.audio[i] = append(make([]int16, 8000), codec.ULaw.Decode(nil, leg(t, name+"_"+party))...)
	}
	service := httptest.NewServer(s)
	t.Cleanup(service.Close)
	s.url = service.URL
	return s
}

// queue answers as SQS: the first message tells of the contact.
func (s *connectStub) queue(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Amz-Target") != "AmazonSQS.ReceiveMessage" || s.told.Swap(true) {
		_, _ = io.WriteString(w, `{}`)
		return
	}
	body := `{"detail-type":"Amazon Connect Contact Event","detail":{"eventType":"QUEUED","contactId":"` + s.contact +
		`","recordings":[{"storageType":"KINESIS_VIDEO_STREAM","location":"` + connectStream + `","fragmentStartNumber":"-1"}]}}`
	text, _ := json.Marshal(map[string]any{"Messages": []map[string]string{{
		"Body": body, "ReceiptHandle": "1", "MessageId": "1", "MD5OfBody": fmt.Sprintf("%x", md5.Sum([]byte(body))),
	}}})
	_, _ = w.Write(text)
}

// perResponse is how many fragments a response has: GetMedia ends after a time, and is asked again.
const perResponse = 7

func (s *connectStub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/getMedia":
	case "/getDataEndpoint":
		_, _ = io.WriteString(w, `{"DataEndpoint":"`+s.url+`"}`)
		return
	default:
		s.queue(w, r)
		return
	}
	var m struct {
		StartSelector struct{ AfterFragmentNumber, ContinuationToken string }
	}
	_ = json.NewDecoder(r.Body).Decode(&m)
	next := 0
	for _, text := range []string{m.StartSelector.AfterFragmentNumber, m.StartSelector.ContinuationToken} {
		if n, err := strconv.Atoi(text); err == nil {
			next = n + 1
		}
	}
	for n := next; n < next+perResponse; n++ {
		if 8000*n >= len(s.audio[0]) {
			_, _ = w.Write(s.fragment(n, "the next contact"))
			return
		}
		if _, err := w.Write(s.fragment(n, s.contact)); err != nil {
			return
		}
		if n == 0 { // the tasks start on the call before its speech
			_ = http.NewResponseController(w).Flush()
			select {
			case <-s.ready:
			case <-r.Context().Done():
				return
			}
		}
	}
}

// fragment is that of a second.
func (s *connectStub) fragment(n int, contact string) []byte {
	d := matroskatest.Document{
		Tracks: matroskatest.Connect(), At: uint64(1_726_677_688_000 + 1000*n),
		Before: []matroskatest.Tag{{Name: "AWS_KINESISVIDEO_FRAGMENT_NUMBER", Value: fmt.Sprintf("%047d", n)}},
		After:  []matroskatest.Tag{{Name: "ContactId", Value: contact}, {Name: "AWS_KINESISVIDEO_CONTINUATION_TOKEN", Value: strconv.Itoa(n)}},
	}
	for at := 0; at < 8000; at += 512 { // as Connect does: 64 ms
		for i, pcm := range s.audio {
			from := min(8000*n+at, len(pcm))
			to := min(from+min(512, 8000-at), len(pcm))
			d.Blocks = append(d.Blocks, matroskatest.Block{Track: uint64(i + 1), At: int16(at / 8), PCM: pcm[from:to]})
		}
	}
	return d.Bytes()
}

// bridge carries a demo call from a stub of AWS to a server, and starts a search on it before its speech.
func (h deployment) bridge(ctx context.Context, t *testing.T, hook *receiver, url, name string) (search string) {
	t.Helper()
	stub := newConnectStub(t, name)
	keys := h.voice.Options().Credentials
	b := feedconnect.New(environment.Environment{}, feedconnect.Config{}, feedconnect.Deps{
		Source: feedconnect.Streams{Account: aws.Config{
			Region: "eu-west-2", BaseEndpoint: &stub.url, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""),
		}},
		Sink: feedconnect.Server{URL: url, Connector: h.connector, Region: "us-east-1", Keys: keys, Client: new(http.Client)},
	})
	carried := make(chan error, 1)
	go func() {
		carried <- b.Carry(ctx, feedconnect.Contact{
			ID: stub.contact, StreamARN: connectStream, Fragment: "-1", From: "+12065550100", To: "+13605550199",
		})
	}()
	ready := hook.wait(ctx, t, "AnalyticsReady", func(e event) bool {
		return e.status() == timbre.AnalyticsReady && e.Detail.CallID == stub.contact
	})
	search, _ = h.analyse(ctx, t, ready.Detail.TransactionID)
	close(stub.ready)
	must(t, <-carried)
	return search
}

// Callers of Amazon Connect are enrolled and identified as in SIP calls.
func TestConnectCallersAreRecognised(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook, n, h := startWithFeed(ctx, t)
	url := "http" + n.Feed[len("ws"):len(n.Feed)-len("/feed")]

	search := h.bridge(ctx, t, hook, url, "s1_enrol")
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	p, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
	must(t, err)
	search = h.bridge(ctx, t, hook, url, "s1_second")
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	g, err := h.voice.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &h.connector, SpeakerSearchTaskId: &search})
	must(t, err)
	results := g.SpeakerSearchTask.SpeakerSearchDetails.Results
	if len(results) == 0 || *results[0].VoiceProfileId != *p.VoiceProfile.VoiceProfileId {
		t.Errorf("got results %+v, want the profile %s", results, *p.VoiceProfile.VoiceProfileId)
	}
}

// The command carries the contacts of a queue until it is interrupted, and one contact to its end.
func TestBridgeCommandCarriesContacts(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	hook, n, h := startWithFeed(ctx, t)
	exe, err := program()
	must(t, err)
	url := "http" + n.Feed[len("ws"):len(n.Feed)-len("/feed")]
	for name, c := range map[string]struct {
		args      []string
		interrupt bool
	}{
		"s1_second": {[]string{"--queue", "http://127.0.0.1:1/1/contacts"}, true},
		"s5_second": {[]string{"--contact", "contact-s5_second", "--stream", connectStream, "--fragment=-1"}, false},
	} {
		t.Run(c.args[0], func(t *testing.T) {
			stub := newConnectStub(t, name)
			close(stub.ready)
			cmd := exec.CommandContext(ctx, exe, append([]string{"bridge", "connect", "--connector", h.connector, "--to", url}, c.args...)...)
			cmd.Env = append(surroundings(), "AWS_ENDPOINT_URL="+stub.url, "AWS_REGION=eu-west-2", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret",
				"AWS_CONFIG_FILE=/dev/null", "TIMBRE_DATA="+t.TempDir(), "TIMBRE_ACCESS_KEY_ID="+keyID, "TIMBRE_SECRET_ACCESS_KEY="+secret)
			var log bytes.Buffer
			cmd.Stderr = &log
			must(t, cmd.Start())
			hook.wait(ctx, t, "both streams ended", func(event) bool {
				return len(hook.all(func(e event) bool { return e.status() == timbre.StreamingEnded && e.Detail.CallID == stub.contact })) == 2
			})
			if c.interrupt {
				must(t, cmd.Process.Signal(os.Interrupt))
			}
			if err := cmd.Wait(); err != nil || !strings.Contains(log.String(), "contact ends") {
				t.Errorf("got %v and the log\n%s\nwant an orderly end, with that of the contact", err, &log)
			}
		})
	}
}

// A stock client finds the stream of a connector, and where its media goes.
func TestAWSCLIFindsTheStreamOfAConnector(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	_, n, h := startWithFeed(ctx, t)
	host := n.Feed[len("ws://") : len(n.Feed)-len("/feed")]
	aws := newCLI(ctx, t, host)
	stream := "--stream-name " + h.connector
	if got := aws.get("DataEndpoint", "kinesisvideo get-data-endpoint --api-name PUT_MEDIA "+stream); got != "http://"+host {
		t.Errorf("got endpoint %q, want %q", got, "http://"+host)
	}
	if got := aws.get("StreamInfo.Status", "kinesisvideo describe-stream "+stream); got != "ACTIVE" {
		t.Errorf("got status %q, want ACTIVE", got)
	}
	if _, stderr, ok := aws.run("kinesisvideo create-stream " + stream); ok || !strings.Contains(stderr, "ResourceInUseException") {
		t.Errorf("got %s, want ResourceInUseException", stderr)
	}
	if _, stderr, ok := aws.run("kinesisvideo describe-stream --stream-name nowhere"); ok || !strings.Contains(stderr, "ResourceNotFoundException") {
		t.Errorf("got %s, want ResourceNotFoundException", stderr)
	}
}
