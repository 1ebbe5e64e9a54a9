package dialog

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// MaxForwards is the Max-Forwards of a new request (RFC 3261, 8.1.1.6).
const MaxForwards = 70

// Contact is how the peer reaches this side of the dialog. A SIPS URI says TLS by itself.
func (d *Dialog) Contact() *gosip.ContactHeader {
	at := d.cfg.Endpoint.Advertised
	h := &gosip.ContactHeader{Address: gosip.Uri{Scheme: "sip", User: "timbre", Host: at.Addr().String(), Port: int(at.Port())}}
	switch {
	case d.sips:
		h.Address.Scheme = "sips"
	case d.cfg.Network != "udp":
		h.Address.UriParams.Add("transport", d.cfg.Network)
	}
	if d.cfg.Feature != "" {
		h.Params.Add(d.cfg.Feature, "")
	}
	return h
}

// Response is a response within the dialog, with its Contact, Allow and Supported.
func (d *Dialog) Response(req *gosip.Request, code int, phrase string) *gosip.Response {
	res := gosip.NewResponseFromRequest(req, code, phrase, nil)
	res.To().Params.Add("tag", tagOf(d.local.Params))
	res.AppendHeader(d.Contact())
	res.AppendHeader(gosip.NewHeader("Allow", d.cfg.Allow))
	if d.cfg.Supported != "" {
		res.AppendHeader(gosip.NewHeader("Supported", d.cfg.Supported))
	}
	return res
}

// Request makes the next request of this side (RFC 3261, 12.2.1.1).
func (d *Dialog) Request(method gosip.RequestMethod) *gosip.Request {
	d.mu.Lock()
	req := d.message(method, d.seq.Add(1))
	d.mu.Unlock()
	if method != gosip.BYE {
		req.AppendHeader(d.Contact())
	}
	return req
}

// storedByeGap is how many requests this side may send, at most, before the CSeq of its stored BYE is too low to be accepted.
const storedByeGap = 10_000

// StoredBye is the BYE of this side for the case that another process has to end the dialog: this one is gone, and with it any
// connection of the peer's.
func (d *Dialog) StoredBye() timbre.StoredBye {
	d.mu.Lock()
	defer d.mu.Unlock()
	req := d.message(gosip.BYE, d.seq.Load()+storedByeGap)
	return timbre.StoredBye{Network: d.cfg.Network, To: d.lastingHop(), Message: req.String()}
}

// Again is a request that was answered by a challenge, to be sent once more: with the next CSeq and a branch of its own.
func (d *Dialog) Again(req *gosip.Request) *gosip.Request {
	again := req.Clone()
	again.CSeq().SeqNo = d.seq.Add(1)
	again.Via().Params.Add("branch", gosip.GenerateBranch())
	return again
}

// ack makes the ACK for a 2xx to an INVITE of this side (RFC 3261, 13.2.2.4).
func (d *Dialog) ack(seq uint32, body []byte) *gosip.Request {
	d.mu.Lock()
	req := d.message(gosip.ACK, seq)
	d.mu.Unlock()
	req.AppendHeader(d.Contact())
	SetSDP(req, body)
	return req
}

// message is a request of the dialog with its next hop. The caller holds mu.
func (d *Dialog) message(method gosip.RequestMethod, seq uint32) *gosip.Request {
	uri, routes := d.path()
	req := gosip.NewRequest(method, uri)
	req.AppendHeader(d.via())
	forwards := gosip.MaxForwardsHeader(MaxForwards)
	req.AppendHeader(&forwards)
	from, to := d.local, d.remote
	from.Params, to.Params = from.Params.Clone(), to.Params.Clone()
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	id := gosip.CallIDHeader(d.callID)
	req.AppendHeader(&id)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: seq, MethodName: method})
	for _, r := range routes {
		req.AppendHeader(gosip.NewHeader("Route", r))
	}
	req.SetBody(nil)
	req.SetTransport(strings.ToUpper(d.cfg.Network))
	req.SetDestination(d.nextHop())
	req.Laddr = d.cfg.Endpoint.Socket
	return req
}

func (d *Dialog) via() *gosip.ViaHeader {
	at := d.cfg.Endpoint.Advertised
	via := &gosip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: strings.ToUpper(d.cfg.Network),
		Host: at.Addr().String(), Port: int(at.Port()),
	}
	via.Params.Add("branch", gosip.GenerateBranch())
	via.Params.Add("rport", "")
	return via
}

// SetSDP gives a message a session description as its body; nil gives it none.
func SetSDP(m gosip.Message, sdp []byte) {
	if sdp != nil {
		m.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
	}
	m.SetBody(sdp)
}
