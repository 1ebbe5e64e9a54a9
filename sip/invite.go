package sip

import (
	"net/netip"
	"strings"
	"sync/atomic"

	"timbre/sip/transport"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"timbre"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// maxLegs is how many audio streams of a call are taken; the others are answered with port 0.
const maxLegs = 3

// invite takes a call, or refuses it.
func (s *Server) invite(req *gosip.Request, tx gosip.ServerTransaction, _ *dialog) {
	call := callID(req) + " " + req.From().Params.GetOr("tag", "")
	if s.leaving.Load() {
		s.refuse(req, tx, refuse(503, "unavailable", "the server is being stopped").With("Retry-After", "10"))
		return
	}
	if !s.dialogs.reserve(call) {
		s.refuse(req, tx, refuse(482, "merged", "this call is there already"))
		return
	}
	cancelled := onCancel(tx)
	d, res, r := s.accept(req, tx, call)
	if r != nil {
		s.refuse(req, tx, r)
		return
	}
	if d == nil { // it has been put through
		return
	}
	s.log.Info("call", "transaction", d.txid, "call", callID(req), "source", req.Source(), "legs", len(d.legs))
	s.dialogs.put(d)
	if s.leaving.Load() { // since we looked
		s.drop(d, "the server was stopped")
		s.refuse(req, tx, refuse(503, "unavailable", "the server is being stopped"))
		return
	}
	s.confirm(d, req, tx, res, cancelled)
}

// onCancel tells whether a transaction has been cancelled. The stack answers the CANCEL, and the INVITE with 487.
func onCancel(tx gosip.ServerTransaction) *atomic.Bool {
	var cancelled atomic.Bool
	if !tx.OnCancel(func(*gosip.Request) { cancelled.Store(true) }) {
		cancelled.Store(true)
	}
	return &cancelled
}

// accept makes a dialog of an INVITE: its call begun, its streams open, its answer made but not sent. Nil: it was no recording,
// and has been put through. A call that it does not take may come again at once, as one that was challenged does: the
// reservation is gone before anybody is answered.
func (s *Server) accept(req *gosip.Request, tx gosip.ServerTransaction, call string) (d *dialog, res *gosip.Response, r *refusal) {
	taken := false
	defer func() {
		if !taken {
			s.dialogs.release(call)
		}
	}()
	if d, r = s.newDialog(req, tx, call); r != nil {
		return nil, nil, r
	}
	access, r := s.admit(req, d.source.Addr())
	connector := access.Connector
	s.stack.LogFor(tx, connector.ID)
	if r != nil {
		return nil, nil, r
	}
	d.secured = connector.RequireEncryption
	routes, r := s.routes(connector, req)
	if r != nil {
		return nil, nil, r
	}
	if len(routes) == 0 {
		d, res, r = s.take(req, d, access)
		taken = r == nil // until the dialog is removed
		return d, res, r
	}
	if r = s.paced(access); r != nil {
		return nil, nil, r
	}
	taken = true // until the call is over
	s.putThrough(d, tx, connector, routes)
	return nil, nil, nil
}

// take makes a dialog of an INVITE that has been let in, for a call that is to be listened to.
func (s *Server) take(req *gosip.Request, d *dialog, access timbre.Access) (*dialog, *gosip.Response, *refusal) {
	interval, r := sessionExpires(req, timed(req))
	if r != nil {
		return nil, nil, r
	}
	body, o, lines, r := s.read(req, d)
	if r != nil {
		return nil, nil, r
	}
	if r = s.paced(access); r != nil {
		return nil, nil, r
	}
	s.mapLegs(d, req, access.Connector, body, lines)
	answer, r := s.begin(d, access.Connector.ID, body.Metadata, o, lines)
	if r != nil {
		return nil, nil, r
	}
	s.renew(d, interval)
	res := s.sessionResponse(d, req, answer)
	promise(res, req, interval)
	return d, res, nil
}

// newDialog notes who calls, and where to.
func (s *Server) newDialog(req *gosip.Request, tx gosip.ServerTransaction, call string) (*dialog, *refusal) {
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return nil, refuse(500, "internal", "no source address: %v", err)
	}
	d := &dialog{
		call: call, tag: uuid.NewString(), invite: req, theirSeq: req.CSeq().SeqNo,
		source: netip.AddrPortFrom(source.Addr().Unmap(), source.Port()), target: *req.Contact().Address.Clone(),
		done: make(chan struct{}), tracks: map[int]*track{}, acks: map[uint32]chan []byte{},
	}
	d.id = gosip.DialogIDMake(callID(req), d.tag, req.From().Params.GetOr("tag", ""))
	if c, ok := tx.(interface{ Connection() gosip.Connection }); ok && c.Connection() != nil {
		d.bound = c.Connection().LocalAddr()
	}
	d.local = transport.LocalAddr(d.bound, d.source)
	d.contact = s.stack.Advertised(d.local, d.source.Addr())
	d.answering = sdp.NewAnswering(s.mediaAddress(d.local.Addr(), d.local.Addr()))
	d.answering.For = func(l *sdp.Line) netip.Addr { return s.mediaAddress(d.local.Addr(), l.Remote.Addr()) }
	d.answering.Fingerprint, d.answering.Passive = s.media.Fingerprint(), s.cfg.LatchAny
	return d, nil
}

// read takes the body of a first INVITE apart, and its offer.
func (s *Server) read(req *gosip.Request, d *dialog) (body siprec.Body, o *sdp.Offer, lines []sdp.Line, r *refusal) {
	body, err := siprec.Read(strings.Join(values(req, "content-type"), ""), req.Body())
	if err != nil {
		return body, nil, nil, unread(err)
	}
	if body.SDP == nil {
		return body, nil, nil, refuse(488, "no_codec", "there is no offer in the INVITE")
	}
	if o, r = offered(body.SDP, d.source.Addr()); r != nil {
		return body, nil, nil, r
	}
	if d.secured {
		o.Demand()
	}
	if lines = o.Fit(maxLegs); len(lines) == 0 {
		return body, nil, nil, unacceptable(o)
	}
	return body, o, lines, nil
}

func offered(raw []byte, peer netip.Addr) (*sdp.Offer, *refusal) {
	o, err := sdp.Read(raw, peer)
	switch {
	case err == nil:
		return o, nil
	case timbre.KindOf(err) == timbre.Unprocessable:
		return nil, refuse(488, "no_codec", "%v", err)
	}
	return nil, refuse(400, "malformed", "%v", err)
}
