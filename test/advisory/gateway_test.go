package advisory

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
)

// A gateway, or whoever answers behind it, must not break the server either: CVE-2021-26906, CVE-2020-35652 and CVE-2020-35776 (Asterisk) are
// responses that ended the process. Each comes as a datagram, and on the connection that the server has opened.
func TestMalformedResponses(t *testing.T) {
	s := serve(t)
	connectors := map[string]string{"udp": s.connector(t, "127.0.0.1/32"), "tcp": s.connector(t, "127.0.0.1/32")}
	listener, err := net.Listen("tcp", "127.0.0.20:0")
	must(t, err)
	defer listener.Close()
	udp := s.peer(t, "udp", "127.0.0.20")
	s.route(t, connectors["udp"], udp)
	s.route(t, connectors["tcp"], &peer{network: "tcp", host: "127.0.0.20", port: listener.Addr().(*net.TCPAddr).Port})
	var tcp *peer
	// invited is a call of ann's, and its INVITE as a gateway gets it: on the connection that is open, or the next one.
	invited := func(t *testing.T, network string) (ann *peer, call request, gateway *peer, invite string) {
		ann = s.peer(t, "udp", "127.0.0.1")
		call = ann.bridged(connectors[network])
		ann.send(ann.text(call))
		if gateway = udp; network == "tcp" {
			if tcp == nil {
				conn, err := listener.Accept()
				must(t, err)
				tcp = &peer{conn: conn, network: "tcp", host: "127.0.0.20", port: listener.Addr().(*net.TCPAddr).Port, in: bufio.NewReaderSize(conn, 1<<17)}
			}
			gateway = tcp
		}
		gateway.t = t
		return ann, call, gateway, gateway.receive("^INVITE")
	}
	without := func(name string) func(string) string {
		return func(text string) string { return strings.Replace(text, "\r\n"+name+":", "\r\nX-Was:", 1) }
	}
	replace := func(old, with string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, with, 1) }
	}
	for name, c := range map[string]struct {
		change func(string) string
		ends   bool // the connection, for nobody can tell where the next message begins
		whole  bool // as a datagram, which has an end
	}{
		"no To":                     {without("To"), false, false},
		"no From":                   {without("From"), false, false},
		"no Call-ID":                {without("Call-ID"), false, false},
		"no CSeq":                   {without("CSeq"), false, false},
		"no Via":                    {without("Via"), false, false},
		"no length":                 {without("Content-Length"), true, true},
		"negative length":           {replace("Content-Length: ", "Content-Length: -"), true, false},
		"length beyond 32 bits":     {replace("Content-Length: ", "Content-Length: 42949672960"), true, false},
		"status of many digits":     {replace("200 OK", "20000 OK"), false, false},
		"status of none":            {replace("200 OK", "000 OK"), false, false},
		"sequence beyond 32 bits":   {replace("CSeq: 1", "CSeq: 99999999999999999999"), false, false},
		"sequence of another":       {replace(" INVITE", " BYE"), false, false},
		"To without end":            {replace("To: ", `To: "`), false, false},
		"Contacts without end":      {replace("Contact: ", "Contact: "+strings.Repeat("<sip:a@b>,", 2000)), false, false},
		"control characters":        {replace("Contact: ", "X: \x00\x01\r\nContact: "), false, false},
		"another transaction":       {replace("branch=z9hG4bK", "branch=z9hG4bKx"), false, false},
		"nothing but a line":        {func(string) string { return "SIP/2.0 200 OK\r\n\r\n" }, true, false},
		"a request without headers": {func(string) string { return "BYE sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n" }, false, false},
		"many of another call": {func(text string) string {
			return strings.Repeat(strings.Replace(text, "branch=z9hG4bK", "branch=z9hG4bKx", 1), 10)
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, network := range []string{"udp", "tcp"} {
				ann, call, gateway, invite := invited(t, network)
				gateway.send(c.change(gateway.response(invite, "200 OK", offer(gateway.host, 41000))))
				if c.ends && network == "tcp" {
					if text := gateway.next(patience); text != "" {
						t.Errorf("got %q, want the connection closed", text)
					}
					_ = gateway.conn.Close()
					tcp = nil
					continue
				}
				want := "SIP/2.0 486 "
				if c.whole {
					want = "SIP/2.0 200 "
				} else {
					gateway.reply(invite, "486 Busy Here", "")
				}
				if got := ann.answer(call); !strings.HasPrefix(got, want) {
					t.Errorf("by %s: got %.40q, want %q", network, got, want)
				}
				gateway.receive("^ACK")
			}
		})
	}
	t.Run("an answer without To after the ACK", func(t *testing.T) {
		for _, network := range []string{"udp", "tcp"} {
			ann, call, gateway, invite := invited(t, network)
			gateway.reply(invite, "200 OK", offer(gateway.host, 41000))
			answer := ann.answer(call)
			gateway.receive("^ACK")
			gateway.send(without("To")(gateway.response(invite, "200 OK", "")))
			bye := request{method: "BYE", uri: call.uri, call: call.call, seq: 2, tag: tag(answer)}
			ann.send(ann.text(bye))
			gateway.reply(gateway.receive("^BYE"), "200 OK", "")
			if got := ann.answer(bye); !strings.HasPrefix(got, "SIP/2.0 200 ") {
				t.Errorf("by %s: got %.40q to BYE, want 200", network, got)
			}
		}
	})
	s.answersCalls(t, connectors["udp"])
	if got := s.metric(t, `timbre_sip_rejected_total\{reason="panic"\}`); got != 0 {
		t.Errorf("got %v panics, want none", got)
	}
	if code, _ := s.get(t, "admin", "/readyz"); code != http.StatusOK {
		t.Errorf("got status %d, want the server ready", code)
	}
}
