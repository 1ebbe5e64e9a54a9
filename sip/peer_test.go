package sip

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// testTimeout is how long a test waits for what has to happen. Nothing is measured by it.
const testTimeout = 10 * time.Second

// running is a server on real sockets, with the end of Run.
type running struct {
	*bench
	stop func()
	done chan error
}

// run starts a server on free ports of all networks.
func run(t *testing.T) *running {
	t.Helper()
	return runWith(t, loopback())
}

// runWith is run with connectors of the test's own.
func runWith(t *testing.T, dir *directory) *running {
	t.Helper()
	b := newBench(t, "udp://127.0.0.1:0", "tcp://127.0.0.1:0", "tls://127.0.0.1:0")
	*b.dir = *dir
	b.admits.Changed(connectorID)
	return start(t, b)
}

// start runs a bench until the end of the test.
func start(t *testing.T, b *bench) *running {
	t.Helper()
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{bench: b, stop: cancel, done: make(chan error, 1)}
	go func() { r.done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err, open := <-r.done:
			if err != nil && open {
				t.Error(err)
			}
		case <-time.After(testTimeout):
			t.Error("got a server that does not stop")
		}
	})
	return r
}

// expect waits for an event of calls.
func (r *running) expect(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-r.calls.events:
		if got != want {
			t.Errorf("got event %q, want %q", got, want)
		}
	case <-time.After(testTimeout):
		t.Fatalf("got no event, want %q", want)
	}
}

// client is a recording client that sends the bytes of a test.
type client struct {
	t       *testing.T
	network string
	conn    net.Conn
	in      *bufio.Reader
}

func dial(t *testing.T, r *running, network string) *client {
	t.Helper()
	var conn net.Conn
	var err error
	if network == "tls" {
		conn, err = tls.Dial("tcp", r.Addr(network).String(), trusting())
	} else {
		conn, err = net.Dial(network, r.Addr(network).String())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &client{t: t, network: network, conn: conn, in: bufio.NewReaderSize(conn, 1<<16)}
}

// send writes a message with the client's own address in it.
func (p *client) send(text string) {
	p.t.Helper()
	text = strings.NewReplacer("SIP/2.0/UDP 127.0.0.1:5099", "SIP/2.0/"+strings.ToUpper(p.network)+" "+p.conn.LocalAddr().String(),
		"<sip:src@127.0.0.1:5099>", "<sip:src@"+p.conn.LocalAddr().String()+";transport="+p.network+">").Replace(text)
	if _, err := p.conn.Write([]byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

// receive returns the next message that is not provisional.
func (p *client) receive() gosip.Message {
	p.t.Helper()
	for {
		msg := p.next()
		if res, ok := msg.(*gosip.Response); !ok || !res.IsProvisional() {
			return msg
		}
	}
}

// next is the next message, whatever it is.
func (p *client) next() gosip.Message {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(testTimeout))
	msg, err := header.Parse(p.read())
	if err != nil {
		p.t.Fatal(err)
	}
	return msg
}

var length = regexp.MustCompile(`(?i)\r\nContent-Length: *(\d+)`)

func (p *client) read() []byte {
	p.t.Helper()
	if p.network == "udp" {
		buf := make([]byte, 1<<16)
		n, err := p.in.Read(buf)
		if err != nil {
			p.t.Fatal(err)
		}
		return buf[:n]
	}
	var head []byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		line, err := p.in.ReadBytes('\n')
		if err != nil {
			p.t.Fatal(err)
		}
		head = append(head, line...)
	}
	n, _ := strconv.Atoi(string(length.FindSubmatch(head)[1]))
	body := make([]byte, n)
	if _, err := io.ReadFull(p.in, body); err != nil {
		p.t.Fatal(err)
	}
	return append(head, body...)
}

// ask sends a request and returns its final response.
func (p *client) ask(text string) *gosip.Response {
	p.t.Helper()
	p.send(text)
	res, ok := p.receive().(*gosip.Response)
	if !ok {
		p.t.Fatal("got a request, want a response")
	}
	return res
}

// invite begins a call and returns the tag of the server.
func (p *client) invite(callID string) string {
	p.t.Helper()
	res := p.ask(recordingOf(callID).String())
	if res.StatusCode != gosip.StatusOK {
		p.t.Fatalf("got %s", res)
	}
	tag := res.To().Params.GetOr("tag", "")
	p.send(message{method: "ACK", callID: callID, toTag: tag, seq: 1}.String())
	return tag
}

func each(t *testing.T, f func(t *testing.T, r *running, p *client)) {
	t.Helper()
	eachWith(t, loopback, f)
}

// eachWith is each with connectors of the test's own.
func eachWith(t *testing.T, dir func() *directory, f func(t *testing.T, r *running, p *client)) {
	t.Helper()
	for _, network := range []string{"udp", "tcp", "tls"} {
		t.Run(network, func(t *testing.T) {
			r := runWith(t, dir())
			f(t, r, dial(t, r, network))
		})
	}
}

func (r *running) url(network string) string { return fmt.Sprintf("%s://%s", network, r.Addr(network)) }
