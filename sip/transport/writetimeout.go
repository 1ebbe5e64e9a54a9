package transport

import (
	"net"
	"time"
)

// writeTimeout is how long a write to a stream may take whose peer does not read.
const writeTimeout = 10 * time.Second

// writeTimeoutListener is a listener whose connections give up a write after writeTimeout.
type writeTimeoutListener struct{ net.Listener }

// writeTimeoutConn is one of them. Writes wait for each other, so that none of them prolongs the time of another one; after one that has
// failed, of whose message the peer may have a part, there are no more.
type writeTimeoutConn struct {
	net.Conn
	writing chan struct{} // holds a value while a write is under way
}

func (l writeTimeoutListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newWriteTimeoutConn(c), nil
}

func newWriteTimeoutConn(c net.Conn) *writeTimeoutConn {
	return &writeTimeoutConn{Conn: c, writing: make(chan struct{}, 1)}
}

func (c *writeTimeoutConn) Write(b []byte) (int, error) {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		_ = c.Close()
	}
	return n, err
}
