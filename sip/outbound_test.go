package sip

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
)

// streamGateway is a gateway that is called by TCP or TLS; accept gives its next connection.
func streamGateway(t *testing.T, network string) (port int, accept func() *client) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if network == "tls" {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*selfSigned()}})
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).Port, func() *client {
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return &client{t: t, network: network, conn: conn, in: bufio.NewReaderSize(conn, 1<<16)}
	}
}

// eachGateway runs a test for a gateway that is called by TCP, and by TLS.
func eachGateway(t *testing.T, f func(t *testing.T, r *running, p *client, accept func() *client)) {
	t.Helper()
	for _, network := range []string{"tcp", "tls"} {
		t.Run(network, func(t *testing.T) {
			port, accept := streamGateway(t, network)
			dir := gatewayed("tcp", port)
			dir.connectors[connectorID] = timbre.Connector{ID: connectorID, RequireEncryption: network == "tls"}
			r := runWith(t, dir)
			f(t, r, dial(t, r, network), accept)
		})
	}
}

// lineOf is a description that fits how a gateway is called.
func lineOf(network string) string {
	if network != "tls" {
		return oneLine
	}
	return strings.Replace(oneLine, "RTP/AVP", "RTP/SAVP", 1) + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + strings.Repeat("A", 40) + "\n"
}

// bridge makes a call through a gateway, up to the ACK that it gets, and returns its INVITE.
func bridge(p, gw *client, callID string, headers ...string) *gosip.Request {
	p.t.Helper()
	m := plain(callID)
	m.body = lineOf(gw.network)
	p.send(m.text())
	invite := gw.expectRequest(gosip.INVITE, 0, "")
	invite.To().Params.Add("tag", "gateway")
	gw.respondTo(invite, 200, lineOf(gw.network), headers...)
	res := p.final()
	if res.StatusCode != gosip.StatusOK {
		p.t.Fatalf("got %v, want 200", res)
	}
	p.send(message{method: "ACK", callID: callID, toTag: res.To().Params.GetOr("tag", ""), seq: 1}.text())
	return invite
}

