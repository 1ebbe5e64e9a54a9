package feed

import (
	"context"
	"encoding/json"
	"time"

	"github.com/coder/websocket"
)

// closeTimeout is how long a sender may take to read the last messages.
const closeTimeout = 2 * time.Second

// hungUp is the end of a feed whose sender has hung up.
var hungUp = fail("hung_up", "")

// endBy records why the feed ends, unless it has a reason already, and returns the reason that counts: the first.
func (f *session) endBy(reason *failure) *failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end == nil {
		f.end = reason
	}
	return f.end
}

// stop ends the feed, from any goroutine.
func (f *session) stop(reason *failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end != nil {
		return
	}
	f.end = reason
	if f.cancelRead != nil {
		f.closing.Go(func() { f.closeWith(reason) })
	}
}

// closeWith closes the connection. Senders that read messages are sent the reason.
func (f *session) closeWith(reason *failure) {
	timer := time.AfterFunc(closeTimeout, f.cancelRead)
	defer timer.Stop()
	f.send(map[string]any{"type": "error", "code": reason.code, "message": reason.detail})
	text := reason.detail
	if len(text) > maxReason {
		text = reason.code
	}
	_ = f.conn.Close(reason.closeStatus(), text)
}

// maxReason is the longest reason of a close frame, in bytes: RFC 6455, 5.5 allows 123.
const maxReason = 120

// hangUp responds to a stop message.
func (f *session) hangUp() {
	f.timeout.Stop()
	_ = f.endBy(hungUp)
	f.endCall("")
	f.send(map[string]any{"type": "stopped"})
	timer := time.AfterFunc(closeTimeout, f.cancelRead)
	defer timer.Stop()
	_ = f.conn.Close(websocket.StatusNormalClosure, "")
}

// send writes a message to a sender that reads messages.
func (f *session) send(message map[string]any) {
	if f.sendOnly.Load() {
		return
	}
	text, err := json.Marshal(message)
	if err != nil {
		return // it holds strings and numbers only
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = f.conn.Write(ctx, websocket.MessageText, text) // the next read fails too
}

// release ends the call if it is live, and closes the connection.
func (f *session) release() {
	if f.timeout != nil {
		f.timeout.Stop()
	}
	detail := ""
	if reason := f.endBy(internalFailure(nil)); reason != hungUp { // without a reason yet: a panic
		detail = reason.detail
		f.s.metrics.failed.WithLabelValues(reason.code).Inc()
		f.s.env.Log.Warn("feed failed", "reason", reason.code, "detail", detail, "error", reason.err, "peer", f.peer,
			"transaction", f.transactionID)
	}
	f.endCall(detail)
	f.closing.Wait()
	_ = f.conn.CloseNow()
}

// endCall ends the call, with a failure unless a party hung up.
func (f *session) endCall(failure string) {
	if f.transactionID == "" {
		return
	}
	for _, l := range f.legs {
		l.flush()
	}
	clear(f.legs)
	if err := f.s.deps.Calls.End(context.WithoutCancel(f.ctx), f.transactionID, failure); err != nil {
		f.s.env.Log.Error("ending the call of a feed failed", "transaction", f.transactionID, "error", err)
	}
	f.transactionID = ""
}
