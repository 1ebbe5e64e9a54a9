package feed

import (
	"context"
	"encoding/json"
	"time"

	"github.com/coder/websocket"
)

// farewell is how long a sender may take to hear what it is told last.
const farewell = 2 * time.Second

// over is the end of a feed that nothing is wrong with.
var over = fault("over", "")

// settle says why a feed ends, if that has not been said, and gives what has been said.
func (f *session) settle(b *broken) (said *broken) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault == nil {
		f.fault = b
	}
	return f.fault
}

// stop ends the feed from outside of its reading, or because of what was read. The first fault counts.
func (f *session) stop(b *broken) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		return
	}
	f.fault = b
	if f.hurry != nil {
		f.leaving.Go(func() { f.tell(b) })
	}
}

// tell closes the connection, and says why to those who understand it.
func (f *session) tell(b *broken) {
	last := time.AfterFunc(farewell, f.hurry)
	defer last.Stop()
	f.write(map[string]any{"type": "error", "code": b.code, "message": b.detail})
	reason := b.detail
	if len(reason) > 120 {
		reason = b.code
	}
	_ = f.conn.Close(b.ending(), reason)
}

// hangUp is the answer to a stop message.
func (f *session) hangUp() {
	f.timer.Stop()
	_ = f.settle(over)
	f.endCall("")
	f.write(map[string]any{"type": "stopped"})
	last := time.AfterFunc(farewell, f.hurry)
	defer last.Stop()
	_ = f.conn.Close(websocket.StatusNormalClosure, "")
}

// write tells the sender something, if it is one that understands.
func (f *session) write(answer map[string]any) {
	if f.foreign.Load() {
		return
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return // there is nothing in it that JSON does not know
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = f.conn.Write(ctx, websocket.MessageText, text) // whoever has gone will be noticed by reading
}

// end ends the call, if it still lives, and lets go of the connection.
func (f *session) end() {
	if f.timer != nil {
		f.timer.Stop()
	}
	failure := ""
	if b := f.settle(fault("internal", "the server failed")); b != over { // nothing has been said when it panicked
		failure = b.detail
		f.s.metrics.failed.WithLabelValues(b.code).Inc()
		f.s.cfg.Log.Warn("feed ended", "reason", b.code, "detail", b.detail, "error", b.err, "source", f.source, "transaction", f.txid)
	}
	f.endCall(failure)
	f.leaving.Wait()
	_ = f.conn.CloseNow()
}

func (f *session) endCall(failure string) {
	if f.txid == "" {
		return
	}
	for _, l := range f.legs {
		l.flush()
	}
	clear(f.legs)
	if err := f.s.calls.End(context.WithoutCancel(f.ctx), f.txid, failure); err != nil {
		f.s.cfg.Log.Error("the end of a feed could not be written", "transaction", f.txid, "error", err)
	}
	f.txid = ""
}
