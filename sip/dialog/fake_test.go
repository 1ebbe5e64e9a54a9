package dialog

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
	"timbre/sip/transport"
)

func newAgent() *dialogtest.Agent { return dialogtest.NewAgent("theirs", "<sip:peer@192.0.2.2:5070>") }

// invite parses an INVITE to uri from contact, with more headers.
func invite(t *testing.T, uri, contact string, headers ...string) *gosip.Request {
	t.Helper()
	return request(t, "INVITE", 1, "", append([]string{"Contact: <" + contact + ">"}, headers...), uri)
}

// request parses a request of the peer; tag is the one of To.
func request(t *testing.T, method string, seq int, tag string, headers []string, uri string) *gosip.Request {
	t.Helper()
	to := "<sip:b@192.0.2.9>"
	if tag != "" {
		to += ";tag=" + tag
	}
	text := fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%d\r\nFrom: <sip:a@192.0.2.1>;tag=theirs\r\nTo: %s\r\n"+
		"Call-ID: c\r\nCSeq: %d %s\r\n", method, uri, seq, to, seq, method)
	for _, h := range headers {
		text += h + "\r\n"
	}
	m, err := gosip.ParseMessage([]byte(text + "Content-Length: 0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	req := m.(*gosip.Request)
	req.SetTransport("UDP")
	return req
}

func config(a *dialogtest.Agent) Config {
	return Config{
		Agent: a, Connector: "vc", Network: "udp", Allow: "INVITE, ACK, BYE", Supported: "timer",
		Endpoint: transport.Endpoint{Advertised: netip.MustParseAddrPort("192.0.2.9:5060")}, Peer: netip.MustParseAddrPort("192.0.2.1:5060"),
	}
}

// call is the dialog of an INVITE of this side, which has been sent.
func call(t *testing.T, a *dialogtest.Agent) (*Dialog, *Transaction, *dialogtest.ClientTx) {
	t.Helper()
	from := gosip.FromHeader{Address: gosip.Uri{Scheme: "sip", User: "us", Host: "192.0.2.9"}}
	to := gosip.ToHeader{Address: gosip.Uri{Scheme: "sip", User: "peer", Host: "192.0.2.1"}}
	d := NewUAC(config(a), from, to, to.Address)
	tx, err := d.Send(t.Context(), d.Request(gosip.INVITE))
	if err != nil {
		t.Fatal(err)
	}
	return d, tx, <-a.Sent
}

// bubble runs a test on a clock that moves when everybody waits, and waits for what it has started.
func bubble(t *testing.T, f func(t *testing.T, a *dialogtest.Agent)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := newAgent()
		f(t, a)
		a.Wait()
	})
}
