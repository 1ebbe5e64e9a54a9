package sip

import (
	"bufio"
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// gateway is the gateway of a route, on a UDP socket.
func gateway(t *testing.T, port int) *client {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &client{t: t, network: "udp", conn: answerer{conn, new(netip.AddrPort)}}
}

// answerer is a socket that writes to the source of what it has read.
type answerer struct {
	*net.UDPConn
	to *netip.AddrPort
}

func (a answerer) Read(b []byte) (n int, err error) {
	n, *a.to, err = a.ReadFromUDPAddrPort(b)
	return n, err
}

func (a answerer) Write(b []byte) (int, error) { return a.WriteToUDPAddrPort(b, *a.to) }

// expectRequest reads a request of a method, responds unless the code is 0, and returns it.
func (p *client) expectRequest(method gosip.RequestMethod, code int, sdp string) *gosip.Request {
	p.t.Helper()
	if p.network == "udp" {
		p.in = bufio.NewReaderSize(p.conn, 1<<16) // of one datagram
	}
	req, ok := p.receive().(*gosip.Request)
	if !ok || req.Method != method {
		p.t.Fatalf("got %v, want %s", req, method)
	}
	if a, ok := p.conn.(answerer); ok {
		req.SetSource(a.to.String())
	}
	if code != 0 {
		p.respondTo(req, code, sdp)
	}
	return req
}

// respondTo responds to a request, with more headers as "Name: value".
func (p *client) respondTo(req *gosip.Request, code int, sdp string, headers ...string) {
	p.t.Helper()
	res := gosip.NewResponseFromRequest(req, code, "From Gateway", nil)
	res.AppendHeader(gosip.NewHeader("Contact", "<sip:gw@"+p.conn.LocalAddr().String()+">"))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(gosip.NewHeader(name, value))
	}
	if sdp != "" {
		res.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody([]byte(strings.ReplaceAll(sdp, "\n", "\r\n")))
	}
	if _, err := p.conn.Write([]byte(res.String())); err != nil {
		p.t.Fatal(err)
	}
}

const oneLine = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 30000 RTP/AVP 0\n"

// plain is a call that says nothing of recording.
func plain(callID string) message {
	return message{method: "INVITE", callID: callID, seq: 1, contentType: "application/sdp", body: oneLine}
}

func (m message) text() string { return strings.ReplaceAll(m.String(), ";+sip.src", "") }

func TestStoppingHangsUpBothSidesOfABridge(t *testing.T) {
	before := serverGoroutines()
	t.Run("it", func(t *testing.T) {
		port := freePort(t)
		gw := gateway(t, port)
		r := runWith(t, gatewayed("udp", port))
		r.shutdownTimeout = testTimeout // both ends answer
		p := dial(t, r, "tcp")
		p.send(plain("bridged").text())
		gw.expectRequest(gosip.INVITE, 200, oneLine)
		res, _ := p.receive().(*gosip.Response)
		if res == nil || res.StatusCode != gosip.StatusOK || res.GetHeader(TransactionHeader) == nil {
			t.Fatalf("got %v", res)
		}
		p.send(message{method: "ACK", callID: "bridged", toTag: res.To().Params.GetOr("tag", ""), seq: 1}.text())
		gw.expectRequest(gosip.ACK, 0, "")
		r.expect(t, "begin tx-1")
		waitFor(t, func() bool { return r.recordings.Len() == 0 }) // it is none that is listened to
		r.stop()
		gw.expectRequest(gosip.BYE, 200, "")
		bye, _ := p.receive().(*gosip.Request)
		if bye == nil || bye.Method != gosip.BYE {
			t.Fatalf("got %v", bye)
		}
		p.send(gosip.NewResponseFromRequest(bye, 200, "OK", nil).String())
		r.expect(t, "end tx-1 the server was stopped")
	})
	waitFor(t, func() bool { return serverGoroutines() <= before })
}

