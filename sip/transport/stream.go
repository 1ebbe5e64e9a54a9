package transport

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/framing"
)

const (
	maxHead        = 64 << 10         // bytes of a message before its body
	messageTimeout = 30 * time.Second // from the first byte of a message to its last
	// An unknown source sends its first message soon, and proves soon that it may call: others wait for its place.
	firstTimeout, proofTimeout = 5 * time.Second, 15 * time.Second
	unknownTimeout             = 5 * time.Second // for a message of an unknown source
)

// framed wraps a listener so that its connections give the SIP stack whole messages that it can parse.
func (s *Stack) framed(l net.Listener) net.Listener { return framedListener{l, s} }

type framedListener struct {
	net.Listener
	stack *Stack
}

func (l framedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.stack.frame(c, &inspector{stack: l.stack, from: AddrPort(c.RemoteAddr()).Addr(), since: l.stack.env.Steady()}), nil
}

// frame is a connection that gives whole messages which have been inspected.
func (s *Stack) frame(c net.Conn, i *inspector) net.Conn {
	limits := framing.Limits{Head: maxHead, Body: s.cfg.MaxBody, Message: messageTimeout}
	if !s.deps.Sources.Known(i.from) {
		limits.Message = unknownTimeout
	}
	return framing.New(c, limits, i)
}

// inspector judges the messages of one connection.
type inspector struct {
	stack  *Stack
	from   netip.Addr
	called bool      // the server has opened the connection
	since  time.Time // of the connection
	begun  bool      // a message has come
}

// origin is where the messages come from: a connection is proof that the peer gets what is sent to its address.
func (i *inspector) origin() timbre.Origin { return timbre.Origin{Addr: i.from, Returned: true} }

// Message inspects a message as prefilter does. It has to end where the stack's parser finds its end, or the stack would read
// the next one from its middle.
func (i *inspector) Message(raw []byte, body int) framing.Verdict {
	i.begun = true
	if len(raw) > int(gosip.TransportBufferReadSize) && bytes.IndexByte(raw, 0) >= 0 { // the stack skips a buffer of zeros
		return framing.Verdict{Response: i.Broken(raw, errZeros), Close: true}
	}
	in := i.stack.Inspect(i.stack.unparsedOrigin(i.from, raw, true), raw)
	if in.Pass != nil && contentLength(in.Message) != body {
		return framing.Verdict{Response: i.Broken(raw, framing.ErrUnframed), Close: true}
	}
	return framing.Verdict{Pass: in.Pass, Response: in.Response, Close: in.Banned}
}

var errZeros = errors.New("a long message contains zeros")

// contentLength is that of a parsed message; -1 without.
func contentLength(m gosip.Message) int {
	if m.ContentLength() == nil {
		return -1
	}
	return int(*m.ContentLength())
}

// Broken counts a connection that is closed, and answers a request that is too large or has no end.
func (i *inspector) Broken(head []byte, cause error) []byte {
	reason := breakReason(head, cause)
	i.stack.metrics.broken.WithLabelValues(reason).Inc()
	switch reason {
	case "malformed":
		i.stack.unparsable(i.from.String(), cause)
	case "too_large":
		i.stack.Reject(reason)
		i.stack.env.Repeats.Count(i.stack.env.Log, reason, "SIP message too large", "source", i.from)
	default:
		return nil
	}
	i.stack.deps.Sources.Failed(i.origin())
	if reason == "too_large" {
		return withStatusLine(mirror(head), "SIP/2.0 513 Message Too Large")
	}
	return mirror(head)
}

// breakReason is the label under which a closed connection is counted.
func breakReason(head []byte, cause error) string {
	switch {
	case errors.Is(cause, framing.ErrIdle):
		return "idle"
	case errors.Is(cause, framing.ErrSlow):
		return "slow"
	case errors.Is(cause, framing.ErrTooLarge):
		return "too_large"
	case errors.Is(cause, framing.ErrUnframed), errors.Is(cause, errZeros), bytes.IndexByte(head, '\n') >= 0:
		return "malformed"
	}
	return "closed"
}

// IdleTimeout is zero, which means never, for known sources and for those that are called. An unknown one becomes known by its proof.
func (i *inspector) IdleTimeout() time.Duration {
	left := max(proofTimeout-i.stack.env.Steady().Sub(i.since), time.Nanosecond)
	switch {
	case i.called, i.stack.deps.Sources.Known(i.from):
		return 0
	case i.begun:
		return left
	}
	return min(firstTimeout, left)
}
