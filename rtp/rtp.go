// Package rtp receives the media of a leg. RTP over UDP comes in, on an even and odd pair of ports a stream, with what signalling
// has negotiated; 20 ms frames of linear PCM go out, in order and each with its media time, to one listener, and RTCP receiver
// reports to the sender.
//
// Nothing here is driven by a clock: a packet that is next in order is decoded when it arrives, however fast media comes. A missing
// packet is given up when 200 ms of newer media are there. Lost audio is left out and media time jumps, except for what a later
// Opus packet carries a copy of: audio is never concealed, because voices are compared by it. A pause of the sender of up to 200 ms
// becomes silence; a longer one, such as a hold, a jump of media time. Media time follows the sender's timestamps: a sender's clock
// that drifts neither adds nor loses samples.
//
// A sender may change codec and packet length at any time, within what was negotiated.
//
// SRTP (RFC 3711) is decrypted with keys from signalling or from a DTLS handshake (RFC 5764), and nothing in a packet is used before
// it is authenticated. RTCP that does not share the port of the media has a handshake of its own.
//
// The package does not play out, mix or record, and does not know which call a stream belongs to.
package rtp

import "timbre"

// ticks is how many ticks of a codec's RTP clock a sample at 8 kHz has; 1 for no codec.
func ticks(c timbre.Codec) int { return max(1, c.ClockRate()/timbre.SampleRate) }

// payloadTable is m.Payloads as a table of the 128 payload types; zero: not negotiated.
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
