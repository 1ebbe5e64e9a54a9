package nats_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	client "github.com/nats-io/nats.go"

	"timbre"
	"timbre/notify"
	"timbre/notify/nats"
	"timbre/notify/nats/natstest"
)

// A server that takes connections and says nothing holds up no start, and costs an attempt no longer than it has.
func TestSilentServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	before := time.Now()
	s := open(t, nats.Config{URL: "nats://" + listener.Addr().String()})
	if took := time.Since(before); took > time.Second {
		t.Errorf("got a start of %v, want that it waits for nobody", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := listener.Accept()
		cancel()
		<-t.Context().Done()
		if err == nil {
			_ = conn.Close()
		}
	}()
	if err := s.Send(ctx, notice("Id-1")); !errors.Is(err, context.Canceled) || notify.FailureOf(err).Kind != notify.ForNow {
		t.Errorf("got %v, want the end of the context, for now", err)
	}
}

// A stream that is stuck concerns its subject alone: what is under way to others on the same connection arrives.
func TestStuckStreamEndsNoOther(t *testing.T) {
	n := natstest.Serve(t, nil)
	conn, err := client.Connect("", client.InProcessServer(n))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	asked := make(chan *client.Msg, 2)
	for _, subject := range []string{"stuck.calls", "slow.calls"} {
		if _, err := conn.ChanSubscribe(subject, asked); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	s := open(t, nats.Config{URL: n.ClientURL()})
	send := func(ctx context.Context, subject string) chan error {
		ended := make(chan error, 1)
		go func() {
			ended <- s.Send(ctx, timbre.Notice{ID: "Id-1", Target: "arn:timbre:nats:us-east-1:000000000000:" + subject, Payload: []byte("{}")})
		}()
		return ended
	}
	slow := send(t.Context(), "slow.calls")
	answer := <-asked
	ctx, cancel := context.WithCancel(t.Context())
	stuck := send(ctx, "stuck.calls")
	<-asked
	cancel()
	if err := <-stuck; !errors.Is(err, context.Canceled) {
		t.Errorf("stuck: got %v, want the end of the context", err)
	}
	if err := s.Send(t.Context(), notice("Id-2")); err != nil {
		t.Errorf("beside it: got %v, want no error", err)
	}
	if err := answer.Respond([]byte(`{"stream":"SLOW","seq":1}`)); err != nil {
		t.Fatal(err)
	}
	if err := <-slow; err != nil {
		t.Errorf("slow: got %v, want no error", err)
	}
}
