package trunk

import (
	"strings"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// maxPairs is how many m-lines of a call are put through; the others are refused with port 0.
const maxPairs = 4

// pair is the two streams of one m-line: one faces the caller, one the gateway.
type pair [2]dialog.Track // by side

// descriptionOf is the session description in a message; nil without.
func descriptionOf(m interface {
	header.Message
	Body() []byte
},
) ([]byte, *transport.Refusal) {
	body, err := siprec.Read(header.Value(m, "content-type"), m.Body())
	switch {
	case err == nil:
		return body.SDP, nil
	case timbre.KindOf(err) == timbre.Limit:
		return nil, transport.Refuse(513, "too_large", "%v", err)
	case timbre.KindOf(err) == timbre.Unprocessable:
		return nil, transport.Refuse(415, "media_type", "%v", err).With("Accept", "application/sdp")
	}
	return nil, transport.Refuse(400, "malformed", "%v", err)
}

// proposal is an offer that is on its way from one side to the other.
type proposal struct {
	from  *side
	raw   []byte
	lines []sdp.Line
}

// propose reads an offer of a side, opens what it needs, and gives it as the other side gets it.
func (c *call) propose(x *side, raw []byte) (*proposal, []byte, *transport.Refusal) {
	o, err := sdp.Read(raw, x.Peer().Addr())
	switch {
	case err != nil && timbre.KindOf(err) == timbre.Unprocessable:
		return nil, nil, transport.Refuse(488, "no_media", "%v", err)
	case err != nil:
		return nil, nil, transport.Refuse(400, "malformed", "%v", err)
	}
	c.media.Lock()
	defer c.media.Unlock()
	lines, open := make([]ours, len(o.Lines)), 0
	disabled := true
	for i := range o.Lines {
		l := &o.Lines[i]
		disabled = disabled && l.Remote.Port() == 0
		if !c.relayable(l) {
			continue
		}
		p, err := c.pairFor(x, l)
		if err != nil {
			return nil, nil, transport.Refuse(503, "unavailable", "%v", err).With("Retry-After", "5")
		}
		if p != nil {
			lines[i] = x.other().askKeys(l)
			lines[i].port = p[x.other().which].Stream.Port()
			open++
		}
	}
	if open == 0 && !disabled {
		return nil, nil, transport.Refuse(488, "no_media", "no stream that can be put through")
	}
	return &proposal{from: x, raw: raw, lines: o.Lines}, x.other().author.write(raw, lines), nil
}

// pairFor is the pair of an m-line, opened if there is none; nil when there are too many. The caller holds c.media.
func (c *call) pairFor(x *side, l *sdp.Line) (*pair, error) {
	if p := c.pairs[l.Index]; p != nil {
		return p, nil
	}
	if len(c.pairs) == maxPairs || c.closed {
		return nil, nil
	}
	p := &pair{}
	spec := c.spec(x, l)
	if spec.DTLS != nil { // it begins with our answer
		spec.DTLS, spec.Keys = nil, x.secrets.pending(l.Index)
	}
	p[x.which].Spec, p[x.other().which].Spec = spec, c.blank(x.other(), l.Index, &spec)
	hear := [2]timbre.Listener{deaf{}, deaf{}}
	if l.Media == "audio" && c.heard < 0 {
		c.heard = l.Index
		hear = [2]timbre.Listener{&c.taps[0], &c.taps[1]}
	}
	a, b, err := c.e.media.Pair(p[caller].Spec, p[callee].Spec, hear[caller], hear[callee])
	if err != nil {
		return nil, err
	}
	p[caller].Stream, p[callee].Stream = a, b
	c.pairs[l.Index] = p
	if l.Index == c.heard {
		c.tapped = p
	}
	return p, nil
}

// warn tells of a call that is put through and cannot be heard; once.
func (c *call) warn(l *sdp.Line) {
	if l.Index == c.heard && l.Media == "audio" && len(l.Payloads) == 0 && !c.warned {
		c.warned = true
		c.e.log.Warn("a trunk call whose codec is not known here: it is put through, and not heard", "call", c.invite.CallID().Value())
	}
}

// spec is what a line of a side says of its stream.
func (c *call) spec(x *side, l *sdp.Line) timbre.Media {
	s := l.Spec(c.listenAt(x), x.Peer().Addr(), c.e.cfg.LatchAny)
	s.Mux = false // neither offered on nor answered
	switch {
	case handshaken(l):
		s.DTLS = x.answerer.Spec(l, s.Local, s.Source, s.LatchAny).DTLS
		x.handshakes[l.Index] = l.Proto
	case secure(l):
		s.Keys = x.secrets.agreed(l)
		delete(x.handshakes, l.Index)
	}
	s.Opaque = !strings.Contains(l.Proto, "RTP/") || l.Media != "audio"
	return s
}

// blank is what is known of a side that has not said anything of a line yet, of which the other side has.
func (c *call) blank(s *side, line int, other *timbre.Media) timbre.Media {
	spec := timbre.Media{Source: s.Peer().Addr(), LatchAny: c.e.cfg.LatchAny, Opaque: other.Opaque}
	if other.Keys != nil || other.DTLS != nil {
		spec.Keys = s.secrets.pending(line)
	}
	return spec
}

// answered settles a proposal with the answer of the other side: both sides' streams are told, and the answer is given as
// the one who proposed gets it. Lines that either refuses are paused.
func (c *call) answered(p *proposal, raw []byte) ([]byte, *transport.Refusal) {
	x, y := p.from, p.from.other()
	o, err := sdp.Read(raw, y.Peer().Addr())
	if err != nil {
		return nil, transport.Refuse(502, "bad_answer", "%v", err)
	}
	c.media.Lock()
	defer c.media.Unlock()
	lines := make([]ours, len(o.Lines))
	for i := range o.Lines {
		at := c.pairs[i]
		if at == nil || i >= len(p.lines) {
			continue
		}
		offered, answer := &p.lines[i], &o.Lines[i]
		if !c.relayable(offered) || !c.relayable(answer) || secure(offered) != secure(answer) {
			at.pause()
			continue
		}
		spec := c.spec(x, offered)
		at[x.which].Update(spec)
		at[y.which].Update(c.spec(y, answer))
		lines[i] = x.giveKeys(offered, &spec)
		lines[i].port = at[x.which].Stream.Port()
		c.warn(answer)
	}
	x.got, y.got = p.raw, raw
	return x.author.write(raw, lines), nil
}

// pause tells both streams to expect nothing for now.
func (p *pair) pause() {
	for i := range p {
		p[i].Pause()
	}
}

// closeMedia ends all streams. What was heard is handed on first.
func (c *call) closeMedia() {
	c.media.Lock()
	defer c.media.Unlock()
	c.closed = true
	c.report()
	for _, p := range c.pairs {
		for i := range p {
			p[i].Stream.Close()
		}
	}
	clear(c.pairs)
}
