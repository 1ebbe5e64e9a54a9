package softphone

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre/cmd/timbre/terminal"
)

// server accepts every call, with a transaction id if there is one.
func server(t *testing.T, transaction string, hangUp bool) string {
	quiet := slog.New(slog.DiscardHandler)
	ua, err := sipgo.NewUA(sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)))
	check(t, err)
	srv, err := sipgo.NewServer(ua, sipgo.WithServerLogger(quiet))
	check(t, err)
	client, err := sipgo.NewClient(ua, sipgo.WithClientLogger(quiet), sipgo.WithClientHostname("127.0.0.1"))
	check(t, err)
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(t, err)
	port := conn.LocalAddr().(*net.UDPAddr).Port
	agent := sipgo.DialogUA{Client: client, ContactHDR: sip.ContactHeader{Address: sip.Uri{Scheme: "sip", Host: "127.0.0.1", Port: port}}}
	dialogs := make(chan *sipgo.DialogServerSession, 1)
	var calls sync.WaitGroup
	calls.Add(1) // the next call
	srv.OnInvite(func(req *sip.Request, tx sip.ServerTransaction) {
		defer calls.Done()
		d, err := agent.ReadInvite(req, tx)
		check(t, err)
		dialogs <- d
		headers := []sip.Header{sip.NewHeader("Content-Type", "application/sdp")}
		if transaction != "" {
			headers = append(headers, sip.NewHeader("X-Timbre-Transaction-Id", transaction))
		}
		check(t, d.Respond(sip.StatusOK, "OK", []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"+
			"m=audio 9 RTP/AVP 0\r\na=label:1\r\nm=audio 9 RTP/AVP 0\r\na=label:2\r\n"), headers...))
		if hangUp {
			check(t, d.Bye(context.Background()))
		}
	})
	srv.OnAck(func(req *sip.Request, tx sip.ServerTransaction) {
		d := <-dialogs
		_ = d.ReadAck(req, tx)
		dialogs <- d
	})
	srv.OnBye(func(req *sip.Request, tx sip.ServerTransaction) {
		check(t, tx.Respond(sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)))
	})
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.ServeUDP(conn) }()
	t.Cleanup(func() { calls.Wait(); _, _ = conn.Close(), ua.Close(); <-done })
	return "udp://127.0.0.1:" + strconv.Itoa(port)
}

func check(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}

func TestCallPrintsOnlyItsTransactionID(t *testing.T) {
	for name, c := range map[string]struct {
		transaction string
		hold, quiet bool
		out, status string
	}{
		"played":         {"5f1c2f1e", false, false, "transaction-id 5f1c2f1e\n", ""},
		"held":           {"5f1c2f1e", true, false, "transaction-id 5f1c2f1e\n", ""}, // the server hangs up
		"for a script":   {"5f1c2f1e", false, true, "5f1c2f1e\n", ""},
		"another server": {"", false, false, "", "not a Timbre"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, status strings.Builder
			call := Call{Caller: wav(t, make([]int16, 800)), Server: server(t, c.transaction, c.hold), Speed: 20, HoldOpen: c.hold, Quiet: c.quiet}
			if c.hold {
				call.Caller = wav(t, []int16{})
			}
			err := call.Do(t.Context(), &out, terminal.Output{Writer: &status})
			if err != nil || out.String() != c.out || !strings.Contains(status.String(), c.status) {
				t.Errorf("got error %v, output %q and status %q, want none, %q and %q", err, out.String(), status.String(), c.out, c.status)
			}
		})
	}
}

func TestCallEndedByTheServerIsAnError(t *testing.T) {
	var out strings.Builder
	call := Call{Caller: wav(t, make([]int16, 80000)), Server: server(t, "x", true), Speed: 1, Wait: 20 * time.Millisecond}
	if err := call.Do(t.Context(), &out, terminal.Output{Writer: &out}); err == nil || !strings.Contains(err.Error(), "the call was ended") {
		t.Errorf("got error %v, want one that the call was ended", err)
	}
}

func TestInterruptEndsAHeldCallWithoutError(t *testing.T) {
	var out strings.Builder
	ctx, interrupt := context.WithCancelCause(t.Context())
	call := Call{Caller: wav(t, []int16{}), Server: server(t, "x", false), HoldOpen: true}
	err := call.Do(ctx, writer(func(p []byte) (int, error) {
		interrupt(errors.New("interrupt"))
		return out.Write(p)
	}), terminal.Output{Writer: &out})
	if err != nil || out.String() != "transaction-id x\n" {
		t.Errorf("got error %v and %q, want none and the transaction id", err, out.String())
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
