package feed

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"timbre"
)

// session is one feed, from its connection to its end.
type session struct {
	s        *Server
	source   string
	admitted []timbre.Access // the connectors that the feed may use

	conn      *websocket.Conn
	ctx       context.Context
	dialect   dialect // nil until it is known
	pace      pace
	timer     *time.Timer
	said      opening
	txid      string // of the call; empty until it has begun
	connector string
	legs      map[string]*leg // by the names of their tracks

	foreign atomic.Bool // the sender understands nothing that it is told
	mu      sync.Mutex
	hurry   context.CancelFunc // ends what is read
	fault   *broken            // why it ends
	leaving sync.WaitGroup     // of whoever tells the sender
}

func newSession(s *Server, source string) *session {
	return &session{s: s, source: source, legs: map[string]*leg{}}
}

// run reads a connection to its end, or to the end of the call.
func (f *session) run(ctx context.Context, conn *websocket.Conn) {
	ctx, hurry := context.WithCancel(ctx)
	defer hurry()
	f.conn, f.ctx = conn, ctx
	f.mu.Lock()
	f.hurry = hurry
	early := f.fault
	f.mu.Unlock()
	defer f.end()
	if early != nil { // stopped before there was anything to read
		f.tell(early)
		return
	}
	f.timer = time.AfterFunc(f.s.cfg.Patience, func() { f.stop(fault("no_start", "no call was begun in time")) })
	if b := f.read(); b != nil {
		f.stop(b)
	} else {
		_ = f.settle(over)
	}
}

// read takes messages until there are no more; nil: the sender has hung up, or the feed has been stopped.
func (f *session) read() *broken {
	for {
		kind, message, err := f.conn.Read(f.ctx)
		if err != nil {
			return lost(err)
		}
		what, err := f.understand(kind, message)
		if err != nil {
			return fault("bad_message", err.Error())
		}
		var lasts time.Duration
		var b *broken
		switch what := what.(type) {
		case opening:
			b = f.open(what)
		case audio:
			lasts, b = f.hear(what)
		case closing:
			f.hangUp()
			return nil
		}
		if b != nil {
			return b
		}
		f.hold(lasts)
	}
}

func (f *session) understand(kind websocket.MessageType, message []byte) (any, error) {
	if f.dialect == nil {
		if kind != websocket.MessageText {
			return nil, unexpected("audio before the start message")
		}
		var err error
		if f.dialect, err = detect(message); f.dialect == nil {
			return nil, err
		}
		f.foreign.Store(!f.dialect.answers())
	}
	if kind == websocket.MessageText {
		return f.dialect.text(message)
	}
	return f.dialect.binary(message)
}

// hold waits while the feed is too far ahead, and begins to wait for the next message.
func (f *session) hold(audio time.Duration) {
	if wait := f.pace.wait(f.s.cfg.Now(), audio); wait > 0 {
		f.s.metrics.held.Inc()
		pause := time.NewTimer(wait)
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-f.ctx.Done():
		}
	}
	if f.txid != "" {
		f.timer.Reset(f.s.cfg.Idle)
	}
}

// pinged is called while the connection is read: whoever pings is there. While the connection is closed it may be called
// from elsewhere, and then it counts no more.
func (f *session) pinged(context.Context, []byte) bool {
	f.mu.Lock()
	stopped := f.fault != nil
	f.mu.Unlock()
	if !stopped {
		f.hold(0)
	}
	return true
}
