package sip

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
	"timbre/sip/transport"
)

func TestCallOverEachTransport(t *testing.T) {
	each(t, func(t *testing.T, r *running, p *client) {
		res := p.ask(recordingOf("call-1").String())
		at := r.Addr(p.network).String()
		if p.network != "udp" {
			at += ";transport=" + p.network
		}
		if c := res.GetHeader("Contact").Value(); c != "<sip:timbre@"+at+">;+sip.srs" {
			t.Errorf("got Contact %s, want it at %s", c, at)
		}
		if !strings.Contains(string(res.Body()), "c=IN IP4 127.0.0.1\r\n") || r.media.specs(0)[0].Local != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("got %s", res.Body())
		}
		tag := res.To().Params.GetOr("tag", "")
		p.send(message{method: "ACK", callID: "call-1", toTag: tag, seq: 1}.String())
		r.expect(t, "begin tx-1")
		if res := p.ask(message{method: "UPDATE", callID: "call-1", toTag: tag, seq: 2, contentType: mixed, body: both("", annAndBob)}.String()); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
		r.expect(t, "update tx-1")
		if res := p.ask(message{method: "OPTIONS", callID: "ping", seq: 1}.String()); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
		if res := p.ask(message{method: "BYE", callID: "call-1", toTag: tag, seq: 3}.String()); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
		r.expect(t, "end tx-1")
	})
}

func TestARetransmittedInviteBeginsOneCall(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	first := p.ask(recordingOf("call-1").String())
	tag := first.To().Params.GetOr("tag", "")
	p.send(recordingOf("call-1").String()) // as if the answer had been lost: absorbed
	other := recordingOf("call-1")
	other.branch = "z9hG4bKother" // by another way: merged
	p.send(other.String())
	for {
		res := p.receive().(*gosip.Response) // the 200 may be repeated first
		if res.StatusCode == 482 {
			break
		}
		if res.To().Params.GetOr("tag", "") != tag {
			t.Fatalf("got another call: %s", res)
		}
	}
	p.send(message{method: "ACK", callID: "call-1", toTag: tag, seq: 1}.String())
	p.ask(message{method: "BYE", callID: "call-1", toTag: tag, seq: 2}.String())
	r.expect(t, "begin tx-1")
	r.expect(t, "end tx-1")
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, r *running, p *client) {
		begun, free := make(chan struct{}), make(chan struct{})
		r.calls.onBegin(func() error { close(begun); <-free; return nil })
		m := recordingOf("call-1")
		p.send(m.String())
		<-begun
		m.method, m.contentType, m.body, m.headers, m.branch = "CANCEL", "", "", nil, "z9hG4bKcall-1INVITE1"
		p.send(m.String())
		codes := map[int]bool{}
		for range 2 {
			codes[p.receive().(*gosip.Response).StatusCode] = true
		}
		if !codes[200] || !codes[487] {
			t.Errorf("got %v", codes)
		}
		close(free)
		waitFor(t, func() bool { return slices.Contains(r.calls.gone(), "tx-1") })
		if last := lastEvent(r.calls); last != "" {
			t.Errorf("got %q announced of a call that was never answered, want nothing", last)
		}
		m.branch = "z9hG4bKunknown"
		p.send(message{method: "ACK", callID: "call-1", seq: 1, toTag: "x", branch: "z9hG4bKcall-1INVITE1"}.String())
		p.send(m.String())
		for {
			res := p.receive().(*gosip.Response)
			if res.StatusCode == 481 {
				break
			}
			if res.StatusCode != 487 { // may be repeated until the ACK is there
				t.Fatalf("got %s", res)
			}
		}
	})
}

func TestAPanicEndsNoOtherCall(t *testing.T) {
	each(t, func(t *testing.T, r *running, p *client) {
		tag := p.invite("call-1")
		r.expect(t, "begin tx-1")
		r.media.mu.Lock()
		r.media.panics = true
		r.media.mu.Unlock()
		if res := p.ask(recordingOf("call-2").String()); res.StatusCode != gosip.StatusInternalServerError {
			t.Errorf("got %s", res)
		}
		p.send(message{method: "ACK", callID: "call-2", seq: 1, toTag: "x", branch: "z9hG4bKcall-2INVITE1"}.String())
		if res := p.ask(message{method: "BYE", callID: "call-1", toTag: tag, seq: 2}.String()); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
		r.expect(t, "end tx-1")
	})
}

