package sip

import (
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// sessionResponse is a 200 within a dialog, with SDP if there is some to send.
func (s *Server) sessionResponse(d *dialog, req *gosip.Request, sdp []byte) *gosip.Response {
	res := gosip.NewResponseFromRequest(req, 200, "OK", nil)
	res.To().Params.Add("tag", d.tag)
	contact := gosip.ContactHeader{Address: gosip.Uri{Scheme: "sip", User: "timbre", Host: d.contact.Addr().String(), Port: int(d.contact.Port())}}
	if network := strings.ToLower(d.invite.Transport()); d.sips() {
		contact.Address.Scheme = "sips"
	} else if network != "udp" {
		contact.Address.UriParams.Add("transport", network)
	}
	contact.Params.Add("+sip.srs", "")
	res.AppendHeader(&contact)
	res.AppendHeader(gosip.NewHeader("Allow", allow))
	res.AppendHeader(gosip.NewHeader("Supported", supported))
	res.AppendHeader(gosip.NewHeader(TransactionHeader, d.txid))
	if sdp != nil {
		res.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody(sdp)
	}
	return res
}

// confirm sends the 200 to an INVITE until the ACK comes, and gives the ACK's body. A call whose INVITE was cancelled, or
// whose 200 nobody acknowledges, is over.
func (s *Server) confirm(d *dialog, req *gosip.Request, tx gosip.ServerTransaction, res *gosip.Response, cancelled *atomic.Bool) []byte {
	acked := d.expect(req.CSeq().SeqNo)
	if err := tx.Respond(res); err != nil && !errors.Is(err, net.ErrClosed) {
		s.log.Debug("the answer could not be sent at first", "error", err)
	}
	first := req.To().Params.GetOr("tag", "") == ""
	if cancelled.Load() {
		if first {
			s.stack.Reject("cancelled")
			s.drop(d, "the caller cancelled the call before it was answered")
		}
		return nil
	}
	wait := gosip.T1
	again, enough := time.NewTimer(wait), time.NewTimer(64*gosip.T1)
	defer again.Stop()
	defer enough.Stop()
	for {
		select {
		case body := <-acked:
			return body
		case ack := <-tx.Acks(): // of clients that use the INVITE's branch for it
			s.stack.LogMessage(d.connector, ack)
			d.acknowledged(ack.CSeq().SeqNo, ack.Body())
		case <-again.C:
			_ = tx.Respond(res) // the connection may come back
			wait = min(2*wait, gosip.T2)
			again.Reset(wait)
		case <-enough.C:
			s.hangUp(d, "the answer was not acknowledged")
			return nil
		case <-d.done:
			return nil
		}
	}
}
