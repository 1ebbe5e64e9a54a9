package sip

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

// check refuses a request that breaks a rule which the SIP stack does not enforce.
func check(req *gosip.Request) *transport.Refusal {
	for _, rule := range []func(*gosip.Request) *transport.Refusal{checkRepeated, checkMandatory, checkURI, checkExtensions} {
		if r := rule(req); r != nil {
			return r
		}
	}
	return nil
}

// singleHeaders occur once in a request (RFC 3261, 7.3.1 and 20).
var singleHeaders = []string{"from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type"}

func checkRepeated(req *gosip.Request) *transport.Refusal {
	times := map[string]int{}
	for _, h := range req.Headers() {
		times[header.Name(h.Name())]++
	}
	for _, name := range singleHeaders {
		if n := times[name]; n > 1 {
			return transport.Refuse(400, "malformed", "header %s occurs %d times", name, n)
		}
	}
	return nil
}

// checkMandatory checks the version and what every request has (RFC 3261, 8.1.1).
func checkMandatory(req *gosip.Request) *transport.Refusal {
	from, to, cseq := req.From(), req.To(), req.CSeq()
	switch {
	case req.SipVersion != "SIP/2.0":
		return transport.Refuse(505, "malformed", "unsupported SIP version %.16q", req.SipVersion)
	case from == nil || to == nil || cseq == nil || req.CallID() == nil:
		return transport.Refuse(400, "malformed", "From, To, Call-ID or CSeq is missing")
	case !strings.EqualFold(string(cseq.MethodName), string(req.Method)): // the SIP stack has put one in capitals
		return transport.Refuse(400, "malformed", "CSeq has another method")
	case from.Params.GetOr("tag", "") == "":
		return transport.Refuse(400, "malformed", "From has no tag")
	case req.IsInvite() && req.Contact() == nil:
		return transport.Refuse(400, "malformed", "no Contact")
	case slices.ContainsFunc(header.Values(req, "contact"), isWildcard) && req.Method != gosip.REGISTER: // which is not served
		return transport.Refuse(400, "malformed", "a Contact of * is no address")
	}
	return nil
}

// isWildcard reports whether a Contact names every address (RFC 3261, 10.2.2).
func isWildcard(contact string) bool { return strings.TrimSpace(contact) == "*" }

func checkURI(req *gosip.Request) *transport.Refusal {
	if scheme := req.Recipient.Scheme; scheme != "sip" && scheme != "sips" {
		return transport.Refuse(416, "malformed", "unsupported URI scheme %.16q", scheme)
	}
	return nil
}

// extensions are the option tags that may be required. A server that sends no provisional response, save 100, does all that 100rel asks
// of it (RFC 3262, 3).
var extensions = []string{"siprec", "timer", "100rel"}

// checkExtensions checks Require (RFC 3261, 8.2.2.3).
func checkExtensions(req *gosip.Request) *transport.Refusal {
	if req.IsAck() || req.IsCancel() {
		return nil
	}
	unknown := slices.DeleteFunc(header.Elements(req, "require"), func(tag string) bool {
		return slices.Contains(extensions, strings.ToLower(tag))
	})
	if len(unknown) == 0 {
		return nil
	}
	list := strings.Join(unknown, ", ")
	return transport.Refuse(420, "extension", "extensions not supported: %s", list).With("Unsupported", list)
}
