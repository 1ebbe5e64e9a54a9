package trunk

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/dialog/dialogtest"
	"timbre/sip/header"
	"timbre/sip/transport"
)

// peer is one end of a call on a bench.
type peer struct {
	h                  *bench
	callID, mine, ours string // its tag and the B2BUA's
	network            string // empty: UDP
	from, to, uri, via string
	seq, lastInvite    int
	invited            *dialogtest.ServerTx // the INVITE of the one who calls
	returned           chan struct{}
}

// call sends Ann's INVITE with a body and with more headers. The B2BUA has worked on it when it returns.
func (h *bench) call(sdp string, lines ...string) *peer {
	h.t.Helper()
	return h.callOf("sip:+12065550100@abc.voiceconnector.example.com", sdp, lines...)
}

// callOf is call with another Request-URI.
func (h *bench) callOf(uri, sdp string, lines ...string) *peer {
	h.t.Helper()
	h.seq++
	p := &peer{
		h: h, callID: fmt.Sprintf("call-%d", h.seq), mine: "ann", from: `"Ann" <sip:+12065550101@pbx.example.com>`,
		to: "<sip:+12065550100@abc.voiceconnector.example.com>", uri: uri, via: ann, returned: make(chan struct{}),
	}
	connector := timbre.Connector{ID: "abc", Tags: h.tags}
	routes := []timbre.Route{{Host: gw, Protocol: "UDP", Priority: 1}}
	for i, l := range lines {
		if list, ok := strings.CutPrefix(l, "routes: "); ok {
			routes = nil
			for n, host := range strings.Fields(list) {
				protocol, name, found := strings.Cut(host, "/")
				if !found {
					protocol, name = "UDP", host
				}
				routes = append(routes, timbre.Route{Host: name, Protocol: protocol, Priority: n + 1})
			}
			lines = append(lines[:i:i], lines[i+1:]...)
			break
		}
	}
	for i, l := range lines {
		if l == "encrypted" || l == "over TLS" {
			connector.RequireEncryption, p.network = l == "encrypted", "TLS"
			lines = append(lines[:i:i], lines[i+1:]...)
			break
		}
	}
	req := p.request("INVITE", sdp, lines...)
	described, _ := descriptionOf(req)
	p.invited = dialogtest.NewServerTx()
	h.running.Go(func() {
		defer close(p.returned)
		h.Invite(Incoming{
			Description: described, Routes: routes, Access: h.access, Incoming: dialog.Incoming{
				Request: req, Tx: p.invited, Connector: connector,
				Source: netip.MustParseAddrPort(ann + ":5060"), Endpoint: transport.Endpoint{Addr: netip.MustParseAddrPort("192.0.2.100:5060"), Advertised: netip.MustParseAddrPort("192.0.2.100:5060")}, Over: func() {},
			},
		})
	})
	synctest.Wait()
	return p
}

// request is the peer's next request; an ACK has the CSeq of the last INVITE.
func (p *peer) request(method, sdp string, lines ...string) *gosip.Request {
	p.h.t.Helper()
	p.seq++
	seq := p.seq
	switch method {
	case "INVITE":
		p.lastInvite = seq
	case "ACK":
		p.seq--
		seq = p.lastInvite
	}
	to := p.to
	if p.ours != "" {
		to += ";tag=" + p.ours
	}
	all := []string{
		method + " " + p.uri + " SIP/2.0", fmt.Sprintf("Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%s%s%d", p.via, p.callID, method, seq),
		"From: " + p.from + ";tag=" + p.mine, "To: " + to, "Call-ID: " + p.callID, fmt.Sprintf("CSeq: %d %s", seq, method),
		"Contact: <sip:phone@" + p.via + ":5060>",
	}
	all = append(all, lines...)
	if !strings.Contains(strings.Join(lines, "\n"), "Max-Forwards") {
		all = append(all, "Max-Forwards: 70")
	}
	if sdp != "" && !strings.Contains(strings.Join(lines, "\n"), "Content-Type") {
		all = append(all, "Content-Type: application/sdp")
	}
	body := dialogtest.CRLF(sdp)
	text := strings.Join(append(all, fmt.Sprintf("Content-Length: %d", len(body)), "", body), "\r\n")
	msg, err := header.Parse([]byte(text))
	if err != nil {
		p.h.t.Fatalf("%v in\n%s", err, text)
	}
	req := msg.(*gosip.Request)
	if p.network == "" {
		p.network = "UDP"
	}
	req.SetTransport(p.network)
	req.SetSource(p.via + ":5060")
	return req
}

