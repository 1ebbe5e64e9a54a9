package sip

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"timbre/admission/source"
	"timbre/environment"
)

// BenchmarkRefusedStranger is the challenge of one INVITE over a socket, with the connection and the handshake that it takes. The client's
// part is included.
func BenchmarkRefusedStranger(b *testing.B) {
	for _, network := range []string{"udp", "tcp", "tls"} {
		b.Run(network, func(b *testing.B) {
			var seconds atomic.Int64 // passed: no limit is reached
			s := newBenchWith(b, func(env *environment.Environment, _ *Config, _ *source.Config) {
				env.Steady = func() time.Time { return time.Unix(seconds.Load(), 0) }
			}, network+"://127.0.0.1:0")
			*s.dir = *guarded("secret", "ann")
			s.admits.Changed(connectorID)
			s.settled = true
			if _, err := s.Listen(); err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() { done <- s.Run(ctx) }()
			b.Cleanup(func() { cancel(); <-done })
			invite := strings.ReplaceAll(recordingOf("x").String(), "SIP/2.0/UDP", "SIP/2.0/"+strings.ToUpper(network))
			answer := make([]byte, 1<<16)
			for b.Loop() {
				seconds.Add(1)
				conn := connect(b, network, s.Addr(network).String())
				_, _ = fmt.Fprint(conn, strings.ReplaceAll(invite, "127.0.0.1:5099", conn.LocalAddr().String()))
				_ = conn.SetReadDeadline(time.Now().Add(testTimeout))
				if n, err := conn.Read(answer); err != nil || !strings.HasPrefix(string(answer[:n]), "SIP/2.0 401 ") {
					b.Fatalf("got %q, %v", answer[:n], err)
				}
				_ = conn.Close()
			}
		})
	}
}

func connect(b *testing.B, network, to string) net.Conn {
	b.Helper()
	var conn net.Conn
	var err error
	if network == "tls" {
		conn, err = tls.Dial("tcp", to, trusting())
	} else {
		conn, err = net.Dial(network, to)
	}
	if err != nil {
		b.Fatal(err)
	}
	return conn
}
