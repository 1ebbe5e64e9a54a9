package trunk

import (
	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// descriptionOf is the session description in a message; nil without.
func descriptionOf(m dialog.Message) ([]byte, *transport.Refusal) {
	body, err := siprec.ReadMessage(m)
	switch {
	case err == nil:
		return body.SDP, nil
	case timbre.KindOf(err) == timbre.Limit:
		return nil, transport.Refuse(513, "too_large", "%v", err)
	case timbre.KindOf(err) == timbre.Unprocessable:
		return nil, transport.Refuse(415, "media_type", "%v", err).With("Accept", "application/sdp").With("Accept-Encoding", "identity")
	}
	return nil, transport.Refuse(400, "malformed", "%v", err)
}

// proposal is an offer that is relayed from one side to the other.
type proposal struct {
	from  *side
	raw   []byte // as it was received
	full  []byte // with the m-lines that it lacks
	lines []sdp.Line
}

// propose reads an offer of a side, opens the streams that it needs, and returns it as the other side is sent it.
func (c *call) propose(from *side, raw []byte) (*proposal, []byte, *transport.Refusal) {
	_, before := from.other().exchanged()
	full := padded(raw, before)
	o, err := sdp.Read(full, from.Peer().Addr())
	switch {
	case err != nil && timbre.KindOf(err) == timbre.Unprocessable:
		return nil, nil, transport.Refuse(488, "no_media", "%v", err)
	case err != nil:
		return nil, nil, transport.Refuse(400, "malformed", "%v", err)
	}
	c.media.Lock()
	defer c.media.Unlock()
	lines, open, disabled := make([]localLine, len(o.Lines)), 0, true
	for i := range o.Lines {
		l := &o.Lines[i]
		disabled = disabled && l.Remote.Port() == 0
		if lines[i], err = c.offerOn(from, l); err != nil {
			return nil, nil, transport.Refuse(503, "unavailable", "%v", err).With("Retry-After", "5")
		}
		if lines[i].port != 0 {
			open++
		}
	}
	if open == 0 && !disabled {
		return nil, nil, transport.Refuse(488, "no_media", "no stream that can be bridged")
	}
	return &proposal{from: from, raw: raw, full: full, lines: o.Lines}, from.other().writer.write(full, lines), nil
}

// offerOn is the local part of a line as the other side is offered it; the zero value refuses it. The caller holds c.media.
func (c *call) offerOn(from *side, l *sdp.Line) (localLine, error) {
	if !c.bridgeable(l) {
		return localLine{}, nil
	}
	p, err := c.pairFor(from, l)
	if err != nil || p == nil {
		return localLine{}, err
	}
	to := from.other()
	line := to.offerKeys(l)
	line.port = p[to.which].Stream.Port()
	return line, nil
}

// accepted completes a proposal with the answer of the other side: it updates the streams of both sides, and returns the
// answer as the proposing side is sent it. Lines that either side refuses are paused.
func (c *call) accepted(p *proposal, raw []byte) ([]byte, *transport.Refusal) {
	to := p.from.other()
	full := padded(raw, p.full)
	o, err := sdp.Read(full, to.Peer().Addr())
	if err != nil {
		return nil, transport.Refuse(502, "bad_answer", "%v", err)
	}
	c.media.Lock()
	defer c.media.Unlock()
	lines := make([]localLine, len(o.Lines))
	for i := range o.Lines {
		if pair := c.pairs[i]; pair != nil && i < len(p.lines) {
			lines[i] = c.agree(pair, p.from, &p.lines[i], &o.Lines[i])
		}
	}
	p.from.received(p.raw)
	to.received(raw)
	return shortened(p.from.writer.write(full, lines), len(mediaLines(p.raw))), nil
}

// agree updates the streams of a line that was offered by a side and answered by the other, and returns the local part of the
// answer. The caller holds c.media.
func (c *call) agree(p *pair, from *side, offered, answer *sdp.Line) localLine {
	if !c.bridgeable(offered) || !c.bridgeable(answer) || isEncrypted(offered) != isEncrypted(answer) {
		p.pause()
		return localLine{}
	}
	to := from.other()
	spec := c.agreedMedia(from, offered)
	p[from.which].Update(spec)
	p[to.which].Update(c.agreedMedia(to, answer))
	line := from.answerKeys(offered, &spec)
	line.port = p[from.which].Stream.Port()
	c.warnUnknownCodec(answer)
	return line
}
