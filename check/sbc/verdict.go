package sbc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	pion "github.com/pion/sdp/v3"

	"timbre/check"
	"timbre/sip/header"
)

// judgePing says what a ping has shown.
func (c *client) judgePing(o outcome) check.Finding {
	switch {
	case o.answer == nil:
		return check.Finding{
			Level: check.Failure, Check: "OPTIONS", Text: fmt.Sprintf("no answer from %s (%v)", where(c.at), cause(o.err)),
			Advice: "see that sip.listen has this address and transport, that a firewall lets it through, and, with sip.strangers: drop, that a connector allows " + c.local,
		}
	case o.answer.StatusCode == sip.StatusServiceUnavailable:
		return check.Finding{Level: check.Warning, Check: "OPTIONS", Text: "takes no new calls now (503)", Advice: "see GET /readyz on admin.listen for the reason"}
	case !o.answer.IsSuccess():
		return check.Finding{Level: check.Warning, Check: "OPTIONS", Text: describe(o.answer), Advice: "SBCs take any answer but 503 for a sign of life"}
	}
	return check.Finding{Level: check.OK, Check: "OPTIONS", Text: fmt.Sprintf("%s answers from %s in %v", where(c.at), c.local, o.took.Round(100*time.Microsecond))}
}

// judge says what became of the INVITE of a vendor.
func (c *client) judge(v vendor, o outcome) check.Finding {
	f := check.Finding{Level: check.Failure, Check: v.name}
	switch {
	case o.answer == nil:
		f.Text, f.Advice = fmt.Sprintf("no answer (%v)", cause(o.err)), "see a firewall that drops long messages or fragments of UDP; use TCP: "+v.transport
	case !o.answer.IsSuccess():
		f.Text, f.Advice = describe(o.answer), c.advice(v, o.answer)
	case o.err != nil:
		f.Text, f.Advice = fmt.Sprintf("the call was taken, and could not be ended (%v)", cause(o.err)), "see that the Contact of the answer can be reached: sip.address"
	default:
		return c.judgeAnswer(f, o)
	}
	return f
}

// judgeAnswer looks at the session description of an answer.
func (c *client) judgeAnswer(f check.Finding, o outcome) check.Finding {
	var s pion.SessionDescription
	if err := s.Unmarshal(o.answer.Body()); err != nil {
		f.Text, f.Advice = fmt.Sprintf("the answer has no session description (%v)", err), "see that a Timbre is at this address"
		return f
	}
	taken, codecs := 0, map[string]bool{}
	for _, m := range s.MediaDescriptions {
		if m.MediaName.Port.Value == 0 {
			continue
		}
		taken++
		if text, has := m.Attribute("rtpmap"); has {
			_, codec, _ := strings.Cut(text, " ")
			codecs[codec] = true
		}
	}
	f.Level, f.Text = check.OK, fmt.Sprintf("takes %d of %d streams in %v", taken, o.offered, o.took.Round(100*time.Microsecond))
	if id := header.Value(o.answer, "x-timbre-transaction-id"); id != "" {
		f.Text += ", transaction " + id
	}
	if taken < o.offered {
		f.Level, f.Advice = check.Warning, "a stream that is refused has no codec that is decoded"
	}
	return f
}

// advice says what to change for a refusal: at Timbre, and by the vendor's word at the client.
func (c *client) advice(v vendor, res *sip.Response) string {
	status, why := res.StatusCode, strings.ToLower(describe(res))
	switch {
	case status == 401 || status == 407:
		return either("add the client's address to the CidrAllowedList of the connector's termination", "give it a credential of the connector", v.challenge)
	case status == 403 && strings.Contains(why, "encryption"):
		return either("let the connector do without RequireEncryption", "call by TLS", v.transport)
	case status == 403:
		return either("add the address that it calls from, here "+c.local+", to the CidrAllowedList of the connector's termination", "let it call from one that is there", v.source)
	case status == 404:
		return either("have its address in the CidrAllowedList of one connector alone", "call sip:CONNECTOR-ID@HOST", v.called)
	case status == 422:
		return either("", "raise it to at least Min-SE "+header.Value(res, "min-se")+" s", v.timer)
	case status == 488 && strings.Contains(why, "srtp"):
		return either("let the connector do without RequireEncryption", "send SRTP with a suite that Timbre knows", v.encryption)
	case status == 488:
		return either("", "offer G.711, G.722 or Opus", v.codec)
	case status == 503:
		return "the server takes no calls now: see GET /readyz on admin.listen, and CpsLimit of the connector's termination"
	}
	return either("turn on SIP logs of the connector, and report the INVITE: Timbre should take it", "see where it sends calls", v.destination)
}

// either is advice for both sides: what to do at Timbre, or what at the client by a setting of its own, if it has one.
func either(here, there, setting string) string {
	if setting != "" {
		there += ": " + setting
	} else if here != "" {
		return here
	}
	if here == "" {
		return there
	}
	return here + ", or " + there
}

// describe is a response with the warning in it.
func describe(res *sip.Response) string {
	text := strconv.Itoa(res.StatusCode) + " " + res.Reason
	if warning := header.Value(res, "warning"); warning != "" {
		text += " (" + strings.Trim(strings.TrimPrefix(warning, "399 timbre "), `"`) + ")"
	}
	return text
}

// cause is an error without the names of what it passed through.
func cause(err error) error {
	for err != nil {
		next := errors.Unwrap(err)
		if next == nil {
			break
		}
		err = next
	}
	return err
}
