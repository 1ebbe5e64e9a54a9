package trunk

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// intervalTooSmall is the status code for a session interval that the peer finds too short (RFC 4028, 6).
const intervalTooSmall = 422

// invite makes the INVITE to the gateway.
func (a *attempt) invite() *gosip.Request {
	c := a.call
	req := a.side.Request(gosip.INVITE)
	*req.MaxForwards() = gosip.MaxForwardsHeader(c.forwards)
	req.SetDestination(a.gateway.at.String())
	req.AppendHeader(gosip.NewHeader("Allow", c.ua.allow()))
	req.AppendHeader(gosip.NewHeader("User-Agent", "Timbre"))
	dialog.Session{Interval: dialog.DefaultSession}.Ask(req, a.minSE)
	c.askReliable(req)
	req.AppendHeader(gosip.NewHeader(loopHeader, strings.Join(append(loopTokens(c.invite), c.loopToken), ", ")))
	req.AppendHeader(gosip.NewHeader("X-VoiceConnector-ID", c.connector.ID))
	a.side.copyRequestHeaders(c.invite, req)
	a.assertIdentity(req)
	dialog.SetSDP(req, a.offer)
	return req
}

// fromHeader is the caller as a gateway sees it: its name and number, at the local host.
func (c *call) fromHeader(at transport.Endpoint) gosip.FromHeader {
	from := c.invite.From()
	return gosip.FromHeader{
		DisplayName: from.DisplayName,
		Address:     gosip.Uri{Scheme: "sip", User: from.Address.User, Host: at.Advertised.Addr().String()},
	}
}

func (a *attempt) send(req *gosip.Request) (err error) {
	a.tx, err = a.side.Send(a.call.ua.ctx, req)
	return err
}

// retry is the INVITE again, as a response asks for it: with credentials, or with a longer session. Nil: it asks for neither,
// or has asked before.
func (a *attempt) retry(res *gosip.Response) *gosip.Request {
	if res.StatusCode == intervalTooSmall && a.minSE == 0 {
		if p, r := dialog.ReadTimerParams(res); r == nil && p.MinSE > dialog.DefaultSession {
			a.minSE = p.MinSE
			return a.invite()
		}
		return nil
	}
	if a.authorized {
		return nil
	}
	again := a.side.Authorize(a.tx.Request, res)
	a.authorized = again != nil
	return again
}