// ask sends a request in the peer's dialog. The B2BUA has worked on it when it returns.
func (p *peer) ask(method, sdp string, lines ...string) *dialogtest.ServerTx {
	p.h.t.Helper()
	tx := dialogtest.NewServerTx()
	req := p.request(method, sdp, lines...)
	p.h.agent.Do(func() {
		if !p.h.Request(req, tx) {
			_ = tx.Respond(gosip.NewResponseFromRequest(req, 481, "No Such Call", nil))
		}
	})
	synctest.Wait()
	return tx
}

// ack sends the ACK for the last INVITE.
func (p *peer) ack(sdp string) {
	p.h.t.Helper()
	req := p.request("ACK", sdp)
	if !p.h.Request(req, dialogtest.NewServerTx()) {
		p.h.t.Error("got an ACK that is in no dialog, want it taken")
	}
	synctest.Wait()
}

// answered takes over the tag of a response to the INVITE.
func (p *peer) answered(res *gosip.Response) { p.ours = res.To().Params.GetOr("tag", "") }

// gatewayOf is the gateway that has received an INVITE.
func gatewayOf(h *bench, invite *gosip.Request) *peer {
	return &peer{
		h: h, callID: invite.CallID().Value(), mine: "gateway", ours: invite.From().Params.GetOr("tag", ""),
		from: "<" + invite.To().Address.String() + ">", to: "<" + invite.From().Address.String() + ">", uri: "sip:timbre@192.0.2.100", via: gw, seq: 100,
	}
}

// up is an answered call: the caller, the gateway, and the INVITE to it.
func up(h *bench, lines ...string) (a, b *peer, invite *dialogtest.ClientTx) {
	h.t.Helper()
	a = h.call(audio(ann, 4000), lines...)
	invite = wait(h.t, h.agent.Sent)
	invite.AnswerSDP(200, audio(gw, 6000), "Allow: INVITE, UPDATE")
	a.answered(expect(h.t, a.invited, 200))
	a.ack("")
	<-a.returned
	wait(h.t, h.agent.ACKs)
	return a, gatewayOf(h, invite.Request), invite
}

// expect is the next response, which has to have a status code.
func expect(t *testing.T, tx *dialogtest.ServerTx, code int) *gosip.Response {
	t.Helper()
	res := wait(t, tx.Responses)
	if res.StatusCode != code {
		t.Fatalf("got\n%s\nwant %d", res, code)
	}
	return res
}

// next is the next request that is sent, which has to have a method.
func (h *bench) next(method gosip.RequestMethod) *dialogtest.ClientTx {
	h.t.Helper()
	tx := wait(h.t, h.agent.Sent)
	if tx.Request.Method != method {
		h.t.Fatalf("got\n%s\nwant %s", tx.Request, method)
	}
	return tx
}

// wantLines checks that a message has lines.
func wantLines(t *testing.T, m interface{ String() string }, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(m.String(), l+"\r\n") {
			t.Errorf("got\n%s\nwant the line %q", m, l)
		}
	}
}

// wantNone checks that a message lacks headers.
func wantNone(t *testing.T, m header.Message, names ...string) {
	t.Helper()
	for _, n := range names {
		if v := header.Values(m, n); len(v) > 0 {
			t.Errorf("got %s: %s, want none", n, v)
		}
	}
}
