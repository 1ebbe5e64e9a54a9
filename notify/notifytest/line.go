package notifytest

import (
	"net"
	"sync"
)

// lines is a listener whose connections can be made deaf.
type lines struct {
	net.Listener
	heard chan<- struct{} // receives a value when something is sent on a deaf connection

	mu  sync.Mutex
	all []*line
}

type line struct {
	net.Conn
	heard chan<- struct{}
	deaf  chan struct{} // closed when the connection is made deaf
	ended chan struct{} // closed at the end of the service
	once  sync.Once
	end   sync.Once
}

func (l *lines) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	one := &line{Conn: c, heard: l.heard, deaf: make(chan struct{}), ended: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, one)
	return one, nil
}

func (l *lines) deafen() {
	l.each(func(one *line) { one.once.Do(func() { close(one.deaf) }) })
}

func (l *lines) end() {
	l.each(func(one *line) { one.end.Do(func() { close(one.ended) }) })
}

func (l *lines) each(do func(*line)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.all {
		do(one)
	}
}

// Read swallows what arrives on a deaf connection, and returns only once the service ends.
func (c *line) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	select {
	case <-c.deaf:
	default:
		return n, err
	}
	if n > 0 {
		select {
		case c.heard <- struct{}{}:
		default:
		}
	}
	<-c.ended
	return 0, net.ErrClosed
}

// Write sends nothing on a deaf connection.
func (c *line) Write(p []byte) (int, error) {
	select {
	case <-c.deaf:
		return len(p), nil
	default:
		return c.Conn.Write(p)
	}
}
