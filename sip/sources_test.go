package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
)

const outsider = "203.0.113.9"

// limited is a server that bans, and takes so many INVITEs a second from a source, at a time that does not pass.
func limited(invites int) func(*environment.Environment, *Config, *source.Config) {
	return func(env *environment.Environment, _ *Config, limits *source.Config) {
		env.Now = func() time.Time { return time.Unix(1000, 0) }
		limits.Invites, limits.Ban = invites, time.Hour
	}
}

// byConnection is a source that has a connection.
func byConnection(address string) timbre.Origin {
	return timbre.Origin{Addr: netip.MustParseAddr(address), Returned: true}
}

// from is a request as it comes from an address.
func from(t testing.TB, address, text string) *gosip.Request {
	t.Helper()
	req := request(t, text)
	req.SetSource(address + ":5099")
	return req
}

func TestUnknownSourceGetsFewMessages(t *testing.T) {
	b := newBenchWith(t, limited(0))
	read := 0
	for range 50 {
		if in := b.stack.Inspect(byConnection(outsider), []byte(recordingOf("x").String())); in.Pass != nil || in.Response != nil {
			read++
		}
	}
	if read == 0 || read > 10 {
		t.Errorf("got %d of 50 messages read, want 1 to 10", read)
	}
	if in := b.stack.Inspect(byConnection("127.0.0.1"), []byte(recordingOf("x").String())); in.Pass == nil {
		t.Error("got a message of an allowed source dropped")
	}
	if in := b.stack.Inspect(byConnection(outsider), []byte("nonsense")); in.Pass != nil || in.Response != nil || !in.Banned {
		t.Errorf("got %+v of a banned source, want nothing passed or answered", in)
	}
}

func TestInvitesOverTheLimitGet503(t *testing.T) {
	b := newBenchWith(t, limited(3))
	var passed, answered, dropped int
	for range 20 {
		in := b.stack.Inspect(byConnection("127.0.0.1"), []byte(recordingOf("x").String()))
		switch {
		case in.Pass != nil:
			passed++
		case in.Response == nil:
			dropped++
		default:
			answered++
			msg, err := gosip.ParseMessage(in.Response)
			if err != nil {
				t.Fatal(err)
			}
			res := msg.(*gosip.Response)
			if res.StatusCode != gosip.StatusServiceUnavailable || res.GetHeader("Retry-After") == nil {
				t.Errorf("got %s, want 503 with Retry-After", res)
			}
			if res.CallID().Value() != "x" || res.CSeq().MethodName != gosip.INVITE {
				t.Errorf("got %s, want a response to the INVITE x", res)
			}
		}
	}
	if passed != 3 || answered != 5 || dropped != 12 {
		t.Errorf("got %d passed, %d answered, %d dropped, want 3, 5, 12", passed, answered, dropped)
	}
}

func TestScannersAreBannedAndPeersAreNot(t *testing.T) {
	for name, c := range map[string]struct {
		network, source string
		ask             message
		banned          bool
	}{
		"an extension of a PBX": {"TCP", outsider, message{method: "INVITE", uri: "sip:1000@127.0.0.1"}, true},
		"a registration":        {"TCP", outsider, message{method: "REGISTER"}, true},
		"a forged registration": {"UDP", outsider, message{method: "REGISTER"}, false},
		"a call before restart": {"TCP", outsider, message{method: "BYE", toTag: "x"}, false},
		"a ping":                {"TCP", outsider, message{method: "OPTIONS"}, false},
		"an allowed source":     {"TCP", "127.0.0.1", message{method: "REGISTER"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBenchWith(t, limited(0))
			*b.dir = *guarded("secret", "ann") // a source may authenticate: 127.0.0.1 has to, too
			if c.source == "127.0.0.1" {
				b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}}
			}
			for i := range 30 {
				c.ask.seq, c.ask.callID = 1, fmt.Sprint(i)
				req := from(t, c.source, c.ask.String())
				req.SetTransport(c.network)
				b.handle(req, newTransaction())
			}
			if got := b.admits.Sources().Banned(netip.MustParseAddr(c.source)); got != c.banned {
				t.Errorf("got banned %v, want %v", got, c.banned)
			}
		})
	}
}

// terminated counts the calls of Terminate.
type terminated struct {
	*transaction
	n atomic.Int32
}

func (t *terminated) Terminate() { t.n.Add(1) }