// without is a message without a header.
func without(text, name string) string {
	lines := strings.Split(text, "\r\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, name+":") }), "\r\n")
}

// What comes on a connection that the server has opened is inspected like all else: the SIP stack would hand on a response of which
// nothing but its transaction is known, to whoever has sent the request.
func TestAResponseWithoutItsHeadersEndsNoCall(t *testing.T) {
	eachGateway(t, func(t *testing.T, r *running, p *client, accept func() *client) {
		var gw *client
		for _, name := range []string{"From", "To", "Call-ID", "CSeq", "Via", "Contact"} {
			callID := "without-" + strings.ToLower(name)
			if gw == nil {
				m := plain("first")
				m.body = lineOf(p.network)
				p.send(m.text())
				gw = accept()
				gw.expectRequest(gosip.INVITE, 486, "")
				gw.expectRequest(gosip.ACK, 0, "")
				if res := p.final(); res.StatusCode != 486 {
					t.Fatalf("got %v, want 486", res)
				}
			}
			invite := bridge(p, gw, callID)
			gw.expectRequest(gosip.ACK, 0, "")
			again := without(gosip.NewResponseFromRequest(invite, 200, "OK", nil).String(), name)
			if _, err := gw.conn.Write([]byte(strings.Repeat(again, 3))); err != nil {
				t.Fatal(err)
			}
		}
		waitFor(t, func() bool { return r.rejected("parse") == 5*3 }) // Contact may be absent
		if n := r.rejected("panic"); n != 0 {
			t.Errorf("got %v panics, want none", n)
		}
		waitFor(t, func() bool { return r.calls.count() == 6 })
	})
}

func TestListsOfAGatewayAreRead(t *testing.T) {
	eachGateway(t, func(t *testing.T, r *running, p *client, accept func() *client) {
		m := plain("moved")
		m.body = lineOf(p.network)
		p.send(m.text())
		gw := accept()
		moved := gw.expectRequest(gosip.INVITE, 0, "")
		two := fmt.Sprintf("Contact: <sip:a@%[1]s>, <sip:b@%[1]s>", gw.conn.LocalAddr())
		gw.write(strings.Replace(gosip.NewResponseFromRequest(moved, 302, "Moved", nil).String(), "Content-Length", two+"\r\nContent-Length", 1))
		gw.expectRequest(gosip.ACK, 0, "")
		if res := p.final(); res.StatusCode < 400 {
			t.Errorf("got %v, want a refusal", res)
		}
		at := gw.conn.LocalAddr().String()
		bridge(p, gw, "routed", "Record-Route: <sip:"+at+";lr;x=1>, <sip:192.0.2.1;lr>")
		ack := gw.expectRequest(gosip.ACK, 0, "")
		if got, want := header.Elements(ack, "route"), []string{"<sip:192.0.2.1;lr>", "<sip:" + at + ";lr;x=1>"}; !slices.Equal(got, want) {
			t.Errorf("got Routes %q, want %q", got, want)
		}
	})
}

// write sends what no message type would write.
func (p *client) write(text string) {
	p.t.Helper()
	if _, err := p.conn.Write([]byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

// Whatever a gateway sends, the next call is bridged: on the same connection, or on a new one if nobody can tell where the next message
// begins.
func TestWhatAGatewaySendsEndsNoOtherCall(t *testing.T) {
	ok := func(invite *gosip.Request) string {
		return gosip.NewResponseFromRequest(invite, 180, "Ringing", nil).String()
	}
	for name, c := range map[string]struct {
		text   func(invite *gosip.Request) string
		closed bool
	}{
		"a response cut within its head": {func(i *gosip.Request) string { return ok(i)[:60] + "\r\n\r\n" }, true},
		"no Content-Length":              {func(i *gosip.Request) string { return without(ok(i), "Content-Length") }, true},
		"two lengths": {func(i *gosip.Request) string {
			return strings.Replace(ok(i), "Content-Length: 0", "Content-Length: 0\r\nContent-Length: 9", 1)
		}, true},
		"a body beyond the limit": {func(i *gosip.Request) string {
			return strings.Replace(ok(i), "Content-Length: 0", "Content-Length: 99999999", 1)
		}, true},
		"a head without end": {func(i *gosip.Request) string {
			return strings.Replace(ok(i), "Content-Length", "X: "+strings.Repeat("x", 70_000)+"\r\nContent-Length", 1)
		}, true},
		"no status":               {func(i *gosip.Request) string { return strings.Replace(ok(i), "SIP/2.0 180", "SIP/2.0", 1) }, false},
		"a status of five digits": {func(i *gosip.Request) string { return strings.Replace(ok(i), "180", "18000", 1) }, false},
		"a Via without host":      {func(i *gosip.Request) string { return strings.Replace(ok(i), "127.0.0.1", "", 1) }, false},
		"a To that does not end":  {func(i *gosip.Request) string { return strings.Replace(ok(i), "To: ", `To: "`, 1) }, false},
		"a control character": {func(i *gosip.Request) string {
			return strings.Replace(ok(i), "Ringing\r\n", "Ringing\r\nX: \x01\r\n", 1)
		}, false},
		"a list of nothing": {func(i *gosip.Request) string {
			return strings.Replace(ok(i), "Content-Length", "Record-Route: <sip:a>,,\r\nContent-Length", 1)
		}, false},
		"a request without headers": {func(*gosip.Request) string { return "BYE sip:timbre@127.0.0.1 SIP/2.0\r\nContent-Length: 0\r\n\r\n" }, false},
		"what is no SIP":            {func(*gosip.Request) string { return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" }, false},
		"zeros and line breaks":     {func(*gosip.Request) string { return "\x00\x00\r\n\r\n\r\n\x00" }, false},
		"a flood of ringing":        {func(i *gosip.Request) string { return strings.Repeat(ok(i), 2000) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			port, accept := streamGateway(t, "tcp")
			r := runWith(t, gatewayed("tcp", port))
			p := dial(t, r, "tcp")
			p.send(plain("first").text())
			gw := accept()
			invite := gw.expectRequest(gosip.INVITE, 0, "")
			gw.write(c.text(invite))
			if c.closed {
				if _, err := gw.in.ReadByte(); err == nil {
					t.Fatal("got the connection open, want it closed")
				}
				other := dial(t, r, "tcp")
				other.send(plain("second").text())
				accept().expectRequest(gosip.INVITE, 486, "")
				if res := other.final(); res.StatusCode != 486 {
					t.Errorf("got %v, want 486", res)
				}
				return
			}
			gw.in.Reset(gw.conn)
			gw.respondTo(invite, 200, oneLine)
			if res := p.final(); res.StatusCode != gosip.StatusOK {
				t.Errorf("got %v, want 200", res)
			}
		})
	}
}
