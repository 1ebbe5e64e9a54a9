package sip

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/sip/sentry"
)

const outsider = "203.0.113.9"

// from is a request as it comes from an address.
func from(t testing.TB, address, text string) *gosip.Request {
	t.Helper()
	req := request(t, text)
	req.SetSource(address + ":5099")
	return req
}

func TestAStrangersMessagesAreReadAFewTimesOnly(t *testing.T) {
	b := newBench(t)
	b.sentry = sentryOf(b, func() time.Time { return time.Unix(1000, 0) })
	read := 0
	for range 50 {
		if pass, answer, _ := b.hear(netip.MustParseAddr(outsider), []byte(recording("x").String())); pass != nil || answer != nil {
			read++
		}
	}
	if read == 0 || read > 10 {
		t.Errorf("%d of 50 were read", read)
	}
	if pass, _, _ := b.hear(netip.MustParseAddr("127.0.0.1"), []byte(recording("x").String())); pass == nil {
		t.Error("one who may call is not heard")
	}
	if pass, answer, banned := b.hear(netip.MustParseAddr(outsider), []byte("nonsense")); pass != nil || answer != nil || !banned {
		t.Errorf("%q %q %v for one who is banned", pass, answer, banned)
	}
}

func TestAFloodOfInvitesIsToldToComeLater(t *testing.T) {
	b := newBench(t)
	b.cfg.Invites = 3
	b.sentry = sentryOf(b, func() time.Time { return time.Unix(1000, 0) })
	var passed, told, silent int
	for range 20 {
		pass, answer, _ := b.hear(netip.MustParseAddr("127.0.0.1"), []byte(recording("x").String()))
		switch {
		case pass != nil:
			passed++
		case answer == nil:
			silent++
		default:
			told++
			msg, err := gosip.ParseMessage(answer)
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
			b := guard(t, "secret", "ann") // one may prove oneself: 127.0.0.1 has to, too
			if c.source == "127.0.0.1" {
				b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}}
			}
			b.cfg.Ban = time.Hour
			b.sentry = sentryOf(b, func() time.Time { return time.Unix(1000, 0) })
			for i := range 30 {
				c.ask.seq, c.ask.callID = 1, fmt.Sprint(i)
				b.handle(from(t, c.source, c.ask.String()), newTransaction())
			}
			if got := b.sentry.Banned(netip.MustParseAddr(c.source)); got != c.banned {
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
		b.handle(from(t, source, strings.Replace(recording("x").String(), "siprec", "nonsense", 1)), tx)
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

func TestAPutTakesEffectOnTheNextMessage(t *testing.T) {
	b := newBench(t)
	var generation atomic.Uint64
	b.admission.list.generation = generation.Load
	ask := func() bool { return b.knows(from(t, outsider, recording("x").String())) }
	if ask() {
		t.Error("known before it was put")
	}
	b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{outsider + "/32"}}
	if ask() {
		t.Error("it was read anew, though nothing is said to have changed")
	}
	if generation.Add(1); !ask() {
		t.Error("not known after it was put")
	}
	b.dir.err = errors.New("disk")
	if !ask() {
		t.Error("what is known already was asked for again")
	}
	if generation.Add(1); !ask() {
		t.Error("a message is dropped because it cannot be found out who may call")
	}
}

func TestOneWhoIsCalledIsKnown(t *testing.T) {
	b := newBench(t)
	req := request(t, message{method: "BYE", seq: 1}.String())
	req.SetDestination(outsider + ":5060")
	b.calling(req)
	if !b.sentry.Known(netip.MustParseAddr(outsider)) {
		t.Error("a stranger")
	}
}

// A gateway may be many hosts: one takes the INVITE, and another one answers, to which the ACK goes and from which the BYE comes.
func TestTheHostOfAGatewayThatAnswersIsKnown(t *testing.T) {
	const answering = "127.0.0.2"
	dir := loopback()
	dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}}
	r := runWith(t, dir)
	at := netip.MustParseAddr(answering)
	if r.sentry.Known(at) {
		t.Fatal("known before")
	}
	ack := request(t, message{method: "ACK", seq: 1}.String())
	ack.SetDestination(answering + ":9")
	if err := r.agent.Write(ack); err != nil {
		t.Fatal(err)
	}
	if !r.sentry.Known(at) {
		t.Error("a stranger")
	}
}

