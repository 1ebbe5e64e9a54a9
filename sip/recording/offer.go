package recording

import (
	"strings"

	"timbre"
	"timbre/sip/sdp"
	"timbre/sip/transport"
)

// maxLegs is how many audio lines of a call are accepted; the others are answered with port 0.
const maxLegs = 3

// firstOffer is the offer in the first INVITE, with the lines that are accepted. Without one it is blank: the 200 has the offer, and
// the ACK the answer.
func (d *session) firstOffer(in Incoming) (o *sdp.Description, lines []sdp.Line, r *transport.Refusal) {
	body := in.Body
	if d.delayed = body.SDP == nil; d.delayed {
		o = sdp.Blank(d.streams(in), d.Peer().Addr(), d.security(in))
		return o, o.Lines, nil
	}
	if o, r = d.readOffer(body.SDP); r != nil {
		return nil, nil, r
	}
	if lines = o.Acceptable(maxLegs); len(lines) == 0 {
		return nil, nil, unacceptable(o)
	}
	return o, lines, nil
}

// readOffer reads a session description of the peer.
func (d *session) readOffer(raw []byte) (*sdp.Description, *transport.Refusal) {
	o, err := sdp.Read(raw, d.Peer().Addr())
	switch {
	case err != nil && timbre.KindOf(err) == timbre.Unprocessable:
		return nil, transport.Refuse(488, "no_codec", "%v", err)
	case err != nil:
		return nil, transport.Refuse(400, "malformed", "%v", err)
	case d.encrypted:
		o.RequireEncryption()
	}
	return o, nil
}

// Unreadable is the refusal of a body that siprec.Read rejects.
func Unreadable(err error) *transport.Refusal {
	switch timbre.KindOf(err) {
	case timbre.Limit:
		return transport.Refuse(513, "too_large", "%v", err)
	case timbre.Unprocessable:
		return transport.Refuse(415, "media_type", "%v", err).With("Accept", Accept).With("Accept-Encoding", "identity")
	default:
		return transport.Refuse(400, "malformed", "%v", err)
	}
}

// unacceptable is the refusal of an offer without a line that can be accepted.
func unacceptable(o *sdp.Description) *transport.Refusal {
	var why []string
	reason := "no_codec"
	for _, l := range o.Lines {
		text := string(l.Rejection)
		switch l.Rejection {
		case sdp.InClear:
			reason = "encryption"
		case sdp.NoKey:
			reason = "encryption"
			if n := len(l.KeyFaults); n > 0 {
				text += " (" + strings.Join(l.KeyFaults[:min(n, mostFaults)], "; ") + ")"
			}
		}
		why = append(why, text)
	}
	if reason == "encryption" {
		return transport.Refuse(488, reason, "no encrypted (SRTP) audio stream, which the connector requires: %s", strings.Join(why, ", "))
	}
	return transport.Refuse(488, reason, "no audio stream with %s over RTP: %s", audioCodecs(), strings.Join(why, ", "))
}

// audioCodecs lists the codecs that have audio, for a peer that offers none of them.
func audioCodecs() string {
	var names []string
	for _, c := range timbre.Codecs() {
		if c.Kind() == timbre.AudioPayload {
			names = append(names, c.Name())
		}
	}
	return strings.Join(names, ", ")
}

// mostFaults is how many of the unusable keys are named.
const mostFaults = 4
