package transport

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/header"
)

// Inspection is the outcome for one message before the SIP stack reads it.
type Inspection struct {
	Pass     []byte        // what the stack reads; nil: nothing
	Message  gosip.Message // Pass, parsed; nil without
	Response []byte        // to the sender of what does not pass; nil: none
	Banned   bool          // the source is banned
	Brief    bool          // no response to Pass may be longer than it
}

var inviteStart = []byte("INVITE ")

// Inspect judges a message by its source, and then by whether it can be parsed. What cannot is repaired if it has a fault
// of some clients, or counted and answered.
//
// A message that passes is parsed here and, unavoidably, once more by the stack: sipgo takes messages as bytes from a socket
// only, and offers no way to hand it a parsed one. It also drops a datagram that it cannot parse silently, and closes
// a stream on the first such message, so that parsing cannot be left to it alone.
//
// The stack calls it on goroutines of its own. A panic there would end the process: it drops the message.
func (s *Stack) Inspect(o timbre.Origin, data []byte) (in Inspection) {
	defer s.recovered(func() { in = Inspection{} })
	verdict := s.deps.Sources.Message(o, bytes.HasPrefix(data, inviteStart))
	brief := verdict == timbre.ReadBriefly
	switch verdict {
	case timbre.Shed:
		return Inspection{Response: withStatusLine(mirror(data), "SIP/2.0 503 Service Unavailable\r\nRetry-After: 5")}
	case timbre.Dropped:
		return Inspection{Banned: o.Returned && s.deps.Sources.Banned(o.Addr)}
	}
	better, err := header.Canonical(data)
	if err == nil {
		var msg gosip.Message
		if msg, err = s.parse(better); err == nil {
			return Inspection{Pass: better, Message: msg, Brief: brief}
		}
		better = repair(better)
		if msg, err := s.parse(better); err == nil {
			return Inspection{Pass: better, Message: msg, Brief: brief}
		}
	}
	s.unparsable(o.Addr.String(), err)
	s.deps.Sources.Failed(o)
	response := mirror(data)
	if brief && len(response) > len(data) {
		return Inspection{}
	}
	return Inspection{Response: response}
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

// mandatory is the error of a response without the header lines that every message has (RFC 3261, 8.1.1), or with a status code of no class:
// those that wait for it read them. Requests are checked where they can be answered.
func mandatory(msg gosip.Message) error {
	res, is := msg.(*gosip.Response)
	switch {
	case !is:
	case res.From() == nil || res.To() == nil || res.CSeq() == nil || res.CallID() == nil || res.Via() == nil:
		return errors.New("a response without From, To, Call-ID, CSeq or Via")
	case res.StatusCode < 100 || res.StatusCode > 699:
		return errors.New("a status code that is not from 100 to 699")
	}
	return nil
}

// unparsable counts a message that cannot be parsed, and logs why.
func (s *Stack) unparsable(source string, err error) {
	s.Reject("parse")
	s.env.Repeats.Count(s.env.Log, "parse", "SIP message cannot be parsed", "source", source, "error", fmt.Sprintf("%.200s", environment.Hide(err.Error())))
}

var openBracket = regexp.MustCompile(`(?im)^((?:Contact|m|From|f|To|t)[ \t]*:[^\r\n<>]*<[^\r\n<>]*)\r$`)

// repair adds the closing brackets that some clients leave out of addresses.
func repair(data []byte) []byte {
	head, body, found := bytes.Cut(data, []byte("\r\n\r\n"))
	if !found {
		return data
	}
	head = openBracket.ReplaceAll(append(head[:len(head):len(head)], '\r'), []byte("$1>\r"))
	return append(append(head, "\n\r\n"...), body...)
}
