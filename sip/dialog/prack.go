package dialog

import (
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
	"timbre/sip/transport"
)

// Find returns the response that a PRACK acknowledges.
func (p *Provisionals) Find(prack *gosip.Request) (*Provisional, *transport.Refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rseq, cseq, ok := readRAck(prack)
	switch {
	case !ok:
		return nil, transport.Refuse(400, "malformed", "RAck %.64q", header.Value(prack, "rack"))
	case len(p.open) == 0 || p.open[0].rseq != rseq || cseq != p.invite.CSeq().SeqNo || timbre.IsClosed(p.open[0].acked):
		return nil, NoProvisional()
	}
	return p.open[0], nil
}

// NoProvisional is the refusal of a PRACK that acknowledges nothing.
func NoProvisional() *transport.Refusal {
	return transport.Refuse(481, "prack", "no provisional response waits for this PRACK")
}

// readRAck reads the RAck of a PRACK for an INVITE.
func readRAck(prack *gosip.Request) (rseq, cseq uint32, ok bool) {
	fields := strings.Fields(header.Value(prack, "rack"))
	if len(fields) != 3 || !strings.EqualFold(fields[2], string(gosip.INVITE)) {
		return 0, 0, false
	}
	first, err := strconv.ParseUint(fields[0], 10, 32)
	second, other := strconv.ParseUint(fields[1], 10, 32)
	return uint32(first), uint32(second), err == nil && other == nil
}

// Acknowledge ends the repetition of a response. False: another PRACK has done so.
func (r *Provisional) Acknowledge() bool {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	if timbre.IsClosed(r.acked) {
		return false
	}
	close(r.acked)
	return true
}

// Settle says that the PRACK of a response is answered. The next one is sent.
func (r *Provisional) Settle() {
	p := r.of
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open = p.open[1:]; len(p.open) > 0 && !p.closed {
		p.begin()
	}
	close(p.settled)
	p.settled = make(chan struct{})
}
