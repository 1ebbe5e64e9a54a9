// Package framing cuts a connection into SIP messages. In comes what a peer sends by TCP or TLS, in pieces; out goes one whole
// message at a time, which somebody else looks at before the SIP stack gets to read it: the stack then never waits for the
// rest of a message, and never meets one that cannot be read.
//
// It bounds what a peer can make it keep: the head of a message, its body, and the time that it takes. It understands of a
// message only where it ends.
package framing

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"time"
)

// Why a connection is given up.
var (
	ErrTooLarge  = errors.New("the message is too large")
	ErrUnframed  = errors.New("nothing says where the message ends")
	ErrSlow      = errors.New("the message takes too long")
	ErrIdle      = errors.New("no message has come for too long")
	errMalformed = errors.New("a line of the head is no line")
)

// Limits of a connection.
type Limits struct {
	Head, Body int           // bytes
	Message    time.Duration // for a message to be there as a whole, from its first byte
}

// Verdict is what becomes of a message.
type Verdict struct {
	Pass     []byte // to the stack; nil: nothing
	Response []byte // to the peer; nil: nothing
	Close    bool   // the connection
}

// Judge looks at messages.
type Judge interface {
	// Message is a whole message, of which the body has so many bytes.
	Message(raw []byte, body int) Verdict
	// Broken is the head of a message, as far as it came, after which the connection is closed; and what goes to the peer.
	Broken(head []byte, why error) (answer []byte)
	// IdleTimeout is how long the peer may be silent; zero: for ever.
	IdleTimeout() time.Duration
}

// Conn is a connection whose Read gives whole messages only, each in as many pieces as the buffer asks for.
type Conn struct {
	net.Conn
	limits  Limits
	judge   Judge
	in      *bufio.Reader
	pending []byte
	breaks  int // of line, since the last message
}

// New cuts a connection.
func New(c net.Conn, limits Limits, judge Judge) *Conn {
	return &Conn{Conn: c, limits: limits, judge: judge, in: bufio.NewReader(c)}
}

// Read gives what is next of a message. Whatever ends the connection is an end of file.
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

// ping is what a peer sends to see whether the connection lives (RFC 5626, 3.5.1); the stack answers it.
const ping = "\r\n\r\n"

// next reads a message, or a ping.
func (c *Conn) next() error {
	if err := c.begin(); err != nil {
		return err
	}
	if c.breaks == 2 {
		c.breaks, c.pending = 0, []byte(ping)
		return nil
	}
	head, err := c.head()
	length := 0
	if err == nil {
		length, err = bodyLength(head)
	}
	if err == nil && length > c.limits.Body {
		err = ErrTooLarge
	}
	if err != nil {
		return c.broken(head, err)
	}
	raw := bytes.NewBuffer(head)
	if _, err := io.CopyN(raw, c.in, int64(length)); err != nil {
		return c.broken(head, err)
	}
	return c.rule(c.judge.Message(raw.Bytes(), length))
}

// begin waits for the first byte of a message, and swallows the line breaks before it: it returns at every second of them.
func (c *Conn) begin() error {
	var until time.Time
	if timeout := c.judge.IdleTimeout(); timeout > 0 {
		until = time.Now().Add(timeout)
	}
	_ = c.SetReadDeadline(until)
	for {
		next, err := c.in.Peek(1)
		if err == nil && next[0] == '\r' {
			next, err = c.in.Peek(2)
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return c.broken(nil, ErrIdle)
		case err != nil:
			return err
		case next[0] == 0: // padding
			_, _ = c.in.Discard(1)
			continue
		case string(next) != "\r\n":
			c.breaks = 0
			return c.SetReadDeadline(time.Now().Add(c.limits.Message))
		}
		_, _ = c.in.Discard(2)
		if c.breaks++; c.breaks == 2 {
			return nil
		}
	}
}

// head reads up to the empty line that ends the head of a message.
func (c *Conn) head() (head []byte, err error) {
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		line, err := c.in.ReadSlice('\n')
		head = append(head, line...)
		switch {
		case len(head) > c.limits.Head:
			return head, ErrTooLarge
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return head, err
		case err == nil && !bytes.HasSuffix(head, []byte("\r\n")):
			return head, errMalformed
		}
	}
	return head, nil
}

var lengths = regexp.MustCompile(`(?im)^(?:Content-Length|l)[ \t]*:[ \t]*(?:\r\n[ \t]+)?([0-9]{1,10})[ \t]*\r$`)

// bodyLength is how long a head says that the body is. There is no other way to find the next message.
func bodyLength(head []byte) (int, error) {
	found := lengths.FindAllSubmatch(head, -1)
	if len(found) == 0 {
		return 0, ErrUnframed
	}
	for _, f := range found[1:] {
		if !bytes.Equal(f[1], found[0][1]) {
			return 0, ErrUnframed
		}
	}
	return strconv.Atoi(string(found[0][1]))
}

// broken gives the connection up.
func (c *Conn) broken(head []byte, why error) error {
	if errors.Is(why, os.ErrDeadlineExceeded) {
		why = ErrSlow
	}
	answer := c.judge.Broken(head, why)
	err := c.rule(Verdict{Response: answer})
	if err == nil && answer != nil && !errors.Is(why, ErrSlow) && !errors.Is(why, ErrIdle) {
		c.drain()
	}
	return why
}

// drain reads what the peer is still sending, within reason: an end before that would take away the answer that it has not
// read yet.
func (c *Conn) drain() {
	_ = c.SetReadDeadline(time.Now().Add(last))
	_, _ = io.CopyN(io.Discard, c.in, int64(c.limits.Head+2*c.limits.Body))
}

// last is how long a peer may go on sending after an answer to what could not be read.
const last = time.Second

// rule does what the judge has said.
func (c *Conn) rule(r Verdict) error {
	if r.Response != nil {
		if _, err := c.Write(r.Response); err != nil {
			return err
		}
	}
	if r.Close {
		return net.ErrClosed
	}
	c.pending = r.Pass
	return nil
}
