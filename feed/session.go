package feed

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"timbre"
)

// session is one feed, from its connection to its end.
type session struct {
	intake
	request  timbre.AccessRequest // what the connection was admitted for
	header   http.Header          // of the request
	admitted []timbre.Access      // the connector that the feed may use; two, if several may be named

	conn    *websocket.Conn
	kind    *kind       // nil until it is detected
	dialect dialect     // of that kind
	timeout *time.Timer // until the start message, then until the next message

	speaker    atomic.Pointer[speaker] // nil: the sender reads no messages
	saying     sync.Mutex              // held while a message is worded and sent, so that none overtakes another
	left       chan struct{}           // closed when no message is read any more
	mu         sync.Mutex
	cancelRead context.CancelFunc
	end        *failure       // why the feed ends; nil while it is live
	closing    sync.WaitGroup // of the goroutine that closes the connection
}

func newSession(s *Server, peer string) *session {
	f := &session{intake: newIntake(s, peer), left: make(chan struct{})}
	f.speaks(&native{}) // until the dialect is known
	return f
}

// run reads a connection to its end, or to the end of the call.
func (f *session) run(ctx context.Context, conn *websocket.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.conn, f.ctx = conn, ctx
	f.mu.Lock()
	f.cancelRead = cancel
	stopped := f.end
	f.mu.Unlock()
	defer f.release()
	defer close(f.left)
	if stopped != nil { // before there was a connection
		f.closeWith(stopped)
		return
	}
	f.timeout = time.AfterFunc(f.s.cfg.StartTimeout, func() { f.stop(fail("no_start", "no call began in time")) })
	if failed := f.read(); failed != nil {
		f.stop(failed)
		f.part()
	} else {
		_ = f.endBy(hungUp)
	}
}

// read takes messages to the end. It returns nil if the sender has hung up, or the feed has been stopped.
func (f *session) read() *failure {
	for {
		kind, message, err := f.conn.Read(f.ctx)
		if err != nil {
			return readFailure(err)
		}
		parsed, err := f.parse(kind, message)
		if err != nil {
			return parseFailure(err)
		}
		if m, stop := parsed.(stopMessage); stop {
			f.hangUp(m)
			return nil
		}
		duration, failed := f.handle(parsed)
		if failed != nil {
			return failed
		}
		f.throttle(duration)
	}
}

// handle acts on a start message or audio, and returns how much audio it was.
func (f *session) handle(message any) (duration time.Duration, _ *failure) {
	switch m := message.(type) {
	case startMessage:
		return 0, f.open(m)
	case audio:
		return f.receive(m)
	case reply:
		f.say(m)
	}
	return 0, nil
}

// speaks sets the dialect in which the sender is told things.
func (f *session) speaks(d dialect) {
	f.speaker.Store(nil)
	if s, ok := d.(speaker); ok {
		f.speaker.Store(&s)
	}
}

// parse reads a message in the session's dialect, which is detected from the first text messages.
func (f *session) parse(kind websocket.MessageType, message []byte) (any, error) {
	if f.dialect == nil {
		if kind != websocket.MessageText {
			return nil, unexpected("audio before the start message")
		}
		var err error
		if f.kind, err = detect(message); f.kind == nil {
			return nil, err
		}
		f.dialect = f.kind.open()
		f.speaks(f.dialect)
	}
	if kind == websocket.MessageText {
		return f.dialect.text(message)
	}
	return f.dialect.binary(message)
}

// throttle waits while the feed is too far ahead, and restarts the idle timeout.
func (f *session) throttle(audio time.Duration) {
	f.pause(audio)
	if f.transactionID != "" {
		f.timeout.Reset(f.s.cfg.IdleTimeout)
	}
}

// pinged is called while the connection is read: a sender that pings is not idle. It is also called while another goroutine
// closes the connection, and is ignored then.
func (f *session) pinged(context.Context, []byte) bool {
	f.mu.Lock()
	ended := f.end != nil
	f.mu.Unlock()
	if !ended {
		f.throttle(0)
	}
	return true
}
