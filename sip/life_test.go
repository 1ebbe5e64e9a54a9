package sip

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// answered is a call whose INVITE has been answered and acknowledged.
type answered struct {
	*bench
	tx  *transaction
	tag string
}

// call begins a call in a bubble: the INVITE is served on a goroutine of its own, and acknowledged if ack says so.
func (b *bench) call(t *testing.T, m message, ack bool) answered {
	t.Helper()
	tx := newTransaction()
	go b.handle(request(t, m.String()), tx)
	synctest.Wait()
	res := tx.last()
	if res == nil || res.StatusCode != gosip.StatusOK {
		t.Fatalf("got %v, want 200", res)
	}
	a := answered{b, tx, res.To().Params.GetOr("tag", "")}
	if ack {
		b.ask(t, a.in("ACK", m.seq).String())
		synctest.Wait()
	}
	return a
}

// in is a request within the call.
func (a answered) in(method string, seq int) message {
	return message{method: method, callID: "call-1", toTag: a.tag, seq: seq}
}

// expectEvents checks the events since the last call, without waiting.
func expectEvents(t *testing.T, c *calls, want ...string) {
	t.Helper()
	for _, w := range want {
		select {
		case got := <-c.events:
			if got != w {
				t.Errorf("got event %q, want %q", got, w)
			}
		default:
			t.Errorf("got no event, want %q", w)
		}
	}
	select {
	case got := <-c.events:
		t.Errorf("got event %q, want none", got)
	default:
	}
}

func TestA200IsRetransmittedUntilTheACK(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		start := time.Now()
		var at []time.Duration
		tx := newTransaction()
		tx.onRespond = func(*gosip.Response) { at = append(at, time.Since(start)) }
		go b.handle(request(t, recordingOf("call-1").String()), tx)
		time.AfterFunc(4*time.Second, func() {
			a := answered{b, tx, tx.last().To().Params.GetOr("tag", "")}
			b.ask(t, a.in("ACK", 1).String())
		})
		<-time.After(time.Minute)
		synctest.Wait()
		want := []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond, 3500 * time.Millisecond}
		if !slices.Equal(at, want) {
			t.Errorf("got the 200 at %v, want %v", at, want)
		}
		expectEvents(t, b.calls, "begin tx-1")
	})
}

func TestACallWithoutAnACKEnds(t *testing.T) {
	for _, broken := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			tx := newTransaction()
			tx.broken = broken
			go b.handle(request(t, recordingOf("call-1").String()), tx)
			<-time.After(31 * time.Second)
			expectEvents(t, b.calls, "begin tx-1")
			<-time.After(2 * time.Second)
			expectEvents(t, b.calls, "end tx-1 the answer was not acknowledged")
			if bye := <-b.sent; bye.Method != gosip.BYE || b.media.open() != 0 || b.recordings.Len() != 0 {
				t.Errorf("got %v, %d streams, %v dialogs, want BYE and none", bye.Method, b.media.open(), b.recordings.Len())
			}
		})
	}
}

func TestAnACKWithTheBranchOfTheInviteIsAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		a := b.call(t, recordingOf("call-1"), false)
		a.tx.acks <- request(t, a.in("ACK", 1).String())
		<-time.After(time.Minute)
		expectEvents(t, b.calls, "begin tx-1")
	})
}

// A call that is cancelled before it is answered has never been: it is not announced.
func TestCancelledCallIsNotToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		tx := newTransaction()
		b.calls.begin = func() error { tx.onCancel(nil); return nil }
		b.handle(request(t, recordingOf("call-1").String()), tx) // does not wait for an ACK
		if last := lastEvent(b.calls); last != "" || !slices.Contains(b.calls.gone(), "tx-1") {
			t.Errorf("got %q told and %v gone, want nothing and tx-1", last, b.calls.gone())
		}
		if b.rejected("cancelled") != 1 || b.media.open() != 0 || len(b.sent) != 0 {
			t.Errorf("got %v counted, %d streams, %d BYEs, want 1 and none", b.rejected("cancelled"), b.media.open(), len(b.sent))
		}
		b.calls.begin = nil
		b.call(t, recordingOf("call-1"), true) // its name is free again
	})
}

// A BYE may overtake the announcement of the call: it has been answered, so it is announced first.
func TestCallThatIsHungUpAtOnceIsToldOf(t *testing.T) {
	b := newBench(t)
	telling, free := make(chan struct{}), make(chan struct{})
	b.calls.answering = func() { close(telling); <-free }
	tx := newTransaction()
	go b.handle(request(t, recordingOf("call-1").String()), tx)
	<-telling
	bye := message{method: "BYE", callID: "call-1", toTag: tx.last().To().Params.GetOr("tag", ""), seq: 2}
	go b.handle(request(t, bye.String()), newTransaction())
	waitFor(t, func() bool { return b.recordings.Len() == 0 })
	close(free)
	for _, want := range []string{"begin tx-1", "end tx-1"} {
		if got := <-b.calls.events; got != want {
			t.Errorf("got event %q, want %q", got, want)
		}
	}
}