func TestStoppingHangsUp(t *testing.T) {
	each(t, func(t *testing.T, r *running, p *client) {
		tag := p.invite("call-1")
		r.shutdownTimeout = testTimeout
		r.expect(t, "begin tx-1")
		waitFor(t, func() bool { return acked(r) }) // a BYE before the ACK would overtake it
		r.stop()
		bye, ok := p.receive().(*gosip.Request)
		if !ok || bye.Method != gosip.BYE || bye.From().Params.GetOr("tag", "") != tag || bye.CallID().Value() != "call-1" {
			t.Fatalf("got %v", bye)
		}
		p.send(gosip.NewResponseFromRequest(bye, 200, "OK", nil).String())
		if err := <-r.done; err != nil {
			t.Error(err)
		}
		close(r.done)
		r.expect(t, "end tx-1 the server was stopped")
		if r.media.open() != 0 {
			t.Error("got an open stream")
		}
	})
}

// acked reports whether no handler waits for an ACK.
func acked(r *running) bool { return r.recordings.Len() > 0 && r.stack.InFlight() == 0 }

// waitFor polls until a condition holds.
func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(testTimeout)
	for !is() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("got no change in time")
		}
	}
}

func TestNoGoroutineIsLeftAfterRun(t *testing.T) {
	before := serverGoroutines()
	t.Run("a busy server", func(t *testing.T) {
		r := run(t)
		for _, network := range []string{"udp", "tcp"} {
			p := dial(t, r, network)
			p.invite("call-" + network)
			p.ask(recordingOf("pending-" + network).String()) // not acknowledged
		}
		r.stop()
		if err := <-r.done; err != nil {
			t.Error(err)
		}
		close(r.done)
	})
	waitFor(t, func() bool { return serverGoroutines() <= before })
}

// serverGoroutines counts the goroutines of servers and of the SIP stack.
func serverGoroutines() (n int) {
	buf := make([]byte, 1<<20)
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, "emiago/sipgo") || strings.Contains(stack, "sip.(*Server)") || strings.Contains(stack, "sip/transport.") || strings.Contains(stack, "sip/trunk.") {
			n++
		}
	}
	return n
}

func TestUnparsableMessagesAreCountedAndEndNoCall(t *testing.T) {
	good := message{method: "OPTIONS", seq: 1}.String()
	bad := strings.Replace(good, "CSeq: 1 OPTIONS", "CSeq: one OPTIONS", 1)
	t.Run("udp", func(t *testing.T) {
		r := run(t)
		p := dial(t, r, "udp")
		tag := p.invite("call-1")
		if res := p.askUnparsed(bad); !strings.HasPrefix(res, "SIP/2.0 400 Bad Request\r\n") || !strings.Contains(res, "CSeq: one OPTIONS\r\n") || !strings.Contains(res, "Via: ") {
			t.Errorf("got %s", res)
		}
		for _, silent := range []string{"nonsense", strings.Replace(bad, "OPTIONS sip", "ACK sip", 1), "SIP/2.0 999999 x\r\n\r\n", "\r\n\r\n"} {
			p.send(silent)
		}
		if res := p.ask(message{method: "BYE", callID: "call-1", toTag: tag, seq: 2}.String()); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
		if n := r.rejected("parse"); n != 4 {
			t.Errorf("got %v counted, want 4", n)
		}
	})
	t.Run("tcp", func(t *testing.T) {
		r := run(t)
		p := dial(t, r, "tcp")
		tag := p.invite("call-1")
		dial(t, r, "tcp").send(bad)
		waitFor(t, func() bool { return r.rejected("parse") == 1 })
		if res := p.ask(message{method: "BYE", callID: "call-1", toTag: tag, seq: 2}.String()); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
	})
}

