package sip

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/frame"
	"timbre/sip/sentry"
	"timbre/sip/siprec"
)

const (
	maxHead = 64 << 10         // bytes of a message before its body
	whole   = 30 * time.Second // that a message may take to come
	// A stranger has to say something soon, and to go on saying something.
	firstWord, nextWord = 32 * time.Second, 5 * time.Minute
)

// standing says whether the allowed hosts of a connector hold a source, and whether it may prove itself if not. Where that
// cannot be found out, the message is heard: whoever answers it asks again.
func (s *Server) standing(source netip.Addr) (known, provable bool) {
	list, err := s.admission.list.current(s.ctx)
	if err != nil {
		s.log.Error("who may call could not be found out", "error", err)
		return true, false
	}
	return len(list.letting(source)) > 0, list.provable
}

var inviting = []byte("INVITE ")

// hear is what becomes of a message: what the stack may read of it, and an answer, if it is given one unread.
func (s *Server) hear(from netip.Addr, data []byte) (pass, answer []byte, banned bool) {
	switch s.sentry.Message(from, bytes.HasPrefix(data, inviting)) {
	case sentry.Drop:
		return nil, nil, s.sentry.Banned(from)
	case sentry.Shed:
		return nil, instead(badRequest(data), "SIP/2.0 503 Service Unavailable\r\nRetry-After: 5"), false
	}
	err := s.readable(data)
	if err == nil {
		return data, nil, false
	}
	if better := repaired(data); s.readable(better) == nil {
		return better, nil, false
	}
	s.unreadable(from.String(), err)
	s.sentry.Failed(from)
	return nil, badRequest(data), false
}

// instead is an answer with another first line, and what follows that.
func instead(answer []byte, with string) []byte {
	_, rest, found := bytes.Cut(answer, []byte("\r\n"))
	if !found {
		return nil
	}
	return append([]byte(with+"\r\n"), rest...)
}

// framed is a listener whose connections give the stack whole messages that it can read.
type framed struct {
	net.Listener
	s *Server
}

func (l framed) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return frame.New(c, frame.Limits{Head: maxHead, Body: siprec.MaxBody, Whole: whole}, &hearing{s: l.s, from: sentry.Source(c.RemoteAddr())}), nil
}

// hearing judges what comes on a connection.
type hearing struct {
	s      *Server
	from   netip.Addr
	spoken bool
}

// Message is heard like one that comes by UDP. It has to end where its Content-Length says, or the next one would be read
// from its middle.
func (h *hearing) Message(raw []byte, body int) frame.Ruling {
	h.spoken = true
	if len(raw) > int(gosip.TransportBufferReadSize) && bytes.IndexByte(raw, 0) >= 0 { // zeros that fill the stack's buffer are skipped there
		return frame.Ruling{Answer: h.Broken(raw, errZeros), Close: true}
	}
	pass, answer, banned := h.s.hear(h.from, raw)
	if pass != nil && len(pass) == len(raw) && h.s.length(raw) != body {
		return frame.Ruling{Answer: h.Broken(raw, frame.ErrUnframed), Close: true}
	}
	return frame.Ruling{Pass: pass, Answer: answer, Close: banned}
}

var errZeros = errors.New("a long message holds zeros")

// length is how long the stack takes a message's body to be.
func (s *Server) length(raw []byte) int {
	msg, err := s.parser.ParseSIP(raw)
	if err != nil || msg.ContentLength() == nil {
		return -1
	}
	return int(*msg.ContentLength())
}

// Broken counts a connection that is given up, and tells the peer when it has sent a request too large, or without an end.
func (h *hearing) Broken(head []byte, why error) []byte {
	reason := "closed"
	switch {
	case errors.Is(why, frame.ErrIdle):
		reason = "idle"
	case errors.Is(why, frame.ErrSlow):
		reason = "slow"
	case errors.Is(why, frame.ErrTooLarge):
		reason = "too_large"
	case errors.Is(why, frame.ErrUnframed), errors.Is(why, errZeros):
		reason = "malformed"
	case len(head) > 0 && bytes.IndexByte(head, '\n') >= 0:
		reason = "malformed"
	}
	h.s.metrics.broken.WithLabelValues(reason).Inc()
	switch reason {
	case "malformed":
		h.s.unreadable(h.from.String(), why)
	case "too_large":
		h.s.metrics.rejected.WithLabelValues(reason).Inc()
		h.s.log.Warn("a message is too large", "source", h.from)
	default:
		return nil
	}
	h.s.sentry.Failed(h.from)
	if reason == "too_large" {
		return instead(badRequest(head), "SIP/2.0 513 Message Too Large")
	}
	return badRequest(head)
}

// Patience is without end for those who may call.
func (h *hearing) Patience() time.Duration {
	switch {
	case h.s.sentry.Known(h.from):
		return 0
	case h.spoken:
		return nextWord
	}
	return firstWord
}
