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

// from is a request as it comes from an address.
func from(t testing.TB, address, text string) *gosip.Request {
	t.Helper()
	req := request(t, text)
	req.SetSource(address + ":5099")
	return req
}

func TestAStrangersMessagesAreReadAFewTimesOnly(t *testing.T) {
	b := newBenchWith(t, limited(0))
	read := 0
	for range 50 {
		if in := b.stack.Inspect(netip.MustParseAddr(outsider), []byte(recordingOf("x").String())); in.Pass != nil || in.Response != nil {
			read++
		}
	}
	if read == 0 || read > 10 {
		t.Errorf("%d of 50 were read", read)
	}
	if in := b.stack.Inspect(netip.MustParseAddr("127.0.0.1"), []byte(recordingOf("x").String())); in.Pass == nil {
		t.Error("one who may call is not heard")
	}
	if in := b.stack.Inspect(netip.MustParseAddr(outsider), []byte("nonsense")); in.Pass != nil || in.Response != nil || !in.Banned {
		t.Errorf("got %+v for a banned source, want nothing passed or answered", in)
	}
}

func TestAFloodOfInvitesIsToldToComeLater(t *testing.T) {
	b := newBenchWith(t, limited(3))
	var passed, told, silent int
	for range 20 {
		in := b.stack.Inspect(netip.MustParseAddr("127.0.0.1"), []byte(recordingOf("x").String()))
		switch {
		case in.Pass != nil:
			passed++
		case in.Response == nil:
			silent++
		default:
			told++
			msg, err := gosip.ParseMessage(in.Response)
			if err != nil {
				t.Fatal(err)
			}
			res := msg.(*gosip.Response)
			if res.StatusCode != gosip.StatusServiceUnavailable || res.GetHeader("Retry-After") == nil || res.CallID().Value() != "x" || res.CSeq().MethodName != gosip.INVITE {
				t.Errorf("%s", res)
			}
		}
	}
	if passed != 3 || told != 5 || silent != 12 {
		t.Errorf("%d passed, %d told, %d silent", passed, told, silent)
	}
}

func TestScannersAreBannedAndUsersAreNot(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		ask    message
		banned bool
	}{
		"an extension of a PBX": {outsider, message{method: "INVITE", uri: "sip:1000@127.0.0.1"}, true},
		"a registration":        {outsider, message{method: "REGISTER"}, true},
		"a call from before":    {outsider, message{method: "BYE", toTag: "x"}, false},
		"a ping":                {outsider, message{method: "OPTIONS"}, false},
		"one who may call":      {"127.0.0.1", message{method: "REGISTER"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBenchWith(t, limited(0))
			*b.dir = *guarded("secret", "ann") // a source may authenticate: 127.0.0.1 has to, too
			if c.source == "127.0.0.1" {
				b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}}
			}
			for i := range 30 {
				c.ask.seq, c.ask.callID = 1, fmt.Sprint(i)
				b.handle(from(t, c.source, c.ask.String()), newTransaction())
			}
			if got := b.admits.Sources().Banned(netip.MustParseAddr(c.source)); got != c.banned {
				t.Errorf("banned: %v", got)
			}
		})
	}
}

// terminated counts how often a transaction is ended by hand.
type terminated struct {
	*transaction
	n atomic.Int32
}

func (t *terminated) Terminate() { t.n.Add(1) }

// Whoever forges a source must not have its host answered again and again, or in more words than he used.
func TestStrangersAreAnsweredOnceAndBriefly(t *testing.T) {
	for source, want := range map[string]int32{outsider: 1, "127.0.0.1": 0} {
		b := newBench(t)
		tx := &terminated{transaction: newTransaction()}
		b.handle(from(t, source, strings.Replace(recordingOf("x").String(), "siprec", "nonsense", 1)), tx)
		if tx.last() == nil || tx.n.Load() != want {
			t.Errorf("%s: the transaction of %v was ended %d times", source, tx.last(), tx.n.Load())
		}
		ping := message{method: "OPTIONS", seq: 1}.String()
		tx = &terminated{transaction: newTransaction()}
		b.handle(from(t, source, ping), tx)
		if long := len(tx.last().String()) > len(ping); long != (source == "127.0.0.1") {
			t.Errorf("%s: %d bytes were answered to %d:\n%s", source, len(tx.last().String()), len(ping), tx.last())
		}
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

// A gateway may be many hosts: one takes the INVITE, and another one answers, to which the ACK goes and from which the BYE comes.
func TestTheHostOfAGatewayThatAnswersIsKnown(t *testing.T) {
	const answering = "127.0.0.2"
	dir := loopback()
	dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}}
	r := runWith(t, dir)
	at := netip.MustParseAddr(answering)
	if r.admits.Sources().Known(at) {
		t.Fatal("known before")
	}
	ack := request(t, message{method: "ACK", seq: 1}.String())
	ack.SetDestination(answering + ":9")
	if err := r.stack.Write(ack); err != nil {
		t.Fatal(err)
	}
	if !r.admits.Sources().Known(at) {
		t.Error("a stranger")
	}
}

func TestATCPPeerIsToldWhatCannotBeRead(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	broken := strings.Replace(recordingOf("call-1").String(), "Max-Forwards: 70", "Max-Forwards: lots", 1)
	if res := p.ask(broken); res.StatusCode != gosip.StatusBadRequest || r.rejected("parse") != 1 {
		t.Errorf("%s", res)
	}
	repairable := strings.Replace(recordingOf("call-2").String(), "<sip:src@127.0.0.1:5099>;+sip.src", "<sip:src@127.0.0.1:5099", 1)
	if res := p.ask(repairable); res.StatusCode != gosip.StatusOK {
		t.Errorf("on the same connection: %s", res)
	}
	for name, text := range map[string]string{
		"without a length": strings.Replace(recordingOf("call-3").String(), "Content-Length", "X-Length", 1),
		"with two":         strings.Replace(recordingOf("call-4").String(), "Content-Length", "l: 1\r\nContent-Length", 1),
	} {
		p := dial(t, r, "tcp")
		if res := p.ask(text); res.StatusCode != gosip.StatusBadRequest {
			t.Errorf("%s: %s", name, res)
		}
		_ = p.conn.SetReadDeadline(time.Now().Add(patience))
		if b, err := p.in.ReadByte(); err == nil {
			t.Errorf("%s: the connection goes on: %q", name, b)
		}
	}
	if n := r.count("timbre_sip_connections_broken_total", "malformed"); n != 2 {
		t.Errorf("%v connections given up", n)
	}
}

func TestALivePingByTCPIsAnswered(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	if _, err := p.conn.Write([]byte("\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 2)
	if n, err := p.in.Read(b); err != nil || string(b[:n]) != "\r\n" {
		t.Errorf("%q %v", b[:n], err)
	}
}

// What a message costs before the stack reads it: of one who may call, and of one who is banned.
func BenchmarkInspect(b *testing.B) {
	text := []byte(recordingOf("x").String())
	for name, address := range map[string]string{"known": "127.0.0.1", "banned": outsider} {
		b.Run(name, func(b *testing.B) {
			bench := newBenchWith(b, func(_ *environment.Environment, _ *Config, limits *source.Config) { limits.Ban = time.Hour })
			bench.settled = true
			from := netip.MustParseAddr(address)
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
