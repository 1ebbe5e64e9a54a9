package dialog

import (
	"context"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// Cancel sends a CANCEL for an INVITE that has been answered provisionally (RFC 3261, 9.1), and does not wait for its answer.
func (t *Transaction) Cancel() {
	d := t.d
	d.cfg.Agent.Do(func() { d.ask(t.ctx, d.cancel(t.Request), nil) })
}

// cancel makes the CANCEL of an INVITE: all that names the INVITE is as it was.
func (d *Dialog) cancel(invite *gosip.Request) *gosip.Request {
	req := gosip.NewRequest(gosip.CANCEL, *invite.Recipient.Clone())
	req.AppendHeader(invite.Via().Clone())
	forwards := gosip.MaxForwardsHeader(MaxForwards)
	req.AppendHeader(&forwards)
	from, to, id := *invite.From(), *invite.To(), *invite.CallID()
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&id)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: gosip.CANCEL})
	for _, r := range header.Values(invite, "route") {
		req.AppendHeader(gosip.NewHeader("Route", r))
	}
	req.SetBody(nil)
	req.SetTransport(invite.Transport())
	req.SetDestination(invite.Destination())
	req.Laddr = invite.Laddr
	return req
}

// Abandon ends an INVITE that is not awaited any more: by CANCEL as soon as the peer has shown that it has the INVITE, and by BYE when
// it answers all the same. It returns when the peer has given its final response, or when ctx ends.
func (t *Transaction) Abandon(ctx context.Context) {
	cancelled := false
	for {
		if t.answered && !cancelled {
			cancelled = true
			t.Cancel()
		}
		select {
		case res := <-t.tx.Responses():
			t.Received(res)
			switch {
			case res.IsSuccess():
				t.reject(res)
				return
			case !res.IsProvisional():
				return
			}
		case <-t.tx.Done():
			return
		case <-ctx.Done():
			t.tx.Terminate()
			return
		}
	}
}
