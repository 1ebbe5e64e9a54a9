// Package rtp turns the packets of a leg into its frames. In come RTP over UDP, one even and odd pair of ports a stream, and
// what the signalling says of the sender; out go 20 ms frames of linear PCM in order, each with its media time, to one
// listener, and RTCP receiver reports to the sender.
//
// Nothing here waits for a clock: a packet that is next in order is handed on as it arrives, however fast media comes. A
// packet that is missing is waited for until 200 ms of newer media are there. What is lost is left out and the media time
// jumps, but for what an Opus packet has a spare copy of: no audio is ever made up, for voices are compared by it. Where for
// up to 200 ms nothing was sent there is silence; after longer, such as a hold, the media time jumps too. The media time is
// the sender's: a clock of its that is fast or slow neither makes nor loses a sample.
//
// A sender may change its codec and the length of its packets at any time, among what was agreed on.
//
// Encrypted media (SRTP, RFC 3711) is opened as it comes, before it is believed, with keys from the signalling or from a
// DTLS handshake (RFC 5764). RTCP that does not share the port of the media has a handshake of its own.
//
// It does not play out, mix or record, and it does not know which call a stream belongs to.
package rtp

import "timbre"

// ticks is how often the clock of a codec's timestamps ticks in a sample of ours; 1 where no codec is known.
func ticks(c timbre.Codec) int { return max(1, c.ClockRate()/timbre.SampleRate) }

// payloadTable is m.Payloads over the 128 payload types; zero: not agreed on.
func payloadTable(m timbre.Media) (table [128]timbre.Codec) {
	payloads := m.Payloads
	if payloads == nil {
		payloads = timbre.StaticPayloads()
	}
	for pt, c := range payloads {
		table[pt&0x7F] = c
	}
	return table
}
