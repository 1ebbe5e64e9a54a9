package node

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
)

// A node with one thread for voice activity, which is kept busy, says at every door that it is late, until it is late no more.
func TestOverloadedNodeTakesNothingNew(t *testing.T) {
	s := embeddable(t)
	s.Infer.Threads, s.Analytics = 1, "always"
	n, err := New(t.Context(), environment.Environment{}, s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = n.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	if err := n.store.CreateConnector(ctx, timbre.Connector{ID: vc}); err != nil {
		t.Fatal(err)
	}
	start := talk(ctx, t, n, &running)
	if _, err := start("first"); err != nil {
		t.Fatal(err)
	}
	awaitReadiness(t, n, "")
	wantOptions(t, n, "SIP/2.0 200")

	free := occupy(ctx, t, n)
	awaitReadiness(t, n, "overloaded: results are late")
	wantOptions(t, n, "SIP/2.0 503")
	if _, err := start("second"); timbre.KindOf(err) != timbre.Throttled {
		t.Errorf("got %v for a new task, want Throttled", err)
	}
	free()
	awaitReadiness(t, n, "")
	wantOptions(t, n, "SIP/2.0 200")
}

// talk begins a call with two legs, whose frames come in real time until ctx ends. start starts a tone analysis of a call.
func talk(ctx context.Context, t *testing.T, n *Node, running *sync.WaitGroup) (start func(token string) (timbre.Task, error)) {
	t.Helper()
	txid, legs, err := n.calls.Begin(ctx, timbre.Call{ConnectorID: vc, Legs: []timbre.Leg{{Side: timbre.Caller}, {Side: timbre.Callee, Index: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	running.Go(func() {
		frames := time.NewTicker(timbre.FrameDuration)
		defer frames.Stop()
		for at := time.Duration(0); ctx.Err() == nil; at += timbre.FrameDuration {
			for _, l := range legs {
				l.Frame(timbre.Frame{At: at, PCM: make([]int16, timbre.FrameSamples)})
			}
			<-frames.C
		}
	})
	return func(token string) (timbre.Task, error) {
		return n.tasks.Start(ctx, timbre.Task{Kind: timbre.VoiceTone, ConnectorID: vc, TransactionID: txid, Token: token})
	}
}

// occupy keeps the thread for voice activity busy with runs that are due before all others, until free is called.
func occupy(ctx context.Context, t *testing.T, n *Node) (free func()) {
	t.Helper()
	m, err := n.models.Load(models.VAD(), infer.Short)
	if err != nil {
		t.Fatal(err)
	}
	windows := make([][]float32, 2000) // of one leg: a run of some ten milliseconds
	for i := range windows {
		windows[i] = make([]float32, 288)
	}
	ctx, stop := context.WithCancel(timbre.WithDueTime(ctx, time.Unix(0, 0)))
	var busy sync.WaitGroup
	for range 2 { // one runs while the other one waits
		busy.Go(func() {
			for ctx.Err() == nil {
				if _, err := m.Steps(ctx, windows, make([]float32, 2*128)); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	return func() { stop(); busy.Wait() }
}

// awaitReadiness waits for an answer of /readyz; empty: ready.
func awaitReadiness(t *testing.T, n *Node, want string) {
	t.Helper()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	why := ""
	for until := time.Now().Add(time.Minute); time.Now().Before(until); <-poll.C {
		if _, why = readiness(t, n); why == want {
			return
		}
	}
	t.Fatalf("got readiness %q after a minute, want %q", why, want)
}

// wantOptions sends an OPTIONS to the node.
func wantOptions(t *testing.T, n *Node, want string) {
	t.Helper()
	_, at, _ := strings.Cut(n.SIP[0], "://")
	conn, err := net.Dial("udp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write([]byte("OPTIONS sip:" + at + " SIP/2.0\r\nVia: SIP/2.0/UDP " + conn.LocalAddr().String() + ";branch=z9hG4bK" + name(conn) +
		";rport\r\nMax-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:" + at + ">\r\nCall-ID: " + name(conn) +
		"\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 2000)
	got, err := conn.Read(answer)
	if text := string(answer[:got]); err != nil || !strings.HasPrefix(text, want) || strings.Contains(want, "503") != strings.Contains(text, "Retry-After") {
		t.Errorf("got %q, %v, want %s", text, err, want)
	}
}

// name is a token that no other probe has.
func name(conn net.Conn) string { return strings.ReplaceAll(conn.LocalAddr().String(), ":", "-") }
