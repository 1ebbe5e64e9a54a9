package transport

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/sip/framing"
)

func TestStreamMessageEndsWhereTheParserFindsItsEnd(t *testing.T) {
	s, v := newStack(t, Config{}, ok)
	i := &inspector{stack: s, from: someone.Addr}
	good := text("INVITE", "192.0.2.1:5060")
	if got := i.Message([]byte(good), 0); string(got.Pass) != good || got.Close {
		t.Errorf("got %+v of a good message, want it passed", got)
	}
	if got := i.Message([]byte(good+"abc"), 3); got.Pass != nil || !got.Close || !strings.HasPrefix(string(got.Response), "SIP/2.0 400 ") {
		t.Errorf("got %+v of a message with another length, want a 400 and the end", got)
	}
	if n := testutil.ToFloat64(s.metrics.broken.WithLabelValues("malformed")); n != 1 {
		t.Errorf("got %v connections counted, want 1", n)
	}
	v.banned = true
	if got := i.Message([]byte(good), 0); got.Pass != nil || got.Response != nil || !got.Close {
		t.Errorf("got %+v for a banned source, want the end", got)
	}
}

func TestBrokenStreamsAreCountedByCause(t *testing.T) {
	head := []byte(text("INVITE", "192.0.2.1:5060"))
	for _, c := range []struct {
		head     []byte
		cause    error
		reason   string
		response string
		failures int
	}{
		{nil, framing.ErrIdle, "idle", "", 0},
		{head, framing.ErrSlow, "slow", "", 0},
		{head, framing.ErrTooLarge, "too_large", "SIP/2.0 513 ", 1},
		{head, framing.ErrUnframed, "malformed", "SIP/2.0 400 ", 1},
		{head, errZeros, "malformed", "SIP/2.0 400 ", 1},
		{[]byte("GET /\n"), errors.New("x"), "malformed", "", 1},
		{[]byte("INV"), io.ErrUnexpectedEOF, "closed", "", 0},
	} {
		t.Run(c.reason, func(t *testing.T) {
			s, v := newStack(t, Config{}, ok)
			i := &inspector{stack: s, from: someone.Addr}
			if got := string(i.Broken(c.head, c.cause)); !strings.HasPrefix(got, c.response) || (got == "") != (c.response == "") {
				t.Errorf("got response %q, want %q", got, c.response)
			}
			if n := testutil.ToFloat64(s.metrics.broken.WithLabelValues(c.reason)); n != 1 {
				t.Errorf("got %v counted as %s, want 1", n, c.reason)
			}
			if len(v.failed) != c.failures {
				t.Errorf("got %d failures of the source, want %d", len(v.failed), c.failures)
			}
		})
	}
}

func TestOnlyUnknownSourcesMayNotBeIdle(t *testing.T) {
	s, v := newStack(t, Config{}, ok)
	now := time.Unix(1000, 0)
	s.env.Steady = func() time.Time { return now }
	for _, c := range []struct {
		unknown, begun bool
		age, want      time.Duration
	}{
		{false, false, 0, 0},
		{false, true, time.Hour, 0},
		{true, false, 0, firstTimeout},
		{true, true, 0, proofTimeout},
		{true, true, proofTimeout - time.Second, time.Second},
		{true, false, proofTimeout - time.Second, time.Second},
		{true, true, time.Hour, time.Nanosecond}, // messages give no more time, proof does
	} {
		v.unknown = c.unknown
		if got := (&inspector{stack: s, from: someone.Addr, begun: c.begun, since: now.Add(-c.age)}).IdleTimeout(); got != c.want {
			t.Errorf("unknown %v, after a message %v, open for %v: got %v, want %v", c.unknown, c.begun, c.age, got, c.want)
		}
	}
}

func TestAStreamStaysOpenAfterWhatCannotBeParsed(t *testing.T) {
	s, _ := newStack(t, Config{Listen: []string{"tcp://127.0.0.1:0"}}, ok)
	done := run(t, s)
	conn := dial(t, s, "tcp")
	in := bufio.NewReader(conn)
	broken := strings.Replace(streamText("OPTIONS", conn), "Max-Forwards: 70", "Max-Forwards: lots", 1)
	for _, c := range []struct{ message, want string }{
		{broken, "SIP/2.0 400 Bad Request"},
		{streamText("OPTIONS", conn), "SIP/2.0 200 OK"},
		{"\r\n\r\n", ""}, // a ping is answered by a line break
	} {
		if got := exchange(t, conn, in, c.message); got != c.want {
			t.Errorf("got %q of %.7q, want %q", got, c.message, c.want)
		}
	}
	_ = s.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// streamText is a request over a connection.
func streamText(method string, conn net.Conn) string {
	return strings.Replace(text(method, conn.LocalAddr().String()), "SIP/2.0/UDP", "SIP/2.0/TCP", 1)
}

// exchange sends a message and returns the first line of what comes back.
func exchange(t *testing.T, conn net.Conn, in *bufio.Reader, message string) string {
	t.Helper()
	if _, err := io.WriteString(conn, message); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(timeout))
	first, err := in.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for line := first; line != "\r\n"; { // the rest of the message, which has no body
		if line, err = in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return strings.TrimRight(first, "\r\n")
}