// askUnparsed sends a datagram and returns the next one received.
func (p *client) askUnparsed(text string) string {
	p.send(text)
	_ = p.conn.SetReadDeadline(time.Now().Add(testTimeout))
	return string(p.read())
}

func TestAContactWithoutItsClosingBracketIsRepaired(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	text := strings.Replace(recordingOf("call-1").String(), "<sip:src@127.0.0.1:5099>;+sip.src", "<sip:src@127.0.0.1:5099", 1)
	if res := p.ask(text); res.StatusCode != gosip.StatusOK {
		t.Errorf("got %s", res)
	}
	r.expect(t, "begin tx-1")
}

func TestBodiesUpToTheLimitAreAccepted(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	m := recordingOf("call-1")
	m.body = both(twoLines, strings.Replace(annAndBob, "</recording>", "<!--"+strings.Repeat("x", 200<<10)+"--></recording>", 1))
	if res := p.ask(m.String()); res.StatusCode != gosip.StatusOK {
		t.Errorf("got %s", res)
	}
	m.callID, m.body = "call-2", both(twoLines, strings.Repeat("x", 257<<10))
	if res := p.ask(m.String()); res.StatusCode != 513 || r.rejected("too_large") != 1 {
		t.Errorf("got %s", res)
	}
	u := dial(t, r, "udp")
	m.callID, m.body = "call-3", both(twoLines, strings.Replace(annAndBob, "</recording>", "<!--"+strings.Repeat("x", 50<<10)+"--></recording>", 1))
	if res := u.ask(m.String()); res.StatusCode != gosip.StatusOK {
		t.Errorf("got %s", res)
	}
}

func TestErrorOfAPortInUse(t *testing.T) {
	r := run(t)
	for _, network := range []string{"udp", "tcp"} {
		b := newBench(t, r.url(network))
		_, err := b.Listen()
		if timbre.KindOf(err) != timbre.Unavailable || err.Error() != "SIP cannot listen on "+r.url(network)+": the port is in use by another program" {
			t.Errorf("got %v", err)
		}
	}
}

func TestListeningAddresses(t *testing.T) {
	for _, at := range []string{"", "127.0.0.1:5060", "tls://127.0.0.1:5061", "udp://127.0.0.1", "udp://127.0.0.1:5060/x", "udp://a b:1"} {
		if _, err := New(environment.Environment{}, Config{Transport: transport.Config{Listen: []string{at}}}, Deps{Sources: new(source.Limiter)}); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%q: got %v, want kind Invalid", at, err)
		}
	}
	b := newBench(t, "udp://127.0.0.1:0")
	if err := b.Run(t.Context()); err == nil || b.Addr("udp").IsValid() {
		t.Errorf("got %v", err)
	}
	b = newBench(t, "udp://127.0.0.1:0", "tcp://192.0.2.1:0")
	if at, err := b.Listen(); timbre.KindOf(err) != timbre.Unavailable || strings.Contains(err.Error(), "in use") {
		t.Errorf("got %v, %v, want kind Unavailable", at, err)
	}
}

// serves makes sure that the server is serving.
func (r *running) serves(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		if res := dial(t, r, network).ask(message{method: "OPTIONS", callID: network, seq: 1}.String()); res.StatusCode != gosip.StatusOK {
			t.Fatalf("got %s", res)
		}
	}
}

func TestAWildcardListenerAdvertisesTheAddressThatWasReached(t *testing.T) {
	b := newBench(t, "udp://0.0.0.0:0")
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	conn, err := net.Dial("udp", "127.0.0.1:"+strconv.Itoa(int(b.Addr("udp").Port())))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte(strings.Replace(recordingOf("call-1").String(), "127.0.0.1:5099;branch", conn.LocalAddr().String()+";branch", 1))); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	_ = conn.SetReadDeadline(time.Now().Add(testTimeout))
	n, err := conn.Read(buf)
	if err != nil || !strings.Contains(string(buf[:n]), "c=IN IP4 127.0.0.1\r\n") || !strings.Contains(string(buf[:n]), "<sip:timbre@127.0.0.1:") {
		t.Errorf("got %v and %s", err, buf[:n])
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
