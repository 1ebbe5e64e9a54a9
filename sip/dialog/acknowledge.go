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

// repeated answers a 2xx that arrives again, or from a second device.
func (t *Transaction) repeated(res *gosip.Response) {
	ack := t.ack.Load()
	switch {
	case ack == nil || !res.IsSuccess(): // the ACK waits for the answer to an offer
	case tagOf(ack.To().Params) == tagOf(res.To().Params):
		_ = t.d.cfg.Agent.Write(ack.Clone())
	default:
		t.d.cfg.Agent.Do(func() { t.reject(res) })
	}
}

// reject ends an unwanted dialog at once: ACK, and BYE.
func (t *Transaction) reject(res *gosip.Response) {
	fork := t.d.fork(res)
	ack := fork.ack(t.Request.CSeq().SeqNo, nil)
	t.ack.CompareAndSwap(nil, ack)
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
