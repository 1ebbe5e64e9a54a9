package sip

import (
	"context"
	"strings"

	"timbre/sip/transport"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// bye ends a call at the wish of its peer.
func (s *Server) bye(req *gosip.Request, tx gosip.ServerTransaction, d *dialog) {
	if !d.proceed(req) {
		s.refuse(req, tx, refuse(500, "order", "CSeq %d is not the next one", req.CSeq().SeqNo))
		return
	}
	s.drop(d, "")
	res := gosip.NewResponseFromRequest(req, 200, "OK", nil)
	s.stack.Respond(tx, res)
}

// drop ends a call without telling its peer. It says whether there was something to end.
func (s *Server) drop(d *dialog, failure string) bool {
	if !s.dialogs.remove(d) {
		return false
	}
	close(d.done)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	if d.expiry != nil {
		d.expiry.Stop()
	}
	s.receptions(d)
	d.closeStreams()
	if err := s.calls.End(s.lasting(), d.txid, failure); err != nil {
		s.log.Error("a call could not be ended", "transaction", d.txid, "error", err)
	}
	return true
}

// hangUp ends a call and tells its peer.
func (s *Server) hangUp(d *dialog, failure string) {
	if !s.drop(d, failure) || s.ctx.Err() != nil {
		return
	}
	bye := s.requestIn(d, gosip.BYE)
	s.stack.LogMessage(d.connector, bye)
	if err := s.send(s.ctx, bye, func(res *gosip.Response) { s.stack.LogMessage(d.connector, res) }); err != nil && s.ctx.Err() == nil {
		s.log.Warn("a BYE was not answered", "transaction", d.txid, "error", err)
	}
}

// requestIn makes the next request of ours in a dialog, to the remote target by way of the route set (RFC 3261, 12.2).
func (s *Server) requestIn(d *dialog, method gosip.RequestMethod) *gosip.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ourSeq++
	req := gosip.NewRequest(method, *d.target.Clone())
	network := d.invite.Transport()
	via := &gosip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: network,
		Host: d.contact.Addr().String(), Port: int(d.contact.Port()),
	}
	via.Params.Add("branch", gosip.GenerateBranch())
	via.Params.Add("rport", "")
	req.AppendHeader(via)
	forwards := gosip.MaxForwardsHeader(70)
	req.AppendHeader(&forwards)
	to := d.invite.From().AsTo()
	from := d.invite.To().AsFrom()
	from.Params.Add("tag", d.tag)
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	id := *d.invite.CallID()
	req.AppendHeader(&id)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: d.ourSeq, MethodName: method})
	for _, route := range d.invite.GetHeaders("record-route") {
		req.AppendHeader(gosip.NewHeader("Route", route.Value()))
	}
	req.SetBody(nil)
	req.SetTransport(network)
	req.SetDestination(s.nextHop(d))
	if bound := transport.AddrPort(d.bound); strings.EqualFold(network, "udp") && bound.IsValid() {
		req.Laddr = gosip.Addr{IP: bound.Addr().AsSlice(), Port: int(bound.Port())} // from the port that the peer knows
	}
	return req
}

// nextHop is where a request in a dialog goes. The caller holds d.mu.
func (s *Server) nextHop(d *dialog) string {
	var routes []string
	for _, route := range d.invite.GetHeaders("record-route") {
		routes = append(routes, route.Value())
	}
	network := strings.ToLower(d.invite.Transport())
	return nextHop(network, d.source, d.target, routes, network != "udp" && s.stack.Connected(network, d.source.String()), false)
}

// transact sends a request and waits for its final answer; heard is told of every answer.
func transact(ctx context.Context, stack *transport.Stack, req *gosip.Request, heard func(*gosip.Response)) error {
	tx, err := stack.Request(ctx, req)
	if err != nil {
		return err
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			heard(res)
			switch {
			case res.IsProvisional():
			case res.IsSuccess(), res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
				return nil
			default:
				return timbre.Errorf(timbre.Unavailable, "sip.bye", "the peer answered %d", res.StatusCode)
			}
		case <-tx.Done():
			return tx.Err()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
