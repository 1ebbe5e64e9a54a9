// Package framing splits a connection into SIP messages. In come the bytes that a peer sends by TCP or TLS; out go whole
// messages, one at a time, each after an Inspector has judged it. The SIP stack behind it never waits for the rest of a
// message, and never reads one that cannot be parsed.
//
// It bounds what a peer can make the server buffer: the head of a message, its body, and the time that it takes. Of a message
// it reads only where it ends.
package framing

import (
	"bufio"
	"errors"
	"io"
	"net"
	"time"
)

// Why a connection is closed.
var (
	ErrTooLarge  = errors.New("the message is too large")
	ErrUnframed  = errors.New("the message has no unambiguous Content-Length")
	ErrSlow      = errors.New("the message takes too long")
	ErrIdle      = errors.New("no message arrives in time")
	errMalformed = errors.New("a header line does not end in CRLF")
)

// Limits of a connection.
type Limits struct {
	Head, Body int           // bytes
	Message    time.Duration // from the first byte of a message to its last
}

// Verdict says what becomes of a message.
type Verdict struct {
	Pass     []byte // to the reader of the connection; nil: nothing
	Response []byte // to the peer; nil: none
	Close    bool   // close the connection
}

// Inspector judges messages.
type Inspector interface {
	// Message judges a whole message, whose body has a length in bytes.
	Message(raw []byte, body int) Verdict
	// Broken is called before the connection is closed for a cause, with the head of the message as far as it has arrived.
	// It returns the response to the peer; nil: none.
	Broken(head []byte, cause error) (response []byte)
	// IdleTimeout is how long the peer may send no message; zero: any time.
	IdleTimeout() time.Duration
}

// Conn is a connection whose Read returns whole messages only, each in as many pieces as the buffer needs.
type Conn struct {
	net.Conn
	limits    Limits
	inspector Inspector
	in        *bufio.Reader
	pending   []byte // of the message that is being read
	breaks    int    // line breaks since the last message
}

// New frames a connection.
func New(c net.Conn, limits Limits, inspector Inspector) *Conn {
	return &Conn{Conn: c, limits: limits, inspector: inspector, in: bufio.NewReader(c)}
}

// Read returns the next bytes of a message. The end of the connection, whatever its cause, is io.EOF.
func (c *Conn) Read(b []byte) (int, error) {
	for len(c.pending) == 0 {
		if err := c.next(); err != nil {
			return 0, io.EOF
		}
	}
	n := copy(b, c.pending)
	c.pending = c.pending[n:]
	return n, nil
}

// apply does what a verdict says.
func (c *Conn) apply(v Verdict) error {
	if v.Response != nil {
		if _, err := c.Write(v.Response); err != nil {
			return err
		}
	}
	if v.Close {
		return net.ErrClosed
	}
	c.pending = v.Pass
	return nil
}
