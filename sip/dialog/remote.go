package dialog

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

// Receive takes a request of the peer into account. It is refused when it is out of order, or in the clear where encryption is
// required, or after the end, and when the peer changes the session too often. Receive hands an ACK to the Confirm that waits for it,
// so that nothing is left to do for it, and a BYE ends the dialog: nothing that comes after it is in the dialog, even while the BYE is being
// answered. A change of the session has its Turn, which its receiver ends.
func (d *Dialog) Receive(req *gosip.Request) *transport.Refusal {
	if d.cfg.Encrypted && !OverTLS(req) {
		return InClear()
	}
	if req.IsAck() {
		d.acknowledged(req)
		return nil
	}
	if d.IsOver() {
		return NoDialog()
	}
	if r := d.ordered(req); r != nil {
		return r
	}
	if req.Method == gosip.BYE {
		d.awaitACKs()
		d.End()
	}
	r := d.paced(req)
	if r != nil {
		d.endTurn(req.CSeq().SeqNo)
	}
	return r
}

// Established takes over the state of the dialog from a 2xx to the INVITE of this side: the remote tag, the route set and the
// remote target.
func (d *Dialog) Established(res *gosip.Response) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.remote = *res.To()
	d.routes = nil
	for _, r := range header.Elements(res, "record-route") {
		d.routes = append([]string{r}, d.routes...)
	}
	d.retarget(res.Contact())
	d.learn(res)
}

// Retarget takes over the Contact and the Allow of a target refresh: an accepted re-INVITE or UPDATE, or the 2xx to one
// (RFC 3261, 12.2).
func (d *Dialog) Retarget(m Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.retarget(m.Contact())
	d.learn(m)
}

// Message is a request or a response.
type Message interface {
	header.Message
	Contact() *gosip.ContactHeader
	Body() []byte
}

// retarget sets the remote target. The caller holds mu.
func (d *Dialog) retarget(contact *gosip.ContactHeader) {
	if contact != nil && contact.Address.Host != "" {
		d.target = *contact.Address.Clone()
	}
}

// learn remembers whether the peer takes UPDATE. The caller holds mu, or is the only one that knows d.
func (d *Dialog) learn(m header.Message) {
	if header.Value(m, "allow") != "" {
		d.update = header.Has(m, "allow", "UPDATE")
	}
}

// TakesUpdate reports whether the peer has said that it takes UPDATE (RFC 3311).
func (d *Dialog) TakesUpdate() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.update
}

// OverTLS reports whether a request arrived over TLS: on its last hop, which is all that can be seen.
func OverTLS(req *gosip.Request) bool { return strings.EqualFold(req.Transport(), "tls") }

// wantsSIPS reports whether the Contact that answers an INVITE has to be a SIPS URI (RFC 3261, 12.1.1).
func wantsSIPS(invite *gosip.Request) bool {
	if invite.Recipient.Scheme == "sips" {
		return true
	}
	if route := invite.RecordRoute(); route != nil {
		return route.Address.Scheme == "sips"
	}
	return invite.Contact().Address.Scheme == "sips"
}
