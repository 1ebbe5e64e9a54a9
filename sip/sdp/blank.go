package sdp

import (
	"maps"
	"math"
	"net/netip"
	"slices"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// Blank describes n audio lines of a peer that has not said anything yet, as if it had offered every codec that can be decoded.
// Answerer.Propose makes the first offer of it, for an INVITE without one (RFC 3264, 4; RFC 3261, 13.2.1). Its media comes from the
// peer until the peer names another address.
func Blank(n int, peer netip.Addr, s Security) *Description {
	d := &Description{}
	for i := range n {
		l := blankLine(i, peer, "AVP")
		if s == Encrypted {
			l = blankLine(i, peer, "SAVP")
		}
		if s != InTheClear {
			l.Crypto = []Crypto{NewCrypto("1", "AES_CM_128_HMAC_SHA1_80")} // every implementation has that one (RFC 4568, 6.2)
		}
		d.Lines = append(d.Lines, l)
	}
	return d
}

func blankLine(i int, peer netip.Addr, profile string) Line {
	l := Line{
		Index: i, Media: "audio", Proto: "RTP/" + profile, Direction: "sendonly", Remote: netip.AddrPortFrom(peer, 0),
		Payloads: map[uint8]Encoding{}, AudioType: math.MaxUint8, EventType: -1,
		desc: &pion.MediaDescription{MediaName: pion.MediaName{Media: "audio", Protos: []string{"RTP", profile}}},
	}
	for pt, c := range timbre.OfferedPayloads() {
		l.Payloads[pt] = Encoding{Name: c.String(), Rate: c.ClockRate(), Channels: c.Channels()}
		switch c.Kind() {
		case timbre.AudioPayload:
			l.AudioType = min(l.AudioType, int(pt))
		case timbre.EventPayload:
			l.EventType = int(pt)
		}
	}
	return l
}

// Security is what the first offer of this side asks for.
type Security int

// What it may ask for.
const (
	InTheClear Security = iota
	IfPossible          // SRTP if the peer can do it (RFC 8643)
	Encrypted           // SRTP
)

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
