package sip

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/sdp"
)

// overTLS says whether a request came over TLS: the last hop, which is all that we can see.
func overTLS(req *gosip.Request) bool { return strings.EqualFold(req.Transport(), "tls") }

// inClear is the refusal of a request that did not come over TLS, for a connector that requires encryption.
func inClear() *refusal {
	return refuse(403, "encryption", "the connector requires encryption: call it by TLS")
}

// unacceptable is the refusal of an offer of which no line can be taken.
func unacceptable(o *sdp.Offer) *refusal {
	var why []string
	reason := "no_codec"
	for _, l := range o.Lines {
		text := string(l.Unfit)
		switch l.Unfit {
		case sdp.InClear:
			reason = "encryption"
		case sdp.NoKey:
			reason = "encryption"
			if n := len(l.Faults); n > 0 {
				text += " (" + strings.Join(l.Faults[:min(n, mostFaults)], "; ") + ")"
			}
		}
		why = append(why, text)
	}
	if reason == "encryption" {
		return refuse(488, reason, "no audio stream that is encrypted (SRTP) as it must be: %s", strings.Join(why, ", "))
	}
	return refuse(488, reason, "no audio stream with G.711, G.722 or Opus over RTP: %s", strings.Join(why, ", "))
}

// mostFaults is how many of the keys that cannot be used are told of.
const mostFaults = 4