func TestAReliableResponseIsAcknowledgedOverTheNetwork(t *testing.T) {
	port := freePort(t)
	gw := gateway(t, port)
	r := runWith(t, gatewayed("udp", port))
	for _, network := range []string{"udp", "tcp"} {
		p := dial(t, r, network)
		m := plain("bridged-" + network)
		m.headers = []string{"Require: 100rel"}
		p.send(m.text())
		invite := gw.expectRequest(gosip.INVITE, 0, "")
		invite.To().Params.Add("tag", "early") // of its responses
		for range 2 {
			gw.respondTo(invite, 183, oneLine, "Require: 100rel", "RSeq: 5")
		}
		early, _ := p.next().(*gosip.Response)
		for early != nil && early.StatusCode == gosip.StatusTrying {
			early, _ = p.next().(*gosip.Response)
		}
		if early == nil || early.StatusCode != 183 || early.GetHeader("RSeq") == nil {
			t.Fatalf("got %v, want a reliable 183", early)
		}
		in := message{method: "PRACK", callID: m.callID, toTag: early.To().Params.GetOr("tag", ""), seq: 2}
		in.headers = []string{"RAck: " + early.GetHeader("RSeq").Value() + " 1 INVITE"}
		p.send(in.text())
		prack := gw.expectRequest(gosip.PRACK, 200, "")
		if got := prack.GetHeader("RAck"); got == nil || got.Value() != "5 1 INVITE" || prack.To().Params.GetOr("tag", "") != "early" {
			t.Errorf("got\n%s\nwant the RSeq and the tag of the 183", prack)
		}
		if res := p.final(); res.CSeq().MethodName != gosip.PRACK || res.StatusCode != gosip.StatusOK {
			t.Errorf("got %v, want 200 to the PRACK", res)
		}
		gw.respondTo(invite, 200, "")
		if res := p.final(); res.CSeq().MethodName != gosip.INVITE || res.StatusCode != gosip.StatusOK {
			t.Errorf("got %v, want 200 to the INVITE", res)
		}
		in.method, in.seq, in.headers = "ACK", 1, nil
		p.send(in.text())
		gw.expectRequest(gosip.ACK, 0, "")
		in.method, in.seq = "BYE", 3
		p.send(in.text())
		gw.expectRequest(gosip.BYE, 200, "")
		if res := p.final(); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %v to BYE, want 200", res)
		}
	}
}

// The gateway is called from the listener, and Contact has an address by which it can call back.
func TestGatewaysAreCalledFromTheListener(t *testing.T) {
	for listen, host := range map[string]string{"127.0.0.1": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::1]": "::1"} {
		t.Run(listen, func(t *testing.T) {
			conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
			if err != nil {
				t.Skipf("left out: %s cannot be listened on", host)
			}
			defer conn.Close()
			gw := &client{t: t, network: "udp", conn: answerer{conn, new(netip.AddrPort)}}
			b := newBench(t, "udp://"+listen+":0")
			*b.dir = *gatewayed("udp", conn.LocalAddr().(*net.UDPAddr).Port)
			b.dir.originations[connectorID].Routes[0].Host = host
			b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.0/8", "::1"}}
			if _, err := b.Listen(); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- b.Run(ctx) }()
			defer func() { stop(); <-ended }()
			at := net.JoinHostPort(host, strconv.Itoa(int(b.Addr("udp").Port())))
			ann, err := net.Dial("udp", at)
			if err != nil {
				t.Fatal(err)
			}
			defer ann.Close()
			p := &client{t: t, network: "udp", conn: ann, in: bufio.NewReaderSize(ann, 1<<16)}
			p.send(plain("bridged").text())
			req := gw.expectRequest(gosip.INVITE, 486, "")
			if got := req.Source(); got != at {
				t.Errorf("got a call from %s, want from %s", got, at)
			}
			if c := req.Contact().Address; net.JoinHostPort(strings.Trim(c.Host, "[]"), strconv.Itoa(c.Port)) != at {
				t.Errorf("got Contact %s, want %s", c.String(), at)
			}
			if res, _ := p.receive().(*gosip.Response); res == nil || res.StatusCode != 486 {
				t.Errorf("got %v", res)
			}
			gw.expectRequest(gosip.ACK, 0, "")
		})
	}
}

