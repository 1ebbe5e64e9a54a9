package trunk

import (
	"context"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// abandon ends a try that nobody waits for any more: with CANCEL as soon as the gateway has shown that it has the INVITE, and
// with BYE when it answers all the same.
func (at *attempt) abandon() {
	at.c.e.agent.Do(func() {
		ctx, cancel := context.WithTimeout(at.c.e.ctx, 64*gosip.T1)
		defer cancel()
		if at.heard {
			at.cancel()
		}
		for {
			select {
			case res := <-at.tx.Responses():
				at.c.e.agent.Note(at.c.connector.ID, res)
				switch {
				case res.IsProvisional() && !at.heard:
					at.heard = true
					at.cancel()
				case res.IsSuccess():
					at.reject(res)
					return
				case !res.IsProvisional():
					return
				}
			case <-at.tx.Done():
				return
			case <-ctx.Done():
				at.tx.Terminate()
				return
			}
		}
	})
}

func (at *attempt) cancel() { at.c.e.cancel(at.c.connector.ID, at.req) }

// reject takes back an answer: it is acknowledged, and its dialog ended at once.
func (at *attempt) reject(res *gosip.Response) {
	s := &side{
		call: at.c, which: callee, network: at.b.network, place: at.b.place, peer: at.b.peer, callID: at.b.callID,
		local: at.b.local, target: at.b.target, seq: at.req.CSeq().SeqNo,
	}
	s.established(res)
	ack := s.ack(at.req.CSeq().SeqNo, nil)
	at.acked.CompareAndSwap(nil, ack)
	_ = at.c.e.agent.Write(ack.Clone())
	at.c.e.bye(at.c.e.ctx, s, nil)
}

// cancel sends the CANCEL for an INVITE (RFC 3261, 9.1).
func (e *Exchange) cancel(connectorID string, invite *gosip.Request) {
	req := gosip.NewRequest(gosip.CANCEL, *invite.Recipient.Clone())
	req.AppendHeader(invite.Via().Clone())
	forwards := gosip.MaxForwardsHeader(mostForwards)
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
	e.agent.Note(connectorID, req)
	e.agent.Do(func() { _, _ = e.final(e.ctx, connectorID, req, nil) })
}
