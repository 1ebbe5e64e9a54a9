package sip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/sentry"
)

// screen looks at what comes by UDP before the SIP stack does, which drops what it cannot read without a word. A message
// that can be repaired goes on; another one is counted, and its sender told. What comes by TCP has been looked at already:
// see hearing.
func (s *Server) screen(from gosip.TransportReadProps, data []byte) ([]byte, error) {
	if from.Transport != "UDP" {
		return data, nil
	}
	if len(bytes.Trim(data, "\r\n\x00")) == 0 { // keeps a way through NAT open
		return nil, nil
	}
	pass, answer, _ := s.hear(sentry.Source(from.RemoteAddr), data)
	for _, l := range s.listeners {
		if l.packets == nil || l.packets.LocalAddr().String() != from.LocalAddr.String() {
			continue
		}
		if pass != nil {
			l.reader.Load().note(from.RemoteAddr)
		}
		if answer == nil {
			continue
		}
		if _, err := l.packets.WriteTo(answer, from.RemoteAddr); err != nil && !errors.Is(err, net.ErrClosed) {
			s.log.Debug("an answer could not be sent", "error", err)
		}
	}
	return pass, nil
}

func (s *Server) readable(data []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	_, err = s.parser.ParseSIP(data)
	return err
}

func (s *Server) unreadable(source string, err error) {
	s.metrics.rejected.WithLabelValues("parse").Inc()
	s.log.Warn("a message could not be read", "source", source, "error", fmt.Sprintf("%.200s", private(err.Error())))
}

var openBracket = regexp.MustCompile(`(?im)^((?:Contact|m|From|f|To|t)[ \t]*:[^\r\n<>]*<[^\r\n<>]*)\r$`)

// repaired is a message with the closing brackets that some clients forget.
func repaired(data []byte) []byte { return openBracket.ReplaceAll(data, []byte("$1>\r")) }

var (
	requestLine = regexp.MustCompile(`^([A-Z]{2,16}) ([^\r\n]{1,512}) SIP/2\.0[ \t]*\r\n`)
	otherScheme = regexp.MustCompile(`^(?i:[a-z][a-z0-9+.-]*):`)
	mirrored    = regexp.MustCompile(`(?im)^(?:Via|v|From|f|To|t|Call-ID|i|CSeq)[ \t]*:[^\r\n]*`)
)

// badRequest is a 400 for a request that cannot be read, or a 416 for one to a URI of another kind than SIP's, made of the lines that an answer repeats; nil for what is no
// request, for ACK, which is never answered, and for one without the lines that let its sender match an answer.
func badRequest(data []byte) []byte {
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	m := requestLine.FindSubmatch(head)
	if m == nil || string(m[1]) == "ACK" {
		return nil
	}
	lines := mirrored.FindAll(head, 32)
	if len(lines) < 5 {
		return nil
	}
	res := []byte("SIP/2.0 400 Bad Request\r\n")
	if scheme := bytes.ToLower(otherScheme.Find(m[2])); len(scheme) > 0 && string(scheme) != "sip:" && string(scheme) != "sips:" {
		res = []byte("SIP/2.0 416 Unsupported URI Scheme\r\n")
	}
	for _, l := range lines {
		res = append(append(res, l...), '\r', '\n')
	}
	return append(res, "Content-Length: 0\r\n\r\n"...)
}

// stackLog takes what the SIP stack logs: what it says of messages that it cannot read is counted, and told without the
// message itself; of the rest, what is worse than a warning.
type stackLog struct{ s *Server }

func (h stackLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

func (h stackLog) Handle(_ context.Context, r slog.Record) error {
	var cause any
	source := ""
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "error":
			cause = a.Value.Any()
		case "raddr":
			source = a.Value.String()
		}
		return true
	})
	if r.Message == "failed to parse" {
		h.s.unreadable("tcp", fmt.Errorf("%v", cause))
	} else {
		h.s.log.Warn("SIP stack: "+private(r.Message), "source", source, "error", private(fmt.Sprint(cause)))
	}
	return nil
}

func (h stackLog) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h stackLog) WithGroup(string) slog.Handler      { return h }
