package softphone

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"timbre"
	"timbre/cmd/timbre/terminal"
	"timbre/rtp/codec"
	"timbre/sip/phone"
)

// timeout bounds the sending of a message.
const timeout = 5 * time.Second

// feedCall is a call over WebSocket, as docs/feed.md specifies.
type feedCall struct {
	*websocket.Conn
	audio    []byte // of all channels, interleaved
	silence  byte
	channels int
	speed    float64
}

// feed places the call over WebSocket, with the same audio, flags and output as over SIP.
func (c Call) feed(ctx context.Context, cfg phone.Config, out io.Writer, bar *terminal.Progress) error {
	if !(c.Speed > 0) {
		return timbre.Errorf(timbre.Invalid, "", "--speed %v is not above 0", c.Speed)
	}
	to := strings.TrimRight(c.Feed, "/")
	if c.Connector != "" {
		to += "/" + c.Connector
	}
	conn, res, err := websocket.Dial(ctx, to, &websocket.DialOptions{HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: cfg.TLS}}})
	if res != nil && res.Body != nil {
		defer func() { _ = res.Body.Close() }()
	}
	if err != nil {
		why := "nobody answers there"
		if res != nil {
			text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
			why = res.Status + ": " + strings.TrimSpace(string(text))
		}
		return timbre.Errorf(timbre.Unavailable, "", "feed refused: %s: %w", why, err)
	}
	defer func() { _ = conn.CloseNow() }()
	f := c.encode(conn, cfg)
	txid, err := f.begin(ctx, c)
	if err != nil {
		return err
	}
	if err := c.name(out, txid); err != nil {
		return err
	}
	if err := f.play(ctx, c.Wait, c.HoldOpen, bar.At); err != nil {
		return err
	}
	return f.hangUp(context.WithoutCancel(ctx))
}

// encode interleaves the channels of a call.
func (c Call) encode(conn *websocket.Conn, cfg phone.Config) *feedCall {
	f := &feedCall{Conn: conn, channels: 2, speed: c.Speed, silence: codec.ULaw.Silence()}
	if c.ALaw {
		f.silence = codec.ALaw.Silence()
	}
	caller, agent := cfg.Caller.Audio, cfg.Callee.Audio
	if c.Mixed {
		f.channels, f.audio = 1, caller
		return f
	}
	at := func(b []byte, i int) byte {
		if i < len(b) {
			return b[i]
		}
		return f.silence
	}
	for i := range max(len(caller), len(agent)) {
		f.audio = append(f.audio, at(caller, i), at(agent, i))
	}
	return f
}

// begin sends the start message and returns the transaction id.
func (f *feedCall) begin(ctx context.Context, c Call) (txid string, err error) {
	encoding, channels := "mulaw", []string{"caller", "callee"}
	if c.ALaw {
		encoding = "alaw"
	}
	if c.Mixed {
		channels = []string{"mixed"}
	}
	text, err := json.Marshal(map[string]any{
		"type": "start", "from": user(c.From), "to": user(c.To),
		"format": map[string]any{"encoding": encoding, "sampleRate": timbre.SampleRate, "channels": channels},
	})
	if err != nil {
		return "", err
	}
	if err := f.Write(ctx, websocket.MessageText, text); err != nil {
		return "", err
	}
	return f.answer(ctx, "started")
}

// answer reads a message of the server and returns its transaction id, if any. A message of another type is an error.
func (f *feedCall) answer(ctx context.Context, want string) (txid string, err error) {
	_, text, err := f.Read(ctx)
	if err != nil {
		return "", timbre.Errorf(timbre.Unavailable, "", "feed interrupted: %w", err)
	}
	var m struct{ Type, TransactionID, Message string }
	if err := json.Unmarshal(text, &m); err != nil || m.Type != want {
		return "", timbre.Errorf(timbre.Unavailable, "", "unexpected message: %.200s", text)
	}
	return m.TransactionID, nil
}

// play sends silence, the audio, and then silence while the flags say so, 20 ms at a time.
func (f *feedCall) play(ctx context.Context, wait time.Duration, stay bool, progress func(time.Duration)) error {
	size := timbre.FrameSamples * f.channels
	silence := make([]byte, size)
	for i := range silence {
		silence[i] = f.silence
	}
	tick := time.NewTicker(time.Duration(float64(timbre.FrameDuration) / f.speed))
	defer tick.Stop()
	for sent := -int(wait / timbre.FrameDuration); sent*size < len(f.audio) || stay; sent++ {
		frame := silence
		if at := sent * size; at >= 0 && at < len(f.audio) {
			frame = f.audio[at:min(at+size, len(f.audio))]
			progress(timbre.Duration(at / f.channels))
		}
		if err := f.send(ctx, websocket.MessageBinary, frame); err != nil {
			_, cause := f.answer(context.WithoutCancel(ctx), "")
			return cause
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if stay { // the call ends as requested
				return nil
			}
			return ctx.Err()
		}
	}
	return nil
}

// send writes a message. An interrupt does not cancel it, because that would close the connection.
func (f *feedCall) send(ctx context.Context, kind websocket.MessageType, message []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	return f.Write(ctx, kind, message)
}

// hangUp ends the call.
func (f *feedCall) hangUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := f.send(ctx, websocket.MessageText, []byte(`{"type":"stop"}`)); err != nil {
		return err
	}
	if _, err := f.answer(ctx, "stopped"); err != nil {
		return err
	}
	return f.Close(websocket.StatusNormalClosure, "")
}