// A call that was answered and cannot be saved is hung up, so that its peer calls elsewhere.
func TestAnsweredCallThatCannotBeSavedIsHungUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.calls.answer = errors.New("disk")
		go b.handle(request(t, recordingOf("call-1").String()), newTransaction())
		if bye := <-b.sent; bye.Method != gosip.BYE {
			t.Errorf("got %s, want BYE", bye.Method)
		}
		synctest.Wait()
		if last := lastEvent(b.calls); last != "" || b.media.open() != 0 || b.recordings.Len() != 0 {
			t.Errorf("got %q told, %d streams and %d sessions, want none", last, b.media.open(), b.recordings.Len())
		}
	})
}

func TestCallsAreRefusedWhileTheServerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.calls.begin = func() error { b.recordings.Leave(); return nil }
		if res := b.ask(t, recordingOf("call-1").String()).last(); res.StatusCode != gosip.StatusServiceUnavailable || b.media.open() != 0 || len(b.sent) != 0 {
			t.Errorf("got %d streams, %d BYEs, %s, want none and 503", b.media.open(), len(b.sent), res)
		}
		if last := lastEvent(b.calls); last != "" {
			t.Errorf("got %q announced of a call that was refused, want nothing", last)
		}
	})
}

func TestADrainingServerSendsNewCallsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		a := b.call(t, recordingOf("call-1"), true)
		b.Drain()
		for _, m := range []message{recordingOf("call-2"), {method: "OPTIONS", seq: 1}} {
			res := b.ask(t, m.String()).last()
			if res.StatusCode != gosip.StatusServiceUnavailable || res.GetHeader("Retry-After") == nil {
				t.Errorf("got %s to %s, want 503 with Retry-After", res, m.method)
			}
		}
		for i, method := range []string{"OPTIONS", "BYE"} { // the call goes on until its party hangs up
			if res := b.ask(t, a.in(method, 2+i).String()).last(); res.StatusCode != gosip.StatusOK || b.Live() != 1-i {
				t.Errorf("got %s to %s within the call, and %d calls live, want 200 and %d", res, method, b.Live(), 1-i)
			}
		}
		expectEvents(t, b.calls, "begin tx-1", "end tx-1")
	})
}

func TestACancelledReInviteDoesNotEndTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		a := b.call(t, recordingOf("call-1"), true)
		re := a.in("INVITE", 2)
		re.contentType, re.body = "application/sdp", twoLines
		tx := newTransaction()
		tx.onRespond = func(*gosip.Response) { tx.onCancel(nil) }
		b.handle(request(t, re.String()), tx)
		<-time.After(time.Minute)
		expectEvents(t, b.calls, "begin tx-1")
	})
}

func TestASessionThatIsNotRefreshedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.headers = append(m.headers, "Supported: timer", "Session-Expires: 180;refresher=uac")
		a := b.call(t, m, true)
		if h := a.tx.last().GetHeader("Session-Expires"); h == nil || h.Value() != "180;refresher=uac" || a.tx.last().GetHeader("Require").Value() != "timer" {
			t.Errorf("got %s", a.tx.last())
		}
		for i, method := range []string{"UPDATE", "INVITE", "UPDATE"} {
			<-time.After(140 * time.Second)
			re := a.in(method, 2+i)
			re.headers = []string{"x: 180"}
			tx := newTransaction()
			go b.handle(request(t, re.String()), tx)
			synctest.Wait()
			if res := tx.last(); res.StatusCode != gosip.StatusOK || res.GetHeader("Session-Expires").Value() != "180;refresher=uac" || res.GetHeader("Require") != nil {
				t.Fatalf("got %s", res)
			}
			b.ask(t, a.in("ACK", 2+i).String())
			expectEvents(t, b.calls, map[int][]string{0: {"begin tx-1"}}[i]...)
		}
		<-time.After(147 * time.Second)
		expectEvents(t, b.calls)
		<-time.After(2 * time.Second) // 32 seconds before the 180 are over
		expectEvents(t, b.calls, "end tx-1 the session was not refreshed in time")
		if bye := <-b.sent; bye.Method != gosip.BYE {
			t.Errorf("got %v", bye)
		}
	})
}

func TestContactOfASIPSCallIsSIPS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.uri = "sips:" + connectorID + "@127.0.0.1"
		a := b.call(t, m, true)
		if got := a.tx.last().Contact().Address.Scheme; got != "sips" {
			t.Errorf("got a %s Contact, want sips", got)
		}
		b.close()
	})
}

