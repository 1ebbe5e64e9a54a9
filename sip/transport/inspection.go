package transport

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// Inspection is the outcome for one message before the SIP stack reads it.
type Inspection struct {
	Pass     []byte        // what the stack reads; nil: nothing
	Message  gosip.Message // Pass, parsed; nil without
	Response []byte        // to the sender of what does not pass; nil: none
	Banned   bool          // the source is banned
}

var inviteStart = []byte("INVITE ")

// Inspect judges a message by its source, and then by whether it can be parsed. What cannot is repaired if it has a fault
// of some clients, or counted and answered.
//
// A message that passes is parsed here and, unavoidably, once more by the stack: sipgo takes messages as bytes from a socket
// only, and offers no way to hand it a parsed one. It also drops a datagram that it cannot parse silently, and closes
// a stream on the first such message, so that parsing cannot be left to it alone.
func (s *Stack) Inspect(o timbre.Origin, data []byte) Inspection {
	read, busy := s.deps.Sources.Message(o, bytes.HasPrefix(data, inviteStart))
	switch {
	case busy:
		return Inspection{Response: withStatusLine(mirror(data), "SIP/2.0 503 Service Unavailable\r\nRetry-After: 5")}
	case !read:
		return Inspection{Banned: o.Returned && s.deps.Sources.Banned(o.Addr)}
	}
	msg, err := s.parse(data)
	if err == nil {
		return Inspection{Pass: data, Message: msg}
	}
	better := repair(data)
	if msg, err := s.parse(better); err == nil {
		return Inspection{Pass: better, Message: msg}
	}
	s.unparsable(o.Addr.String(), err)
	s.deps.Sources.Failed(o)
	return Inspection{Response: mirror(data)}
}

// parse reads a message. A panic of the parser is an error.
func (s *Stack) parse(data []byte) (msg gosip.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if msg, err = s.parser.ParseSIP(data); err != nil {
		return nil, err
	}
	return msg, mandatory(msg)
}

// mandatory is the error of a response without the header lines that every message has (RFC 3261, 8.1.1): who waits for it reads them.
// Requests are checked where they can be answered.
func mandatory(msg gosip.Message) error {
	res, ok := msg.(*gosip.Response)
	if ok && (res.From() == nil || res.To() == nil || res.CSeq() == nil || res.CallID() == nil || res.Via() == nil) {
		return errors.New("a response without From, To, Call-ID, CSeq or Via")
	}
	return nil
}

// unparsable counts a message that cannot be parsed, and logs why.
func (s *Stack) unparsable(source string, err error) {
	s.Reject("parse")
	s.refused.Count(s.env.Log, "parse", "SIP message cannot be parsed", "source", source, "error", fmt.Sprintf("%.200s", Redact(err.Error())))
}

var openBracket = regexp.MustCompile(`(?im)^((?:Contact|m|From|f|To|t)[ \t]*:[^\r\n<>]*<[^\r\n<>]*)\r$`)

// repair adds the closing brackets that some clients leave out of addresses.
func repair(data []byte) []byte { return openBracket.ReplaceAll(data, []byte("$1>\r")) }
