package trunk

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// invite makes the INVITE for a gateway.
func (at *attempt) invite() *gosip.Request {
	c, b := at.c, at.b
	b.mu.Lock()
	b.seq++
	req := b.message(gosip.INVITE, b.seq)
	b.mu.Unlock()
	*req.MaxForwards() = gosip.MaxForwardsHeader(c.forwards)
	req.SetDestination(at.g.hostPort())
	req.AppendHeader(b.contact())
	req.AppendHeader(gosip.NewHeader("Allow", c.e.allow()))
	req.AppendHeader(gosip.NewHeader("User-Agent", "Timbre"))
	session{interval: usualSession}.ask(req, at.least)
	req.AppendHeader(gosip.NewHeader(trail, strings.Join(append(marks(c.invite), c.mark), ", ")))
	req.AppendHeader(gosip.NewHeader("X-VoiceConnector-ID", c.connector.ID))
	c.e.carryRequest(c.invite, req)
	describe(req, at.offered)
	return req
}

func (at *attempt) send(req *gosip.Request) error {
	e := at.c.e
	e.agent.Note(at.c.connector.ID, req)
	tx, err := e.connect(e.ctx, req)
	if err != nil {
		return err
	}
	at.req, at.tx, at.heard = req, tx, false
	tx.OnRetransmission(at.repeated)
	return nil
}

// repeated answers a 2xx that came again, or one of a second phone that answered too.
func (at *attempt) repeated(res *gosip.Response) {
	ack := at.acked.Load()
	switch {
	case ack == nil: // it waits for the caller's answer to the offer in it
	case ack.To().Params.GetOr("tag", "") == res.To().Params.GetOr("tag", ""):
		_ = at.c.e.agent.Write(ack.Clone())
	default:
		at.c.e.agent.Do(func() { at.reject(res) })
	}
}

// retry is the INVITE again, as an answer asks for it: with a password, or with a longer session. Nil: it does not.
func (at *attempt) retry(res *gosip.Response) *gosip.Request {
	switch {
	case res.StatusCode == tooSmall && at.least == 0:
		if least, _, r := interval(res, "min-se"); r == nil && least > usualSession {
			at.least = least
			return at.invite()
		}
	case (res.StatusCode == gosip.StatusUnauthorized || res.StatusCode == gosip.StatusProxyAuthRequired) && !at.proven:
		at.proven = true
		return at.b.proven(at.req, res)
	}
	return nil
}
