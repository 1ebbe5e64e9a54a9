package advisory

import (
	"io"
	"testing"
	"time"
)

// A client that sends or reads slowly must not keep its place for as long as it likes: CVE-2014-4047, AST-2014-007 (Asterisk); CVE-2007-6750
// is the same of web servers. Each sends a byte now and then, which must not extend its time.
func TestSlowClients(t *testing.T) {
	s := serve(t)
	for name, c := range map[string]struct {
		door, begin, drip string
		within            time.Duration
	}{
		"head of a request":      {"api", "GET /voice-connectors HTTP/1.1\r\nHost: x\r\n", "X: y\r\n", 15 * time.Second},
		"head at the admin port": {"admin", "GET /metrics HTTP/1.1\r\nHost: x\r\n", "X: y\r\n", 15 * time.Second},
		"head of an upgrade":     {"feed", "GET /feed HTTP/1.1\r\nHost: x\r\n", "X: y\r\n", 15 * time.Second},
		"SIP message":            {"sip tcp", "OPTIONS sip:x SIP/2.0\r\n", "X: y\r\n", 10 * time.Second},
		"SIP keep-alives":        {"sip tcp", "\r\n\r\n", "\r\n\r\n", 20 * time.Second},
		"SIP silence":            {"sip tcp", "", "", 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := s.dial(t, c.door, "127.0.0.51")
			began := time.Now()
			_, err := io.WriteString(conn, c.begin)
			must(t, err)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_, _ = io.Copy(io.Discard, conn)
			}()
			tick := time.NewTicker(500 * time.Millisecond)
			defer tick.Stop()
			for deadline := time.After(c.within); ; {
				select {
				case <-ended:
					return
				case <-deadline:
					t.Fatalf("got the connection open after %s, want it closed by %s", time.Since(began), c.within)
				case <-tick.C:
					_, _ = io.WriteString(conn, c.drip)
				}
			}
		})
	}
}
