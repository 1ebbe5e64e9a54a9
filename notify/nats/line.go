package nats

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const dialTimeout = 5 * time.Second // of one server, with its handshake

// Pings find a connection whose peer has vanished.
const (
	pingInterval = 5 * time.Second
	maxPings     = 2
)

// line is a connection. A message that gets no answer may mean that the peer has vanished, or that its stream alone is stuck. The line is
// then left to those who still wait for an answer on it, and others get a new one.
type line struct {
	*nats.Conn
	stream jetstream.JetStream
	users  int
	left   bool // the last user closes it
}

// lines are the connection that is in use and those that are left.
type lines struct {
	url     string
	options []nats.Option

	mu      sync.Mutex
	current *line
	dialing *dial
	closed  bool
	ending  sync.WaitGroup
}

// dial is an attempt to connect, which all who want to send wait for.
type dial struct {
	done chan struct{}
	err  error // once done
}

// acquire returns a line, until it is released.
func (s *lines) acquire(ctx context.Context) (*line, error) {
	for {
		l, d := s.ready()
		if l != nil {
			return l, nil
		}
		select {
		case <-d.done:
			if d.err != nil {
				return nil, d.err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// ready returns the current line, or the dial that brings the next.
func (s *lines) ready() (*line, *dial) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.current; l != nil && l.IsConnected() {
		l.users++
		return l, nil
	}
	if s.dialing == nil {
		d := &dial{done: make(chan struct{})}
		if s.closed {
			d.err = nats.ErrConnectionClosed
			close(d.done)
			return nil, d
		}
		s.dialing = d
		s.ending.Go(func() { s.connect(d) })
	}
	return nil, s.dialing
}

func (s *lines) connect(d *dial) {
	l, err := open(s.url, s.options)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(d.done)
	s.dialing, d.err = nil, err
	switch {
	case err != nil:
	case s.closed:
		l.Close()
		d.err = nats.ErrConnectionClosed
	default:
		s.current = l
	}
}

func open(url string, options []nats.Option) (*line, error) {
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return nil, err
	}
	stream, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &line{Conn: conn, stream: stream}, nil
}

// release gives a line back. One that has given no answer is left.
func (s *lines) release(l *line, unanswered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.users--
	if unanswered {
		l.left = true
		if s.current == l {
			s.current = nil
		}
	}
	if l.left && l.users == 0 {
		s.ending.Go(l.Close)
	}
}

// Close ends the connections.
func (s *lines) Close() {
	s.mu.Lock()
	s.closed = true
	l := s.current
	s.current = nil
	s.mu.Unlock()
	if l != nil {
		l.Close()
	}
	s.ending.Wait()
}
