package nats_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	client "github.com/nats-io/nats.go"

	"timbre/notify/nats"
	"timbre/notify/notifytest"
)

// peer is a NATS server with a stream that fails on request. The stream is a responder in place of JetStream, which cannot be made to fail;
// the other tests have the real one.
type peer struct {
	*server.Server
	*notifytest.Faults
	wire   *notifytest.Wire
	mu     sync.Mutex
	bodies []string
}

func (p *peer) Vanish() { p.wire.Vanish() }

func (p *peer) Stop() { p.wire.Stop(); p.Shutdown(); p.WaitForShutdown() }

func (p *peer) received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.bodies)
}

// take answers as a stream does.
func (p *peer) take(m *client.Msg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var answer string
	switch p.Next() {
	case notifytest.RefusedForever:
		answer = `{"error":{"code":400,"err_code":10054,"description":"message size exceeds maximum allowed"}}`
	case notifytest.RefusedForNow:
		answer = `{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"}}`
	case notifytest.BadCredentials:
		answer = `{"error":{"code":403,"err_code":10000,"description":"not permitted"}}`
	case notifytest.Hang:
		p.Hang()
		return
	case notifytest.Drop:
		p.bodies = append(p.bodies, string(m.Data))
		p.wire.Cut()
		return
	default:
		p.bodies = append(p.bodies, string(m.Data))
		answer = fmt.Sprintf(`{"stream":"EVENTS","seq":%d}`, len(p.bodies))
	}
	_ = m.Respond([]byte(answer))
}

func stand(t *testing.T) *peer {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{Server: s, Faults: notifytest.NewFaults()}
	s.Start()
	t.Cleanup(p.Stop)
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	p.wire = notifytest.NewWire(t, s.Addr().String(), p.Faults)
	conn, err := client.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	names := func(m *client.Msg) {
		_ = m.Respond([]byte(`{"type":"io.nats.jetstream.api.v1.stream_names_response","total":0,"offset":0,"limit":1024,"streams":null}`))
	}
	for subject, answer := range map[string]client.MsgHandler{"events.calls": p.take, "$JS.API.STREAM.NAMES": names} {
		if _, err := conn.Subscribe(subject, answer); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSinkKeepsItsPromises(t *testing.T) {
	notifytest.Run(t, func(t *testing.T) notifytest.Backend {
		p := stand(t)
		return notifytest.Backend{
			Sink: open(t, nats.Config{URL: "nats://" + p.wire.Address}), Service: p, Target: calls,
			Unknown:  "arn:timbre:nats:us-east-1:000000000000:events.lost",
			Received: p.received, MaxPayload: 1 << 20,
		}
	})
}
