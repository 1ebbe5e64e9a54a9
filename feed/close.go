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
	f.tell(func(s speaker) any { return s.failed(reason) })
	f.awaitParting()
	timer := time.AfterFunc(closeTimeout, f.cancelRead)
	defer timer.Stop()
	text := reason.detail
	if len(text) > maxReason {
		text = reason.code
	}
	_ = f.conn.Close(reason.closeStatus(), text)
}

// maxReason is the longest reason of a close frame, in bytes: RFC 6455, 5.5 allows 123.
const maxReason = 120

// hangUp responds to a stop message. It may be the response to a failure that was sent.
func (f *session) hangUp(m stopMessage) {
	f.timeout.Stop()
	reason := hungUp
	if m.failure != "" {
		reason = fail("sender", m.failure)
	}
	if f.endBy(reason) != reason {
		f.tell(speaker.stopped)
		return
	}
	f.endCall(reason.detail)
	f.tell(speaker.stopped)
	timer := time.AfterFunc(closeTimeout, f.cancelRead)
	defer timer.Stop()
	_ = f.conn.Close(websocket.StatusNormalClosure, "")
}

// tell sends what a sender that reads messages is told.
func (f *session) tell(message func(speaker) any) {
	if s := f.speaker.Load(); s != nil {
		f.say(func() any { return message(*s) })
	}
}

// say sends a message; nil: there is none.
func (f *session) say(word func() any) {
	f.saying.Lock()
	defer f.saying.Unlock()
	message := word()
	if message == nil {
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
		f.s.env.Repeats.Count(f.s.env.Log, reason.code, "feed failed", "reason", reason.code, "detail", detail, "error", reason.err, "peer", f.peer,
			"transaction", f.transactionID)
	}
	f.endCall(detail)
	f.closing.Wait()
	_ = f.conn.CloseNow()
}
