package dialog

import (
	"strconv"
	"strings"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

// Reliable is the option tag of reliable provisional responses (RFC 3262).
const Reliable = "100rel"

// Provisionals are the reliable provisional responses to one INVITE of the peer (RFC 3262, 3). Each is repeated until its PRACK comes, and
// the next one waits for it.
type Provisionals struct {
	d      *Dialog
	invite *gosip.Request
	tx     gosip.ServerTransaction

	mu      sync.Mutex
	rseq    uint32         // of the last one
	open    []*Provisional // the one that is repeated, and those that wait
	settled chan struct{}  // closed when the first of them is
	closed  bool
	lost    chan struct{} // closed when one is not acknowledged in time
}

// Provisional is a reliable provisional response.
type Provisional struct {
	About any // what its sender wants to know again when the PRACK comes

	of    *Provisionals
	rseq  uint32
	res   *gosip.Response
	acked chan struct{}
}

// NewProvisionals makes those of an INVITE. The RSeq of the first one is random, below 2^31.
func NewProvisionals(d *Dialog, invite *gosip.Request, tx gosip.ServerTransaction, first uint32) *Provisionals {
	return &Provisionals{d: d, invite: invite, tx: tx, rseq: first - 1, settled: make(chan struct{}), lost: make(chan struct{})}
}

// Send sends a response as soon as those before it are settled.
func (p *Provisionals) Send(res *gosip.Response, about any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.rseq++
	res.AppendHeader(gosip.NewHeader("Require", Reliable))
	res.AppendHeader(gosip.NewHeader("RSeq", strconv.FormatUint(uint64(p.rseq), 10)))
	p.open = append(p.open, &Provisional{About: about, of: p, rseq: p.rseq, res: res, acked: make(chan struct{})})
	if len(p.open) == 1 {
		p.begin()
	}
}

// begin sends the first of those that are open. The caller holds mu.
func (p *Provisionals) begin() {
	next := p.open[0]
	p.d.cfg.Agent.Do(func() { p.repeat(next) })
}

// repeat sends a response until it is acknowledged: from T1 on, at intervals that double.
func (p *Provisionals) repeat(r *Provisional) {
	wait := gosip.T1
	repeat, timeout := time.NewTimer(wait), time.NewTimer(64*gosip.T1)
	defer repeat.Stop()
	defer timeout.Stop()
	for p.send(r) {
		select {
		case <-r.acked:
			return
		case <-p.d.over:
			return
		case <-repeat.C:
			wait *= 2
			repeat.Reset(wait)
		case <-timeout.C:
			p.lose()
			return
		}
	}
}

// send sends a response. False: it is not to be sent any more, for the INVITE has its final response.
func (p *Provisionals) send(r *Provisional) bool {
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	if !closed {
		_ = p.tx.Respond(r.res) // is repeated
	}
	return !closed
}

func (p *Provisionals) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closed = true
		close(p.lost)
	}
}

// Lost is closed when a response is not acknowledged in time: the INVITE is to be refused (RFC 3262, 3).
func (p *Provisionals) Lost() <-chan struct{} { return p.lost }

// Find returns the response that a PRACK acknowledges.
func (p *Provisionals) Find(prack *gosip.Request) (*Provisional, *transport.Refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rseq, cseq, ok := readRAck(prack)
	switch {
	case !ok:
		return nil, transport.Refuse(400, "malformed", "RAck %.64q", header.Value(prack, "rack"))
	case len(p.open) == 0 || p.open[0].rseq != rseq || cseq != p.invite.CSeq().SeqNo || closed(p.open[0].acked):
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
	if closed(r.acked) {
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

// Answerable returns a channel that closes when the next of the responses is settled, for as long as the INVITE must not be answered with
// 2xx: while one with a session description is open (RFC 3262, 3). Nil: it may be answered.
func (p *Provisionals) Answerable() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.open {
		if len(r.res.Body()) > 0 || closed(r.acked) {
			return p.settled
		}
	}
	return nil
}

// Close ends all repetition, before the final response. A PRACK of the last one is answered still.
func (p *Provisionals) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

// closed reports whether a channel that carries nothing is closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