// The source of a datagram may be forged: the host that it names must not get repeated responses, or more bytes than were sent.
func TestUnknownSourceGetsOneShortResponse(t *testing.T) {
	for name, c := range map[string]struct {
		source     string
		terminated int32
		long       bool // the response to OPTIONS is longer than the request
	}{"unknown": {outsider, 1, false}, "allowed": {"127.0.0.1", 0, true}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			tx := &terminated{transaction: newTransaction()}
			b.handle(from(t, c.source, strings.Replace(recordingOf("x").String(), "siprec", "nonsense", 1)), tx)
			if tx.last() == nil {
				t.Error("got no response, want one")
			}
			if got := tx.n.Load(); got != c.terminated {
				t.Errorf("got a transaction terminated %d times, want %d", got, c.terminated)
			}
			ping := message{method: "OPTIONS", seq: 1}.String()
			tx = &terminated{transaction: newTransaction()}
			b.handle(from(t, c.source, ping), tx)
			if got := len(tx.last().String()); got > len(ping) != c.long {
				t.Errorf("got %d bytes for a request of %d, want more: %v\n%s", got, len(ping), c.long, tx.last())
			}
		})
	}
}

func TestChangedAllowListTakesEffectOnTheNextMessage(t *testing.T) {
	b := newBench(t)
	b.settled = true
	expect := func(step string, want bool) {
		t.Helper()
		if got := b.stack.Known(from(t, outsider, recordingOf("x").String())); got != want {
			t.Errorf("%s: got known %v, want %v", step, got, want)
		}
	}
	expect("before", false)
	b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{outsider + "/32"}}
	expect("no change reported", false)
	b.admits.Changed(connectorID)
	expect("change reported", true)
	b.dir.err = errors.New("disk")
	expect("the store fails, nothing changed", true)
	b.admits.Changed(connectorID)
	expect("the store fails, so that the message itself is answered", true)
}

// A gateway may be several hosts: one takes the INVITE, another one answers it, gets the ACK and sends the BYE.
func TestHostThatGetsAnACKIsKnown(t *testing.T) {
	const answering = "127.0.0.2"
	dir := loopback()
	dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}}
	r := runWith(t, dir)
	at := netip.MustParseAddr(answering)
	if r.admits.Sources().Known(at) {
		t.Fatal("got a known source before the ACK")
	}
	ack := request(t, message{method: "ACK", seq: 1}.String())
	ack.SetDestination(answering + ":9")
	if err := r.stack.Write(ack); err != nil {
		t.Fatal(err)
	}
	if !r.admits.Sources().Known(at) {
		t.Error("got an unknown source after the ACK")
	}
}

func TestMalformedMessageByTCPIsAnswered(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	broken := strings.Replace(recordingOf("call-1").String(), "Max-Forwards: 70", "Max-Forwards: lots", 1)
	if res := p.ask(broken); res.StatusCode != gosip.StatusBadRequest || r.rejected("parse") != 1 {
		t.Errorf("got %s", res)
	}
	repairable := strings.Replace(recordingOf("call-2").String(), "<sip:src@127.0.0.1:5099>;+sip.src", "<sip:src@127.0.0.1:5099", 1)
	if res := p.ask(repairable); res.StatusCode != gosip.StatusOK {
		t.Errorf("on the same connection: got %s, want 200", res)
	}
	for name, text := range map[string]string{
		"without a length": strings.Replace(recordingOf("call-3").String(), "Content-Length", "X-Length", 1),
		"with two":         strings.Replace(recordingOf("call-4").String(), "Content-Length", "l: 1\r\nContent-Length", 1),
	} {
		p := dial(t, r, "tcp")
		if res := p.ask(text); res.StatusCode != gosip.StatusBadRequest {
			t.Errorf("%s: got %s, want 400", name, res)
		}
		_ = p.conn.SetReadDeadline(time.Now().Add(testTimeout))
		if b, err := p.in.ReadByte(); err == nil {
			t.Errorf("%s: got %q on the connection, want it closed", name, b)
		}
	}
	if n := r.count("timbre_sip_connections_broken_total", "malformed"); n != 2 {
		t.Errorf("got %v connections counted, want 2", n)
	}
}

func TestKeepAlivePingByTCPIsAnswered(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	if _, err := p.conn.Write([]byte("\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = p.conn.SetReadDeadline(time.Now().Add(testTimeout))
	b := make([]byte, 2)
	if n, err := p.in.Read(b); err != nil || string(b[:n]) != "\r\n" {
		t.Errorf("got %q, %v, want CRLF", b[:n], err)
	}
}

// What a message costs before the stack reads it, of an allowed and of a banned source.
func BenchmarkInspect(b *testing.B) {
	text := []byte(recordingOf("x").String())
	for name, address := range map[string]string{"known": "127.0.0.1", "banned": outsider} {
		b.Run(name, func(b *testing.B) {
			bench := newBenchWith(b, func(_ *environment.Environment, _ *Config, limits *source.Config) { limits.Ban = time.Hour })
			bench.settled = true
			from := byConnection(address)
			for range 10 {
				bench.stack.Inspect(from, text)
			}
			b.ReportAllocs()
			for b.Loop() {
				bench.stack.Inspect(from, text)
			}
		})
	}
}
