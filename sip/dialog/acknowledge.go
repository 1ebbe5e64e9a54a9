package dialog

import (
	gosip "github.com/emiago/sipgo/sip"
)

// Acknowledge sends the ACK for the 2xx to an INVITE, with a session description when the 2xx was an offer. Only the first call
// sends one; a repeated 2xx brings it again.
func (t *Transaction) Acknowledge(sdp []byte) error {
	if !t.Request.IsInvite() {
		return nil
	}
	ack := t.d.ack(t.Request.CSeq().SeqNo, sdp)
	if !t.ack.CompareAndSwap(nil, ack) {
		return nil
	}
	t.d.log(ack)
	return t.d.cfg.Agent.Write(ack.Clone())
}

// repeated answers a 2xx that arrives again, or from a second device. The SIP stack calls it on a goroutine of its own, which must not
// wait for the peer.
func (t *Transaction) repeated(res *gosip.Response) {
	ack := t.ack.Load()
	if ack == nil || !res.IsSuccess() || res.To() == nil { // the ACK waits for the answer to an offer
		return
	}
	if tag := tagOf(res.To().Params); tag != tagOf(ack.To().Params) {
		ack = t.second(tag, res)
	}
	if ack == nil || !t.repeating.CompareAndSwap(false, true) { // a peer that misses an ACK asks again
		return
	}
	if !t.d.cfg.Agent.Do(func() {
		defer t.repeating.Store(false)
		_ = t.d.cfg.Agent.Write(ack.Clone())
	}) {
		t.repeating.Store(false)
	}
}

// second is the ACK for a second device, whose dialog has been ended. Nil: it is being ended now, or there are too many of them.
func (t *Transaction) second(tag string, res *gosip.Response) *gosip.Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ack, known := t.seconds[tag]; known || len(t.seconds) == mostForks {
		return ack
	}
	if t.seconds == nil {
		t.seconds = map[string]*gosip.Request{}
	}
	fork := t.d.fork(res)
	ack := fork.ack(t.Request.CSeq().SeqNo, nil)
	t.seconds[tag] = ack
	t.d.cfg.Agent.Do(func() { t.takeBack(fork, ack) })
	return nil
}

// reject ends an unwanted dialog at once.
func (t *Transaction) reject(res *gosip.Response) {
	fork := t.d.fork(res)
	ack := fork.ack(t.Request.CSeq().SeqNo, nil)
	t.ack.CompareAndSwap(nil, ack)
	t.takeBack(fork, ack)
}

// takeBack ends a dialog that an answer has made: by ACK, and BYE.
func (t *Transaction) takeBack(fork *Dialog, ack *gosip.Request) {
	_ = t.d.cfg.Agent.Write(ack.Clone())
	fork.Ask(t.ctx, fork.Request(gosip.BYE), nil)
}

// fork is the dialog that one of several responses to an INVITE establishes.
func (d *Dialog) fork(res *gosip.Response) *Dialog {
	d.mu.Lock()
	fork := newDialog(d.cfg)
	fork.callID, fork.local, fork.target, fork.sips, fork.seq = d.callID, d.local, *d.target.Clone(), d.sips, d.seq
	d.mu.Unlock()
	fork.Established(res)
	return fork
}
