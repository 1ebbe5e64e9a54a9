package test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/coder/websocket"

	"timbre"
)

// feedConn is the client side of a media feed over WebSocket.
type feedConn struct {
	*websocket.Conn
	ctx context.Context
	t   *testing.T
}

func connect(ctx context.Context, t *testing.T, url string, header http.Header) feedConn {
	t.Helper()
	c, res, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: header})
	must(t, err)
	if res.Body != nil {
		_ = res.Body.Close()
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	return feedConn{c, ctx, t}
}

func (f feedConn) send(message any) {
	f.t.Helper()
	text, err := json.Marshal(message)
	must(f.t, err)
	must(f.t, f.Write(f.ctx, websocket.MessageText, text))
}

// receive reads the next message, which must be of a type.
func (f feedConn) receive(kind string) (m struct{ Type, TransactionID, Code, Message string }) {
	f.t.Helper()
	_, text, err := f.Read(f.ctx)
	must(f.t, err)
	must(f.t, json.Unmarshal(text, &m))
	if m.Type != kind {
		f.t.Fatalf("got message %s, want type %s", text, kind)
	}
	return m
}

// waitClosed reads until the server closes the connection, which must happen without an error message.
func (f feedConn) waitClosed() {
	f.t.Helper()
	for {
		_, text, err := f.Read(f.ctx)
		if err == nil && !bytes.Contains(text, []byte(`"error"`)) {
			continue
		}
		if closed := (websocket.CloseError{}); !errors.As(err, &closed) || closed.Code != websocket.StatusNormalClosure {
			f.t.Errorf("got message %s and error %v, want a normal closure", text, err)
		}
		return
	}
}

// feedJSON sends a demo call in Timbre's own protocol, and starts a search on it before the first audio.
func (h deployment) feedJSON(ctx context.Context, t *testing.T, url, name string, header http.Header) (search string) {
	t.Helper()
	f := connect(ctx, t, url+"/"+h.connector, header)
	f.send(map[string]any{
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
	f.send(map[string]string{"type": "stop"})
	f.waitClosed()
	return search
}

// feedTwilio sends a demo call in the protocol of Twilio Media Streams.
func (h deployment) feedTwilio(ctx context.Context, t *testing.T, hook *receiver, url, name string) (search string) {
	t.Helper()
	f := connect(ctx, t, url, nil)
	f.send(map[string]string{"event": "connected", "protocol": "Call", "version": "1.0.0"})
	f.send(map[string]any{"event": "start", "streamSid": "MZ1", "start": map[string]any{
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
			f.send(map[string]any{"event": "media", "streamSid": "MZ1", "media": map[string]string{
				"track":     track,
				"timestamp": fmt.Sprint(at / 8), "payload": base64.StdEncoding.EncodeToString(audio[at : at+160]),
			}})
		}
	}
	f.send(map[string]any{"event": "stop", "streamSid": "MZ1"})
	f.waitClosed()
	return search
}