func TestASessionWithoutATimerLasts(t *testing.T) {
	for _, header := range []string{
		"X-None: 1", "Session-Expires: 90", "Supported: x-notimers\r\nSession-Expires: 90;refresher=uac", "Supported: replaces\r\nSession-Expires: 30;refresher=uac",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			m := recordingOf("call-1")
			m.headers = append(m.headers, header)
			a := b.call(t, m, true)
			if a.tx.last().GetHeader("Session-Expires") != nil {
				t.Errorf("got %s", a.tx.last())
			}
			<-time.After(24 * time.Hour)
			expectEvents(t, b.calls, "begin tx-1")
		})
	}
}

func TestDestinationOfBye(t *testing.T) {
	for name, c := range map[string]struct {
		contact string
		routes  []string
		at      string
	}{
		"to the contact":              {"<sip:src@127.0.0.1:5070>", nil, "127.0.0.1:5070"},
		"on the usual port":           {"<sip:src@127.0.0.1>", nil, "127.0.0.1:5060"},
		"behind NAT":                  {"<sip:src@10.1.2.3:5070>", nil, "127.0.0.1:5099"},
		"a name is not looked up":     {"<sip:src@sbc.example.com>", nil, "127.0.0.1:5099"},
		"by the route":                {"<sip:src@10.1.2.3:5070>", []string{"<sip:127.0.0.1:5080;lr>", "<sip:192.0.2.2;lr>"}, "127.0.0.1:5080"},
		"by two routes in one header": {"<sip:src@10.1.2.3:5070>", []string{"<sip:127.0.0.1;lr>, <sip:192.0.2.2;lr>"}, "127.0.0.1:5060"},
		"not by anybody's":            {"<sip:src@10.1.2.3:5070>", []string{"<sip:192.0.2.1:5080;lr>"}, "127.0.0.1:5099"},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			m := recordingOf("call-1")
			for _, r := range c.routes {
				m.headers = append(m.headers, "Record-Route: "+r)
			}
			invite := strings.Replace(m.String(), "<sip:src@127.0.0.1:5099>", c.contact, 1)
			tx := newTransaction()
			go b.handle(request(t, invite), tx)
			synctest.Wait()
			b.hangUp()
			bye := <-b.sent
			_, target, _ := strings.Cut(bye.Recipient.String(), "@")
			if bye.Destination() != c.at || !strings.Contains(c.contact, target) {
				t.Errorf("%s: got %s at %s, want %s at %s", name, bye.Recipient.String(), bye.Destination(), c.contact, c.at)
			}
			var by []string
			for _, h := range bye.GetHeaders("route") {
				by = append(by, h.Value())
			}
			if want := strings.Join(c.routes, ", "); strings.Join(by, ", ") != want {
				t.Errorf("%s: got routes %q, want %q", name, by, want)
			}
			if bye.From().Params.GetOr("tag", "") != tx.last().To().Params.GetOr("tag", "x") || bye.To().Params.GetOr("tag", "") != "theirs" ||
				bye.CallID().Value() != "call-1" || bye.CSeq().MethodName != gosip.BYE {
				t.Errorf("%s: got\n%s", name, bye)
			}
		})
	}
}

func TestTheCallHasEndedWhenByeIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		a := b.call(t, recordingOf("call-1"), true)
		b.calls.events <- "mark"
		if res := b.ask(t, a.in("BYE", 2).String()).last(); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
		expectEvents(t, b.calls, "begin tx-1", "mark", "end tx-1")
		for i, method := range []string{"BYE", "INVITE", "UPDATE", "OPTIONS", "INFO"} { // there is no such call any more
			if res := b.ask(t, a.in(method, 3+i).String()).last(); res.StatusCode != 481 {
				t.Errorf("%s: got %s", method, res)
			}
		}
		if tx := b.ask(t, a.in("ACK", 3).String()); tx.last() != nil {
			t.Errorf("got %s for an ACK, want no response", tx.last())
		}
	})
}

func TestRequestsOutOfOrderAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.seq = 5
		a := b.call(t, m, true)
		for _, method := range []string{"BYE", "UPDATE", "INVITE"} {
			if res := b.ask(t, a.in(method, 5).String()).last(); res.StatusCode != gosip.StatusInternalServerError {
				t.Errorf("%s: got %s", method, res)
			}
		}
		expectEvents(t, b.calls, "begin tx-1")
	})
}

func TestASecondInviteOfACallIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.call(t, recordingOf("call-1"), true)
		for i := range 3 { // by another way, and with the next number
			again := recordingOf("call-1")
			again.branch, again.seq = "z9hG4bKother"+strconv.Itoa(i), 1+i
			if res := b.ask(t, again.String()).last(); res.StatusCode != 482 {
				t.Errorf("got %s", res)
			}
		}
		expectEvents(t, b.calls, "begin tx-1")
	})
}
