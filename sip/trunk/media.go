package trunk

import (
	"strings"

	"timbre"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// maxPairs is how many m-lines of a call are put through; the others are refused with port 0.
const maxPairs = 4

// pair is the two streams of one m-line: one faces the caller, one the gateway.
type pair struct {
	streams  [2]timbre.MediaStream // by side
	specs    [2]timbre.Media
	reported [2]timbre.Reception
}

// update tells a stream what has changed, if anything has.
func (p *pair) update(x *side, spec timbre.Media) {
	if !p.specs[x.which].Equal(spec) {
		p.specs[x.which] = spec
		p.streams[x.which].Update(spec)
	}
}

// descriptionOf is the session description in a message; nil without.
func descriptionOf(m interface {
	header.Message
	Body() []byte
},
) ([]byte, *Refusal) {
	body, err := siprec.Read(header.Value(m, "content-type"), m.Body())
	switch {
	case err == nil:
		return body.SDP, nil
	case timbre.KindOf(err) == timbre.Limit:
		return nil, refuse(513, "too_large", "%v", err)
	case timbre.KindOf(err) == timbre.Unprocessable:
		return nil, refuse(415, "media_type", "%v", err).with("Accept", "application/sdp")
	}
	return nil, refuse(400, "malformed", "%v", err)
}

// proposal is an offer that is on its way from one side to the other.
type proposal struct {
	from  *side
	raw   []byte
	lines []sdp.Line
}

// propose reads an offer of a side, opens what it needs, and gives it as the other side gets it.
func (c *call) propose(x *side, raw []byte) (*proposal, []byte, *Refusal) {
	o, err := sdp.Read(raw, x.peer.Addr())
	switch {
	case err != nil && timbre.KindOf(err) == timbre.Unprocessable:
		return nil, nil, refuse(488, "no_media", "%v", err)
	case err != nil:
		return nil, nil, refuse(400, "malformed", "%v", err)
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
			return nil, nil, refuse(503, "unavailable", "%v", err).with("Retry-After", "5")
		}
		if p != nil {
			lines[i] = x.other().askKeys(l)
			lines[i].port = p.streams[x.other().which].Port()
			open++
		}
	}
	if open == 0 && !disabled {
		return nil, nil, refuse(488, "no_media", "no stream that can be put through")
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
	p.specs[x.which] = c.spec(x, l)
	if p.specs[x.which].DTLS != nil { // it begins with our answer
		p.specs[x.which].DTLS, p.specs[x.which].Keys = nil, x.secrets.pending(l.Index)
	}
	p.specs[x.other().which] = c.blank(x.other(), l.Index, &p.specs[x.which])
	hear := [2]timbre.Listener{deaf{}, deaf{}}
	if l.Media == "audio" && c.heard < 0 {
		c.heard = l.Index
		hear = [2]timbre.Listener{&c.taps[0], &c.taps[1]}
	}
	a, b, err := c.e.media.Pair(p.specs[caller], p.specs[callee], hear[caller], hear[callee])
	if err != nil {
		return nil, err
	}
	p.streams = [2]timbre.MediaStream{a, b}
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
	s := l.Spec(c.listenAt(x), x.peer.Addr(), c.e.cfg.LatchAny)
	s.Mux = false // neither offered on nor answered
	switch {
	case handshaken(l):
		s.DTLS = x.answering.Spec(l, s.Local, s.Source, s.LatchAny).DTLS
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
	spec := timbre.Media{Source: s.peer.Addr(), LatchAny: c.e.cfg.LatchAny, Opaque: other.Opaque}
	if other.Keys != nil || other.DTLS != nil {
		spec.Keys = s.secrets.pending(line)
	}
	return spec
}

// answered settles a proposal with the answer of the other side: both sides' streams are told, and the answer is given as
// the one who proposed gets it. Lines that either refuses are paused.
func (c *call) answered(p *proposal, raw []byte) ([]byte, *Refusal) {
	x, y := p.from, p.from.other()
	o, err := sdp.Read(raw, y.peer.Addr())
	if err != nil {
		return nil, refuse(502, "bad_answer", "%v", err)
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
		at.update(x, spec)
		at.update(y, c.spec(y, answer))
		lines[i] = x.giveKeys(offered, &spec)
		lines[i].port = at.streams[x.which].Port()
		c.warn(answer)
	}
	x.got, y.got = p.raw, raw
	return x.author.write(raw, lines), nil
}

// pause tells both streams to expect nothing for now.
func (p *pair) pause() {
	for i := range p.streams {
		spec := p.specs[i]
		spec.Hold = true
		if !p.specs[i].Equal(spec) {
			p.specs[i] = spec
			p.streams[i].Update(spec)
		}
	}
}

// closeMedia ends all streams. What was heard is handed on first.
func (c *call) closeMedia() {
	c.media.Lock()
	defer c.media.Unlock()
	c.closed = true
	c.report()
	for _, p := range c.pairs {
		for _, s := range p.streams {
			s.Close()
		}
	}
	clear(c.pairs)
}
