// Package natstest is a NATS server for tests, with a JetStream stream that takes the subjects events.*.
package natstest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// System is a server.
type System struct {
	*server.Server
	js jetstream.JetStream
}

// Serve starts a server until the test ends. change, unless it is nil, changes its options.
func Serve(t testing.TB, change func(*server.Options)) System {
	t.Helper()
	options := &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	if change != nil {
		change(options)
	}
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s), nats.UserInfo(options.Username, options.Password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	all := System{s, js}
	all.Stream(t, jetstream.StreamConfig{})
	return all
}

// Stream gives the stream other settings.
func (s System) Stream(t testing.TB, c jetstream.StreamConfig) {
	t.Helper()
	c.Name, c.Subjects = "EVENTS", []string{"events.*"}
	if _, err := s.js.CreateOrUpdateStream(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// Received returns the messages of the stream.
func (s System) Received(t testing.TB) (all []*jetstream.RawStreamMsg) {
	t.Helper()
	stream, err := s.js.Stream(t.Context(), "EVENTS")
	if err != nil {
		t.Fatal(err)
	}
	info, err := stream.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range info.State.Msgs {
		m, err := stream.GetMsg(t.Context(), info.State.FirstSeq+i)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}
