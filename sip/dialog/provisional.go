package dialog

import (
	"strconv"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
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

// mostWaiting is how many responses wait for a PRACK, with the one that is repeated.
const mostWaiting = 16

// Send sends a response as soon as those before it are settled. One too many is dropped.
func (p *Provisionals) Send(res *gosip.Response, about any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.open) == mostWaiting {
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

// Answerable returns a channel that closes when the next of the responses is settled, for as long as the INVITE must not be answered with
// 2xx: while one with a session description is open (RFC 3262, 3). Nil: it may be answered.
func (p *Provisionals) Answerable() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.open {
		if len(r.res.Body()) > 0 || timbre.IsClosed(r.acked) {
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