func TestRequiredEncryptionCallsGatewaysByTLS(t *testing.T) {
	port, accept := streamGateway(t, "tls")
	dir := gatewayed("tcp", port)
	dir.connectors[connectorID] = timbre.Connector{ID: connectorID, RequireEncryption: true}
	r := runWith(t, dir)
	p := dial(t, r, "tls")
	key := "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + strings.Repeat("A", 40) + "\n"
	sealed := strings.Replace(oneLine, "RTP/AVP", "RTP/SAVP", 1) + key
	m := plain("bridged")
	m.body = sealed
	p.send(m.text())
	gw := accept()
	gw.expectRequest(gosip.INVITE, 200, sealed)
	res, _ := p.receive().(*gosip.Response)
	if res == nil || res.StatusCode != gosip.StatusOK || !strings.Contains(string(res.Body()), "RTP/SAVP") {
		t.Fatalf("got %v", res)
	}
	tag := res.To().Params.GetOr("tag", "")
	p.send(message{method: "ACK", callID: "bridged", toTag: tag, seq: 1}.text())
	gw.expectRequest(gosip.ACK, 0, "")
	p.send(message{method: "BYE", callID: "bridged", toTag: tag, seq: 2}.text())
	gw.expectRequest(gosip.BYE, 200, "")
	if res, _ := p.receive().(*gosip.Response); res == nil || res.StatusCode != gosip.StatusOK {
		t.Errorf("got %v", res)
	}
	r.expect(t, "begin tx-1")
	r.expect(t, "end tx-1")
}

func TestBridgedCallWithABodyOfAnotherTypeIsRefused(t *testing.T) {
	b := newBench(t)
	defer b.Close()
	*b.dir = *gatewayed("udp", 5060)
	m := plain("call-1")
	m.contentType, m.body = "text/plain", "hello"
	if res := b.ask(t, m.text()).last(); res.StatusCode != gosip.StatusUnsupportedMediaType || res.GetHeader("Accept") == nil || b.invites.Len() != 0 {
		t.Errorf("got %v, %d INVITEs under way, want 415 with Accept, and none", res, b.invites.Len())
	}
}

func TestWhichCallsAreBridged(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*directory)
		headers []string
		uri     string
		message string // in place of plain
		bridged bool
	}{
		"a plain call":             {bridged: true},
		"record-only is false":     {headers: []string{"X-Voice-Connector-Record-Only: false"}, bridged: true},
		"record-only header":       {headers: []string{"X-Voice-Connector-Record-Only: true"}},
		"record-only parameter":    {uri: "sip:" + connectorID + "@127.0.0.1;x-voice-connector-record-only=true"},
		"one end of a Cisco phone": {message: strings.Replace(plain("call-1").text(), "<sip:+12065550101@127.0.0.1:5099>", "<sip:7300@127.0.0.1:5099;x-nearend;x-nearendaddr=7300>", 1)},
		"a Cisco recording":        {headers: []string{`X-Cisco-Recording-Participant: sip:7300@192.0.2.1;media-index="0"`}},
		"requires siprec":          {headers: []string{"Require: siprec"}},
		"a recording client":       {message: plain("call-1").String()},
		"with metadata":            {message: message{method: "INVITE", seq: 1, contentType: mixed, body: both(oneLine, annAndBob)}.text()},
		"no routes":                {change: func(d *directory) { d.originations = nil }},
		"an empty list of routes":  {change: func(d *directory) { d.originations[connectorID] = timbre.Origination{} }},
		"disabled routes": {change: func(d *directory) {
			o := d.originations[connectorID]
			o.Disabled = true
			d.originations[connectorID] = o
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			defer b.Close()
			*b.dir = *gatewayed("udp", 5060)
			if c.change != nil {
				c.change(b.dir)
			}
			text := c.message
			if text == "" {
				m := plain("call-1")
				m.headers, m.uri = c.headers, c.uri
				text = m.text()
			}
			tx := newTransaction()
			tx.onRespond = func(res *gosip.Response) {
				if res.StatusCode == gosip.StatusOK {
					b.recordings.Request(request(t, message{method: "ACK", callID: res.CallID().Value(), toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String()), tx)
				}
			}
			b.handle(request(t, text), tx)
			want, calls := 200, 1
			if c.bridged {
				want, calls = 503, 0 // nothing listens
			}
			if res := tx.last(); res == nil || res.StatusCode != want || b.calls.count() != calls {
				t.Errorf("got %d calls, %v, want %d, %d", b.calls.count(), res, calls, want)
			}
		})
	}
}

func TestBridgedCallsCountAgainstCallsASecond(t *testing.T) {
	b := newBench(t)
	defer b.Close()
	*b.dir = *gatewayed("udp", 5060)
	limited := b.dir.terminations[connectorID]
	limited.CPSLimit = 1
	b.dir.terminations[connectorID] = limited
	b.ask(t, plain("call-1").text())
	tx := b.ask(t, plain("call-2").text())
	if res := tx.last(); res.StatusCode != gosip.StatusServiceUnavailable || res.GetHeader("Retry-After") == nil || b.rejected("rate") != 1 {
		t.Errorf("got %s", res)
	}
}
