package sdp

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// Blank describes n audio lines of a peer that has not said anything yet, as if it had offered every codec that can be decoded.
// Answerer.Propose makes the first offer of it, for an INVITE without one (RFC 3264, 4; RFC 3261, 13.2.1). Its media comes from the
// peer until the peer names another address.
func Blank(n int, peer netip.Addr, s Security) *Description {
	d := &Description{}
	for i := range n {
		l := Line{
			Index: i, Media: "audio", Proto: "RTP/AVP", Direction: "sendonly", Remote: netip.AddrPortFrom(peer, 0),
			Payloads: blankPayloads(), EventType: blankEvent,
		}
		protos := []string{"RTP", "AVP"}
		if s == Encrypted {
			l.Proto, protos = "RTP/SAVP", []string{"RTP", "SAVP"}
		}
		if s != InTheClear {
			l.Crypto = []Crypto{NewCrypto("1", "AES_CM_128_HMAC_SHA1_80")}
		}
		l.desc = &pion.MediaDescription{MediaName: pion.MediaName{Media: l.Media, Protos: protos}}
		d.Lines = append(d.Lines, l)
	}
	return d
}

// Security is what the first offer of this side asks for.
type Security int

// What it may ask for.
const (
	InTheClear Security = iota
	IfPossible          // SRTP if the peer can do it (RFC 8643)
	Encrypted           // SRTP
)

// Dynamic payload types of the first offer: those that most peers use themselves.
const (
	blankOpus  = 111
	blankEvent = 101
)

func blankPayloads() map[uint8]Encoding {
	payloads := map[uint8]Encoding{blankOpus: {Name: "OPUS", Rate: 48000, Channels: 2}, blankEvent: {Name: "TELEPHONE-EVENT", Rate: 8000}}
	for format, e := range static() {
		if c, _ := e.codec(); c.Kind() == timbre.AudioPayload { // without comfort noise, which asks for silence suppression
			pt, _ := strconv.Atoi(format)
			payloads[uint8(pt)] = e
		}
	}
	return payloads
}

// offered are the payload types of an offer of this side: of every audio format that can be decoded, the peer's first one before the
// others, and of telephone-event.
func (l *Line) offered() []int {
	types := []int{l.AudioType}
	for _, pt := range slices.Sorted(maps.Keys(l.Payloads)) {
		if c, _ := l.Payloads[pt].codec(); c.Kind() == timbre.AudioPayload && int(pt) != l.AudioType {
			types = append(types, int(pt))
		}
	}
	return append(types, l.EventType)
}

// answered are the payload types of an answer: of the first audio format that can be decoded, and of telephone-event.
func (l *Line) answered() []int { return []int{l.AudioType, l.EventType} }
