package framing

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"
)

// ping is a keep-alive (RFC 5626, 3.5.1). The SIP stack answers it.
const ping = "\r\n\r\n"

// next reads a message, or a ping.
func (c *Conn) next() error {
	if err := c.await(); err != nil {
		return err
	}
	if c.breaks == 2 {
		c.breaks, c.pending = 0, []byte(ping)
		return nil
	}
	head, length, err := c.head()
	if err != nil {
		return c.broken(head, err)
	}
	raw := bytes.NewBuffer(head)
	if _, err := io.CopyN(raw, c.in, int64(length)); err != nil {
		return c.broken(head, err)
	}
	return c.apply(c.inspector.Message(raw.Bytes(), length))
}

// await waits for the first byte of a message and skips the line breaks and zeros before it. It returns at every second line
// break.
func (c *Conn) await() error {
	var deadline time.Time
	if timeout := c.inspector.IdleTimeout(); timeout > 0 {
		deadline = time.Now().Add(timeout)
	}
	_ = c.SetReadDeadline(deadline)
	for {
		next, err := c.peek()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			if c.inspector.IdleTimeout() > 0 {
				return c.broken(nil, ErrIdle)
			}
			_ = c.SetReadDeadline(time.Time{}) // the peer has proven something while it was waited for
			continue
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

// peek is the next byte, or two if the first may begin a line break.
func (c *Conn) peek() ([]byte, error) {
	next, err := c.in.Peek(1)
	if err == nil && next[0] == '\r' {
		return c.in.Peek(2)
	}
	return next, err
}

// head reads up to the empty line that ends the head of a message, and the length of the body that follows.
func (c *Conn) head() (head []byte, body int, err error) {
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		line, err := c.in.ReadSlice('\n')
		head = append(head, line...)
		switch {
		case len(head) > c.limits.Head:
			return head, 0, ErrTooLarge
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return head, 0, err
		case err == nil && !bytes.HasSuffix(head, []byte("\r\n")):
			return head, 0, errMalformed
		}
	}
	if body, err = bodyLength(head); err == nil && body > c.limits.Body {
		err = ErrTooLarge
	}
	return head, body, err
}

var contentLength = regexp.MustCompile(`(?im)^(?:Content-Length|l)[ \t]*:[ \t]*(?:\r\n[ \t]+)?([0-9]{1,10})[ \t]*\r$`)

// bodyLength is the Content-Length in a head. Without it there is no way to find the next message.
func bodyLength(head []byte) (int, error) {
	found := contentLength.FindAllSubmatch(head, -1)
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

// broken ends the connection for a cause.
func (c *Conn) broken(head []byte, cause error) error {
	if errors.Is(cause, os.ErrDeadlineExceeded) {
		cause = ErrSlow
	}
	response := c.inspector.Broken(head, cause)
	err := c.apply(Verdict{Response: response})
	if err == nil && response != nil && !errors.Is(cause, ErrSlow) && !errors.Is(cause, ErrIdle) {
		c.drain()
	}
	return cause
}

// drainTimeout is how long a peer may go on sending after the response to what cannot be read.
const drainTimeout = time.Second

// drain reads what the peer is still sending, within limits. If the connection were closed before, the peer would lose the
// response that it has not read yet.
func (c *Conn) drain() {
	_ = c.SetReadDeadline(time.Now().Add(drainTimeout))
	_, _ = io.CopyN(io.Discard, c.in, int64(c.limits.Head+2*c.limits.Body))
}