func TestATCPPeerIsToldWhatCannotBeRead(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	broken := strings.Replace(recording("call-1").String(), "Max-Forwards: 70", "Max-Forwards: lots", 1)
	if res := p.ask(broken); res.StatusCode != gosip.StatusBadRequest || r.rejected("parse") != 1 {
		t.Errorf("%s", res)
	}
	repairable := strings.Replace(recording("call-2").String(), "<sip:src@127.0.0.1:5099>;+sip.src", "<sip:src@127.0.0.1:5099", 1)
	if res := p.ask(repairable); res.StatusCode != gosip.StatusOK {
		t.Errorf("on the same connection: %s", res)
	}
	for name, text := range map[string]string{
		"without a length": strings.Replace(recording("call-3").String(), "Content-Length", "X-Length", 1),
		"with two":         strings.Replace(recording("call-4").String(), "Content-Length", "l: 1\r\nContent-Length", 1),
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
	if n := testutil.ToFloat64(r.metrics.broken.WithLabelValues("malformed")); n != 2 {
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

func TestTheStackForgetsSources(t *testing.T) {
	b := newBench(t, "udp://127.0.0.1:0")
	for _, l := range b.listeners {
		l.most, l.linger = 3, time.Millisecond
	}
	r := start(t, b)
	for range 20 {
		p := dial(t, r, "udp")
		if res := p.ask(message{method: "OPTIONS", seq: 1}.String()); res.StatusCode != gosip.StatusOK {
			t.Fatalf("%s", res)
		}
	}
	p := dial(t, r, "udp")
	tag := p.invite("call-1")
	for range 4 { // the one that took the call goes
		dial(t, r, "udp").ask(message{method: "OPTIONS", seq: 1}.String())
	}
	if res := p.ask(message{method: "BYE", callID: "call-1", toTag: tag, seq: 2}.String()); res.StatusCode != gosip.StatusOK {
		t.Errorf("%s", res)
	}
	if n := b.reached(); n > 3 {
		t.Errorf("%v addresses are remembered by one reader", n)
	}
	for until := time.Now().Add(patience); b.ua.TransportLayer().Pool("udp").Size() > 3+1; runtime.Gosched() { // and the socket's own
		if time.Now().After(until) {
			t.Fatalf("%d addresses are remembered by the stack", b.ua.TransportLayer().Pool("udp").Size())
		}
	}
}

func TestReadersHandOverWithoutAGap(t *testing.T) {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(socket, 1)
	r.note(&net.UDPAddr{Port: 1})
	ended := make(chan error)
	go func() {
		_, _, err := r.ReadFrom(nil)
		ended <- err
	}()
	<-r.begun
	<-r.full
	select {
	case err := <-ended:
		t.Fatalf("it has left already: %v", err)
	default:
	}
	close(r.leave)
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	_ = socket.Close()
}

func TestThePortOfASocketHasRoomAndAMark(t *testing.T) {
	b := newBench(t, "udp://127.0.0.1:0")
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	defer b.close()
	got := received(b.listeners[0].packets)
	if got < 100000 || testutil.ToFloat64(b.metrics.buffer) != float64(got) {
		t.Errorf("room for %d bytes, %v are told", got, testutil.ToFloat64(b.metrics.buffer))
	}
	t.Log("receive buffer, as the kernel counts it:", got)
}

// sentryOf is the sentry of a bench, made anew with a clock and with what the bench's configuration says.
func sentryOf(b *bench, now func() time.Time) *sentry.Sentry {
	if b.cfg.Ban == 0 {
		b.cfg.Ban = time.Hour
	}
	return sentry.New(sentry.Config{Allowed: b.standing, Invites: b.cfg.Invites, Ban: b.cfg.Ban, Now: now})
}

// What a message costs before the stack reads it: of one who may call, and of one who is banned.
func BenchmarkHear(b *testing.B) {
	text := []byte(recording("x").String())
	for name, source := range map[string]string{"known": "127.0.0.1", "banned": outsider} {
		b.Run(name, func(b *testing.B) {
			bench := newBench(b)
			bench.admission.list.generation = func() uint64 { return 1 }
			bench.sentry = sentryOf(bench, time.Now)
			from := netip.MustParseAddr(source)
			for range 10 {
				bench.hear(from, text)
			}
			b.ReportAllocs()
			for b.Loop() {
				bench.hear(from, text)
			}
		})
	}
}
