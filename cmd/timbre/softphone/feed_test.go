package softphone

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"timbre/cmd/timbre/terminal"
	"timbre/rtp/codec"
)

// receiver is the server of a feed, with what it received.
type receiver struct {
	start struct {
		From, To string
		Format   struct {
			Encoding   string
			SampleRate int
			Channels   []string
		}
	}
	path, user string
	audio      []byte
	stopped    bool
}

// listen accepts one feed. answer is the response to its start message.
func listen(t *testing.T, answer string) (url string, feeds chan *receiver) {
	feeds = make(chan *receiver, 1)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed/nowhere" {
			http.Error(w, "no connector has this id", http.StatusNotFound)
			return
		}
		e := &receiver{path: r.URL.Path}
		e.user, _, _ = r.BasicAuth()
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() {
			_ = c.CloseNow()
			feeds <- e
		}()
		ctx := context.WithoutCancel(r.Context())
		for {
			kind, b, err := c.Read(ctx)
			switch {
			case err != nil:
				return
			case kind == websocket.MessageBinary:
				e.audio = append(e.audio, b...)
			case bytes.Contains(b, []byte(`"stop"`)):
				e.stopped = true
				_ = c.Write(ctx, websocket.MessageText, []byte(`{"type":"stopped"}`))
			default:
				if err := json.Unmarshal(b, &e.start); err != nil {
					t.Error(err)
				}
				_ = c.Write(ctx, websocket.MessageText, []byte(answer))
			}
		}
	}))
	t.Cleanup(h.Close)
	return "ws" + strings.TrimPrefix(h.URL, "http") + "/feed", feeds
}

const started = `{"type":"started","transactionId":"t-1"}`

func TestCallOverWebSocket(t *testing.T) {
	a, b := make([]int16, 400), make([]int16, 500)
	for i := range a {
		a[i], b[i] = int16(40*i), int16(-30*i)
	}
	url, feeds := listen(t, started)
	c := Call{
		Caller: wav(t, a), Agent: wav(t, b), Feed: strings.Replace(url, "ws://", "ws://ann:secret@", 1), Connector: "here",
		From: "sip:+1206@example.com", To: "+1360", Speed: 50, ALaw: true, Wait: 40 * time.Millisecond,
	}
	var out bytes.Buffer
	check(t, c.Do(t.Context(), &out, terminal.Output{Writer: &bytes.Buffer{}}))
	e := <-feeds
	if out.String() != "transaction-id t-1\n" || !e.stopped || e.path != "/feed/here" || e.user != "ann" || e.start.From != "+1206" || e.start.To != "+1360" {
		t.Errorf("got output %q and feed %+v", out.String(), e)
	}
	if f := e.start.Format; f.Encoding != "alaw" || f.SampleRate != 8000 || !slices.Equal(f.Channels, []string{"caller", "callee"}) {
		t.Errorf("%+v", f)
	}
	law := codec.ALaw
	quiet := slices.Repeat([]byte{law.Silence()}, 2*320)
	caller := append(law.Encode(nil, a), slices.Repeat([]byte{law.Silence()}, 100)...)
	want := quiet
	for i, x := range law.Encode(nil, b) {
		want = append(want, caller[i], x)
	}
	if !bytes.Equal(e.audio, want) {
		t.Errorf("got %d bytes of audio, want %d", len(e.audio), len(want))
	}
}

func TestMixedFeedHasOneChannel(t *testing.T) {
	url, feeds := listen(t, started)
	c := Call{Caller: wav(t, []int16{1000, 2000}), Feed: url, Speed: 50, Mixed: true}
	check(t, c.Do(t.Context(), &bytes.Buffer{}, terminal.Output{Writer: &bytes.Buffer{}}))
	if e := <-feeds; !slices.Equal(e.start.Format.Channels, []string{"mixed"}) || len(e.audio) != 2 {
		t.Errorf("%+v", e)
	}
}

func TestFeedStaysOpenUntilInterrupted(t *testing.T) {
	url, feeds := listen(t, started)
	ctx, cancel := context.WithCancel(t.Context())
	c := Call{Caller: wav(t, []int16{1000, 2000}), Feed: url, Speed: 50, HoldOpen: true}
	check(t, c.Do(ctx, interrupting{cancel}, terminal.Output{Writer: &bytes.Buffer{}}))
	<-feeds
}

// interrupting ends the call as soon as it has its transaction id.
type interrupting struct{ stop func() }

func (i interrupting) Write(b []byte) (int, error) {
	i.stop()
	return len(b), nil
}

func TestRefusedFeedIsAnErrorWithTheReason(t *testing.T) {
	url, _ := listen(t, `{"type":"error","code":"rate","message":"too many calls"}`)
	good := wav(t, []int16{0})
	for want, c := range map[string]Call{
		"404 Not Found: no connector has this id": {Caller: good, Feed: url, Connector: "nowhere", Speed: 1},
		"too many calls":       {Caller: good, Feed: url, Speed: 1},
		"nobody answers there": {Caller: good, Feed: "ws://127.0.0.1:1/feed", Speed: 1},
		"--speed 0":            {Caller: good, Feed: url},
	} {
		t.Run(want, func(t *testing.T) {
			if err := c.Do(t.Context(), &bytes.Buffer{}, terminal.Output{Writer: &bytes.Buffer{}}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want %q", err, want)
			}
		})
	}
}
