package transport

import (
	"net"
	"time"
)

// writeTimeout is how long a write to a stream may take whose peer does not read.
const writeTimeout = 10 * time.Second

// writeTimeoutListener is a listener whose connections give up a write after writeTimeout.
type writeTimeoutListener struct{ net.Listener }

type writeTimeoutConn struct{ net.Conn }

func (l writeTimeoutListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return writeTimeoutConn{c}, nil
}

func (c writeTimeoutConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
