package advisory

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Connections and requests of who may not call must not use up what calls need: CVE-2014-4047, AST-2014-007 (Asterisk, HTTP sessions),
// CVE-2021-41145 (FreeSWITCH, SIP floods). The server has 1,024 descriptors, and each door is asked for more.
func TestFlood(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	ann := s.peer(t, "udp", "127.0.0.1")
	live := ann.recording(c)
	answer := ann.ask(live)
	if status(answer) != 200 {
		t.Fatalf("got\n%s\nwant 200", answer)
	}
	said := map[string]string{ // what each connection begins with
		"silent": "", "half a head": "GET /voice-connectors HTTP/1.1\r\nHost: x\r\n", "no key": "GET /voice-connectors HTTP/1.1\r\nHost: x\r\n\r\n",
		"half a message": "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n", "not TLS": "\x16\x03\x01\x02\x00\x01",
	}
	for _, door := range []string{"api", "admin", "feed", "sip tcp"} {
		for kind, text := range said {
			t.Run(door+" "+kind, func(t *testing.T) {
				held := s.crowd(t, door, text, 300)
				s.answersCalls(t, c)
				if code, _ := s.get(t, "admin", "/healthz"); code != http.StatusOK {
					t.Errorf("the health check: got status %d, want 200", code)
				}
				if _, err := s.voice.ListVoiceConnectors(t.Context(), nil); err != nil {
					t.Errorf("an operator's request: got error %v, want none", err)
				}
				for _, conn := range held {
					_ = conn.Close()
				}
			})
		}
	}
	t.Run("all doors at once", func(t *testing.T) {
		for _, door := range []string{"api", "admin", "feed", "sip tcp"} {
			s.crowd(t, door, "", 400)
		}
		for range 3 {
			s.answersCalls(t, c)
		}
	})
	t.Run("INVITEs of strangers", func(t *testing.T) {
		for host := range 20 {
			p := s.peer(t, "udp", fmt.Sprintf("127.0.1.%d", host+1))
			for range 200 {
				p.send(p.text(p.recording(c)))
			}
		}
		s.answersCalls(t, c)
	})
	if got := ann.ask(request{method: "OPTIONS", uri: live.uri, call: live.call, seq: 2, tag: tag(answer)}); status(got) != 200 {
		t.Errorf("the call that was live before: got\n%s\nwant 200", got)
	}
	if got := s.metric(t, `process_open_fds`); got > 1000 {
		t.Errorf("got %.0f descriptors in use, want some left", got)
	}
}

// crowd opens connections to a door from several hosts at once, and says something on each.
func (s *target) crowd(t *testing.T, door, text string, n int) []net.Conn {
	t.Helper()
	at := s.At[door]
	if door == "sip tcp" {
		at = s.sip("tcp")
	}
	at, _, _ = strings.Cut(strings.TrimPrefix(at, "ws://"), "/")
	var mu sync.Mutex
	var all []net.Conn
	var wg sync.WaitGroup
	for host := range 10 {
		wg.Go(func() {
			d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 2, byte(1+host))}, Timeout: time.Second}
			for range n / 10 {
				conn, err := d.DialContext(t.Context(), "tcp", at)
				if err != nil {
					continue // refused: as it may be
				}
				_, _ = io.WriteString(conn, text)
				mu.Lock()
				all = append(all, conn)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Cleanup(func() {
		for _, conn := range all {
			_ = conn.Close()
		}
	})
	return all
}
