package trunk

import (
	"net/netip"
	"strings"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/sdp"
	"timbre/sip/transport"
)

// maxPairs is how many m-lines of a call are bridged; the others are refused with port 0.
const maxPairs = 4

// pair is the two streams of one m-line, by side. What arrives on one leaves by the other.
type pair [2]dialog.Track

// pairFor is the pair of an m-line, opened if there is none; nil when there are too many. The caller holds c.media.
func (c *call) pairFor(s *side, l *sdp.Line) (*pair, error) {
	if p := c.pairs[l.Index]; p != nil {
		return p, nil
	}
	if len(c.pairs) == maxPairs || c.closed {
		return nil, nil
	}
	p := &pair{}
	spec := c.agreedMedia(s, l)
	if spec.DTLS != nil { // the handshake begins with the answer of this side
		spec.DTLS, spec.Keys = nil, s.keys.pending(l.Index)
	}
	p[s.which].Spec, p[s.other().which].Spec = spec, c.unknownMedia(s.other(), l.Index, &spec)
	if err := c.open(p, l); err != nil {
		return nil, err
	}
	c.pairs[l.Index] = p
	return p, nil
}

// open opens the streams of a pair. The first audio line of the call is analysed.
func (c *call) open(p *pair, l *sdp.Line) (err error) {
	analysed := l.Media == "audio" && c.tapped < 0
	taps := [2]*dialog.Listener{{}, {}} // that drop what they receive
	if analysed {
		c.tapped = l.Index
		taps = [2]*dialog.Listener{&c.taps[caller], &c.taps[callee]}
	}
	a, b, err := c.ua.deps.Media.Pair(p[caller].Spec, p[callee].Spec, taps[caller], taps[callee])
	if err != nil {
		return err
	}
	p[caller].Stream, p[callee].Stream = a, b
	if analysed {
		c.audio = p
	}
	return nil
}

// agreedMedia is the stream of a side that a line describes.
func (c *call) agreedMedia(s *side, l *sdp.Line) timbre.Media {
	m := l.Spec(c.listenAt(s), s.Peer().Addr(), c.ua.cfg.LatchAny)
	m.Mux = false // is neither offered on nor answered
	switch {
	case isDTLS(l):
		m.DTLS = s.answerer.Spec(l, m.Local, m.Source, m.LatchAny).DTLS
		s.handshakes[l.Index] = l.Proto
	case isEncrypted(l):
		m.Keys = s.keys.agreed(l)
		delete(s.handshakes, l.Index)
	}
	m.Opaque = !strings.Contains(l.Proto, "RTP/") || l.Media != "audio"
	return m
}

// unknownMedia is the stream of a side that has yet to describe a line, of which the other side has.
func (c *call) unknownMedia(s *side, line int, other *timbre.Media) timbre.Media {
	m := timbre.Media{Source: s.Peer().Addr(), LatchAny: c.ua.cfg.LatchAny, Opaque: other.Opaque}
	if other.Keys != nil || other.DTLS != nil {
		m.Keys = s.keys.pending(line)
	}
	return m
}

// pause tells both streams to expect nothing for now.
func (p *pair) pause() {
	for i := range p {
		p[i].Pause()
	}
}

// warnUnknownCodec tells once that a call cannot be analysed.
func (c *call) warnUnknownCodec(l *sdp.Line) {
	if l.Index == c.tapped && l.Media == "audio" && len(l.Payloads) == 0 && !c.warned {
		c.warned = true
		c.ua.env.Repeats.Count(c.ua.env.Log, c.connector.ID, "trunk call with an unknown codec: bridged, not analysed", "call", c.id())
	}
}

// closeMedia closes all streams, and makes a last report.
func (c *call) closeMedia() {
	c.media.Lock()
	defer c.media.Unlock()
	c.closed = true
	for _, p := range c.pairs {
		for i := range p {
			p[i].Stream.Close()
		}
	}
	c.report()
	clear(c.pairs)
}

// listenAt is the local address that receives the media of a side; invalid: any. It is any where another address is announced,
// and for a gateway, which has yet to say where it sends from.
func (c *call) listenAt(s *side) netip.Addr {
	if c.ua.outside(s.Endpoint()).IsValid() || s.which == callee {
		return netip.Addr{}
	}
	return s.Endpoint().Addr.Addr()
}

// announced is the address that session descriptions name.
func (u *B2BUA) announced(at transport.Endpoint) netip.Addr {
	if outside := u.outside(at); outside.IsValid() {
		return outside
	}
	return at.Addr.Addr()
}

// outside is the configured media address for the family of an endpoint; invalid without.
func (u *B2BUA) outside(at transport.Endpoint) netip.Addr {
	if at.Addr.Addr().Is6() {
		return u.cfg.MediaAddress6
	}
	return u.cfg.MediaAddress
}
