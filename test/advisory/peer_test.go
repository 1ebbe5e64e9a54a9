package advisory

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/icholy/digest"
)

// peer is a SIP peer that writes whatever a test likes.
type peer struct {
	t       *testing.T
	conn    net.Conn
	network string
	host    string
	port    int
	in      *bufio.Reader // of TCP
}

// peer opens a SIP peer at a host of loopback.
func (s *target) peer(t *testing.T, network, host string) *peer {
	t.Helper()
	var from net.Addr = &net.UDPAddr{IP: net.ParseIP(host)}
	if network == "tcp" {
		from = &net.TCPAddr{IP: net.ParseIP(host)}
	}
	c, err := (&net.Dialer{LocalAddr: from, Timeout: patience}).DialContext(t.Context(), network, s.sip(network))
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	p := &peer{t: t, conn: c, network: network, host: host, in: bufio.NewReaderSize(c, 1<<17)}
	p.port, _ = strconv.Atoi(port)
	return p
}

// request is a SIP request. What is empty is filled in.
type request struct {
	method, uri, call string
	seq               int
	tag               string // of To
	headers           []string
	body              string // a session description, unless the headers say otherwise
}

// unique is a name that no other call or transaction has. It has no digits, so that the server hides none of it as a number.
func unique(what string) string {
	return what + "-" + strings.Map(func(r rune) rune {
		if r >= '2' && r <= '7' {
			return r - '2' + 'a'
		}
		return r
	}, rand.Text())
}

// text writes a request.
func (p *peer) text(r request) string {
	lines := []string{
		r.method + " " + r.uri + " SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/%s %s:%d;branch=z9hG4bK%s;rport", strings.ToUpper(p.network), p.host, p.port, unique("")),
		"Max-Forwards: 70", fmt.Sprintf("From: <sip:ann@%s>;tag=ann", p.host), "To: <" + r.uri + ">" + r.tag,
		"Call-ID: " + r.call, fmt.Sprintf("CSeq: %d %s", max(r.seq, 1), r.method), fmt.Sprintf("Contact: <sip:ann@%s:%d>", p.host, p.port),
	}
	lines = append(lines, r.headers...)
	if r.body != "" && !strings.Contains(strings.Join(r.headers, "\n"), "Content-Type:") {
		lines = append(lines, "Content-Type: application/sdp")
	}
	return strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(r.body)), "", r.body), "\r\n")
}

func (p *peer) send(text string) {
	p.t.Helper()
	_, err := io.WriteString(p.conn, text)
	must(p.t, err)
}

// next returns the next message within a time; empty: there is none.
func (p *peer) next(within time.Duration) string {
	p.t.Helper()
	must(p.t, p.conn.SetReadDeadline(time.Now().Add(within)))
	text, err := p.read()
	if err != nil && !slices.ContainsFunc(silence, func(kind error) bool { return errors.Is(err, kind) }) {
		p.t.Fatal(err)
	}
	return text
}

// silence are the errors of a peer to which nothing is said.
var silence = []error{os.ErrDeadlineExceeded, io.EOF, syscall.ECONNRESET, syscall.ECONNREFUSED}

func (p *peer) read() (string, error) {
	if p.network == "udp" {
		b := make([]byte, 1<<16)
		n, err := p.conn.Read(b)
		return string(b[:n]), err
	}
	var head strings.Builder
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := p.in.ReadString('\n')
		if err != nil {
			return "", err
		}
		head.WriteString(line)
	}
	length, _ := strconv.Atoi(header(head.String(), "Content-Length"))
	body := make([]byte, length)
	_, err := io.ReadFull(p.in, body)
	return head.String() + string(body), err
}

// receive waits for a message that matches a pattern, and passes over others.
func (p *peer) receive(pattern string) string {
	p.t.Helper()
	want := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(patience); ; {
		text := p.next(time.Until(deadline))
		if text == "" {
			p.t.Fatalf("got no message that matches %s", pattern)
		}
		if want.MatchString(text) {
			return text
		}
	}
}

// ask sends a request and returns its final response. A refusal of an INVITE is acknowledged.
func (p *peer) ask(r request) string {
	p.t.Helper()
	p.send(p.text(r))
	return p.answer(r)
}

func (p *peer) answer(r request) string {
	p.t.Helper()
	answer := p.receive(fmt.Sprintf(`(?s)^SIP/2.0 [2-6].*\r\nCall-ID: %s\r\n.*CSeq: %d %s|(?s)^SIP/2.0 [2-6].*CSeq: %[2]d %[3]s\r\n.*Call-ID: %[1]s\r\n`,
		regexp.QuoteMeta(r.call), max(r.seq, 1), r.method))
	if r.method == "INVITE" {
		p.acknowledge(r, answer)
	}
	return answer
}

// acknowledge sends the ACK of a final response.
func (p *peer) acknowledge(r request, answer string) {
	p.t.Helper()
	p.send(p.text(request{method: "ACK", uri: r.uri, call: r.call, seq: r.seq, tag: tag(answer)}))
}

// bye ends a call.
func (p *peer) bye(r request, answer string) {
	p.t.Helper()
	p.ask(request{method: "BYE", uri: r.uri, call: r.call, seq: max(r.seq, 1) + 1, tag: tag(answer)})
}

// reply answers a request, as a gateway does.
func (p *peer) reply(to, status, sdp string, headers ...string) {
	p.t.Helper()
	p.send(p.response(to, status, sdp, headers...))
}

// response writes what reply sends.
func (p *peer) response(to, status, sdp string, headers ...string) string {
	lines := []string{"SIP/2.0 " + status}
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		for _, m := range regexp.MustCompile(`(?mi)^`+name+`:[^\r]*`).FindAllString(to, -1) {
			if name == "To" && !strings.Contains(m, "tag=") {
				m += ";tag=gateway"
			}
			lines = append(lines, m)
		}
	}
	if !strings.Contains(strings.Join(headers, "\n"), "Contact:") {
		headers = append(headers, fmt.Sprintf("Contact: <sip:gw@%s:%d>", p.host, p.port))
	}
	if sdp != "" {
		headers = append(headers, "Content-Type: application/sdp")
	}
	return strings.Join(append(append(lines, headers...), fmt.Sprintf("Content-Length: %d", len(sdp)), "", sdp), "\r\n")
}

// proof answers a challenge to a request.
func (p *peer) proof(r request, challenge, user, word string, count int) string {
	p.t.Helper()
	c, err := digest.ParseChallenge(header(challenge, "WWW-Authenticate"))
	must(p.t, err)
	a, err := digest.Digest(c, digest.Options{Method: r.method, URI: r.uri, Username: user, Password: word, Count: count})
	must(p.t, err)
	return "Authorization: " + a.String()
}
