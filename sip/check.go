package sip

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// single are the headers that a request has once (RFC 3261, 20 and 7.3.1).
var single = []string{"from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type"}

// check looks at what a request must have and the SIP stack does not ask for.
func check(req *gosip.Request) *refusal {
	times := map[string]int{}
	for _, h := range req.Headers() {
		times[headerName(h.Name())]++
	}
	for _, name := range single {
		if times[name] > 1 {
			return refuse(400, "malformed", "%d headers %s", times[name], name)
		}
	}
	from, to, cseq := req.From(), req.To(), req.CSeq()
	switch {
	case req.SipVersion != "SIP/2.0":
		return refuse(505, "malformed", "SIP version %.16q", req.SipVersion)
	case from == nil || to == nil || cseq == nil || req.CallID() == nil:
		return refuse(400, "malformed", "From, To, Call-ID or CSeq is missing")
	case !strings.EqualFold(string(cseq.MethodName), string(req.Method)): // the SIP stack has put one in capitals
		return refuse(400, "malformed", "CSeq is of another method")
	case from.Params.GetOr("tag", "") == "":
		return refuse(400, "malformed", "From has no tag")
	case req.Recipient.Scheme != "sip" && req.Recipient.Scheme != "sips":
		return refuse(416, "malformed", "URI scheme %.16q", req.Recipient.Scheme)
	case req.IsInvite() && req.Contact() == nil:
		return refuse(400, "malformed", "no Contact")
	}
	if unknown := extensions(req); len(unknown) > 0 && !req.IsAck() && !req.IsCancel() {
		list := strings.Join(unknown, ", ")
		return refuse(420, "extension", "required: %s", list).With("Unsupported", list)
	}
	return nil
}

// extensions are the option tags that a request requires and that are not understood here.
func extensions(req *gosip.Request) []string {
	var unknown []string
	for _, h := range req.GetHeaders("require") {
		for tag := range strings.SplitSeq(h.Value(), ",") {
			tag = strings.TrimSpace(tag)
			if tag != "" && !slices.Contains([]string{"siprec", "timer"}, strings.ToLower(tag)) {
				unknown = append(unknown, tag)
			}
		}
	}
	return unknown
}

// How headers are read.
var (
	headerName = header.Name
	headers    = header.All
	values     = header.Values
)
