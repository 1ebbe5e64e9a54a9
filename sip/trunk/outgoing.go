package trunk

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// tooSmall is the status code for a session interval that the peer finds too short (RFC 4028, 6).
const tooSmall = 422

// invite makes the INVITE for a gateway.
func (at *attempt) invite() *gosip.Request {
	c := at.c
	req := at.b.Request(gosip.INVITE)
	*req.MaxForwards() = gosip.MaxForwardsHeader(c.forwards)
	req.SetDestination(at.g.hostPort())
	req.AppendHeader(gosip.NewHeader("Allow", c.e.allow()))
	req.AppendHeader(gosip.NewHeader("User-Agent", "Timbre"))
	dialog.Session{Interval: dialog.UsualSession}.Ask(req, at.least)
	req.AppendHeader(gosip.NewHeader(trail, strings.Join(append(marks(c.invite), c.mark), ", ")))
	req.AppendHeader(gosip.NewHeader("X-VoiceConnector-ID", c.connector.ID))
	c.e.carryRequest(c.invite, req)
	dialog.Describe(req, at.offered)
	return req
}

func (at *attempt) send(req *gosip.Request) (err error) {
	at.tx, err = at.b.Send(at.c.e.ctx, req)
	return err
}

// retry is the INVITE again, as an answer asks for it: with a password, or with a longer session. Nil: it does not.
func (at *attempt) retry(res *gosip.Response) *gosip.Request {
	if res.StatusCode == tooSmall && at.least == 0 {
		if w, r := dialog.ReadWish(res); r == nil && w.Least > dialog.UsualSession {
			at.least = w.Least
			return at.invite()
		}
		return nil
	}
	if at.proven {
		return nil
	}
	again := at.b.Prove(at.tx.Request, res)
	at.proven = again != nil
	return again
}
