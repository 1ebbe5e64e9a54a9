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

import (
	"net/netip"
	"slices"
	"strings"

	"timbre"
	"timbre/rtp/codec"
)

// Spec is what the signalling says of a stream.
type Spec struct {
	Local    netip.Addr      // where to listen; the zero value means everywhere
	Remote   netip.AddrPort  // where the sender says that it sends from; what is relayed to it goes there
	Source   netip.Addr      // host of the SIP peer: it may send too
	RTCP     netip.AddrPort  // where reports go; the zero value means the port after that of the media
	Payloads map[uint8]Codec // payload type → codec; nil means the static types 0, 8, 9 and 13
	Hold     bool            // the sender has been asked to pause or has said that it will
	LatchAny bool            // the first packet fixes the source, whoever sends it: for senders behind NAT
	Opaque   bool            // datagrams of any kind, such as T.38: relayed, and not heard
	Mux      bool            // RTCP comes and goes on the port of the media (RFC 5761)
	Keys     *Keys           // SRTP with these keys; nil without
	DTLS     *DTLS           // SRTP with keys from a handshake; nil without. Where both are nil, nothing is encrypted
}

// secured says whether packets are encrypted.
func (s Spec) secured() bool { return s.Keys != nil || s.DTLS != nil }

// Codec is what a payload type carries.
type Codec uint8

const (
	PCMU           Codec = iota + 1 // G.711 µ-law
	PCMA                            // G.711 A-law
	G722                            // ITU-T G.722 at 64 kbit/s
	Opus                            // RFC 6716
	TelephoneEvent                  // RFC 4733: a key was pressed; no audio
	ComfortNoise                    // RFC 3389: there is nothing to hear; no audio
	codecs
)

var names = [codecs]string{PCMU: "PCMU", PCMA: "PCMA", G722: "G722", Opus: "OPUS", TelephoneEvent: "TELEPHONE-EVENT", ComfortNoise: "CN"}

// String is the codec's SDP encoding name, in capitals; empty for none.
func (c Codec) String() string { return names[c] }

// ParseCodec finds the codec of an SDP encoding name and clock rate in Hz. What has no audio goes with any rate.
func ParseCodec(name string, rate int) (Codec, bool) {
	c := Codec(max(0, slices.Index(names[:], strings.ToUpper(name))))
	return c, c >= TelephoneEvent || c != 0 && rate == c.ticks()*timbre.SampleRate
}

// ticks is how often the codec's RTP clock ticks in a sample of ours. That of G.722, which is audio at 16 kHz, is 8 kHz by a
// mistake that RFC 3551 keeps for good.
func (c Codec) ticks() int {
	if c == Opus {
		return 6
	}
	return 1
}

// samples is how much audio a payload holds, at 8 kHz.
func (c Codec) samples(payload []byte) int {
	switch c {
	case PCMU, PCMA, G722: // of G.722, a byte is two at 16 kHz
		return len(payload)
	case Opus:
		return codec.OpusSamples(payload)
	}
	return 0
}

// static are the payload types that RFC 3551 gives away for good.
var static = map[uint8]Codec{0: PCMU, 8: PCMA, 9: G722, 13: ComfortNoise}

// codecs is Payloads as a table over the 128 payload types; zero: unknown.
func (s Spec) codecs() (table [128]Codec) {
	payloads := s.Payloads
	if payloads == nil {
		payloads = static
	}
	for pt, c := range payloads {
		table[pt&0x7F] = c
	}
	return table
}
