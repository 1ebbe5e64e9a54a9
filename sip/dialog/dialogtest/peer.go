package dialogtest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// timeout is how long a Peer waits for a message.
const timeout = 10 * time.Second

// Peer is the far end of a dialog, on a UDP socket of its own. It speaks SIP text, and keeps the state of one dialog.
type Peer struct {
	// What its INVITE, or its answer to one, is like. They are set before Call or Answer.
	SIPS   bool // the INVITE is to a SIPS URI
	Routed bool // two proxies have recorded their route

	t       *testing.T
	conn    *net.UDPConn
	to      netip.AddrPort // where the user under test receives
	invited bool           // the user has sent the INVITE
	callID  string
	local   string // From of this peer's requests
	remote  string // To of this peer's requests, with the user's tag
	tags    [2]string
	target  string // the user's Contact
	contact string // of this peer
	sdp     string
	seq     int
	branch  int
	answer  *gosip.Response // that established the dialog
}

// NewPeer makes a peer on a free port of the loopback interface. Its session description is sdp.
func NewPeer(t *testing.T, sdp string) *Peer {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &Peer{t: t, conn: conn, sdp: CRLF(sdp)}
	p.contact = "<sip:peer@" + p.Addr().String() + ">"
	return p
}

// Addr is where the peer receives.
func (p *Peer) Addr() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// Call establishes a dialog with a user that answers INVITEs at an address.
func (p *Peer) Call(at netip.AddrPort, requestURI string) {
	p.t.Helper()
	if p.SIPS {
		requestURI = strings.Replace(requestURI, "sip:", "sips:", 1)
	}
	p.to, p.target, p.callID, p.tags[0] = at, requestURI, gosip.GenerateTagN(12), "peer"
	p.local, p.remote = "<sip:peer@"+p.Addr().String()+">;tag=peer", "<"+requestURI+">"
	p.answer = p.ask("INVITE", p.sdp, p.routes()...)
	if p.answer.StatusCode != gosip.StatusOK {
		p.t.Fatalf("got\n%s\nwant 200", p.answer)
	}
	p.tags[1] = p.answer.To().Params.GetOr("tag", "")
	p.remote += ";tag=" + p.tags[1]
	p.target = p.answer.Contact().Address.String()
	p.ack()
}

// Answer establishes a dialog with a user that sends an INVITE, which it returns.
func (p *Peer) Answer() *gosip.Request {
	p.t.Helper()
	invite := p.next("INVITE")
	p.invited, p.callID, p.target = true, invite.CallID().Value(), invite.Contact().Address.String()
	p.tags = [2]string{"peer", invite.From().Params.GetOr("tag", "")}
	p.local, p.remote = "<"+invite.To().Address.String()+">;tag=peer", invite.From().Value()
	p.answer = p.respond(invite, 200, p.sdp, p.routes()...)
	p.next("ACK")
	return invite
}

// routes are the Record-Route headers of two proxies, of which the one that is next to the user is the peer itself.
func (p *Peer) routes() []string {
	if !p.Routed {
		return nil
	}
	near, far := "Record-Route: <sip:"+p.Addr().String()+";lr>", "Record-Route: <sip:192.0.2.7;lr>"
	if p.invited {
		return []string{far, near}
	}
	return []string{near, far}
}

// ask sends the next request of the dialog and returns its final response.
func (p *Peer) ask(method, body string, headers ...string) *gosip.Response {
	p.t.Helper()
	p.seq++
	p.send(method, p.seq, body, headers...)
	return p.final(method)
}

// final returns the next final response to a method.
func (p *Peer) final(method string) *gosip.Response {
	p.t.Helper()
	for {
		if res, ok := p.receive(timeout).(*gosip.Response); ok && !res.IsProvisional() && string(res.CSeq().MethodName) == method {
			return res
		}
	}
}

// ack acknowledges the last INVITE.
func (p *Peer) ack() { p.send("ACK", p.seq, "") }

// send sends a request in the dialog.
func (p *Peer) send(method string, seq int, body string, headers ...string) {
	p.t.Helper()
	p.branch++
	lines := append([]string{
		method + " " + p.target + " SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%d;rport", p.Addr(), p.callID, p.branch),
		"From: " + p.local, "To: " + p.remote, "Call-ID: " + p.callID, fmt.Sprintf("CSeq: %d %s", seq, method),
		"Max-Forwards: 70", "Contact: " + p.contact,
	}, headers...)
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	p.write(strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(body)), "", body), "\r\n"))
}

func (p *Peer) write(text string) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort([]byte(text), p.to); err != nil && !errors.Is(err, net.ErrClosed) {
		p.t.Fatal(err)
	}
}

// respond sends a response to a request of the user.
func (p *Peer) respond(req *gosip.Request, code int, body string, headers ...string) *gosip.Response {
	p.t.Helper()
	req.SetSource(p.to.String())
	res := gosip.NewResponseFromRequest(req, code, "Says The Peer", nil)
	res.RemoveHeader("Record-Route")
	res.To().Params.Add("tag", "peer")
	for _, h := range append([]string{"Contact: " + p.contact, "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"}, headers...) {
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(gosip.NewHeader(name, value))
	}
	if body != "" {
		res.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
	}
	res.SetBody([]byte(body))
	p.write(res.String())
	return res
}

// next returns the next request, which has to be of a method. Responses, which may be repeated, are skipped.
func (p *Peer) next(method gosip.RequestMethod) *gosip.Request {
	p.t.Helper()
	for {
		m := p.receive(timeout)
		if req, ok := m.(*gosip.Request); ok {
			if req.Method != method {
				p.t.Fatalf("got\n%s\nwant %s", req, method)
			}
			return req
		}
	}
}

// receive returns the next message. It fails when none comes.
func (p *Peer) receive(within time.Duration) gosip.Message {
	p.t.Helper()
	m := p.look(within)
	if m == nil {
		p.t.Fatalf("got no message within %v, want one", within)
	}
	return m
}

// look returns the next message; nil when none comes.
func (p *Peer) look(within time.Duration) gosip.Message {
	p.t.Helper()
	if err := p.conn.SetReadDeadline(time.Now().Add(within)); err != nil {
		p.t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	n, from, err := p.conn.ReadFromUDPAddrPort(buf)
	if err != nil {
		return nil
	}
	p.to = from
	m, err := gosip.ParseMessage(buf[:n])
	if err != nil {
		p.t.Fatalf("%v in\n%s", err, buf[:n])
	}
	return m
}

// Far makes another peer that answers an INVITE, and then whatever the user sends, with 200. It returns where it receives.
func Far(t *testing.T, sdp string) netip.AddrPort {
	t.Helper()
	p := NewPeer(t, sdp)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1<<16)
		for {
			n, from, err := p.conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			p.to = from
			m, err := gosip.ParseMessage(buf[:n])
			if req, ok := m.(*gosip.Request); ok && err == nil && !req.IsAck() {
				body := ""
				if len(req.Body()) > 0 {
					body = p.sdp
				}
				p.respond(req, 200, body)
			}
		}
	}()
	t.Cleanup(func() { _ = p.conn.Close(); <-done })
	return p.Addr()
}

// routesOf are the values of the Route headers of a request.
func routesOf(req *gosip.Request) string { return strings.Join(header.Values(req, "route"), ", ") }
