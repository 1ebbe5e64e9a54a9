package door

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre/environment"
)

// serving is an HTTP server behind a door, with deadlines that a test can wait for.
func serving(t *testing.T, h http.HandlerFunc, change func(*http.Server)) (*Door, string) {
	t.Helper()
	env := environment.Environment{Metrics: prometheus.NewRegistry()}
	d := New(env, Config{Name: "api", Connections: 10}, Deps{Metrics: NewMetrics(env.Metrics)})
	s := d.Server(h)
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(d.Listener(l)) }()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return d, l.Addr().String()
}

func dial(t *testing.T, at string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

func TestRefusedStrangerIsClosed(t *testing.T) {
	_, at := serving(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/allowed" {
			http.Error(w, "no", http.StatusForbidden)
		}
	}, nil)
	for path, closed := range map[string]bool{"/": true, "/allowed": false} {
		t.Run(path, func(t *testing.T) {
			c := dial(t, at)
			read := bufio.NewReader(c)
			for range 2 {
				_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
				err := readResponse(read)
				if closed && err == nil {
					_, err = read.ReadByte()
				}
				if (err != nil) != closed {
					t.Fatalf("got error %v, want closed %v", err, closed)
				}
			}
		})
	}
}

// readResponse reads a response whole.
func readResponse(from *bufio.Reader) error {
	r, err := http.ReadResponse(from, nil)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	_, err = io.Copy(io.Discard, r.Body)
	return err
}

func TestOneRefusalDoesNotEndAProvenConnection(t *testing.T) {
	_, at := serving(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			w.WriteHeader(http.StatusNotFound)
		}
	}, nil)
	c := dial(t, at)
	read := bufio.NewReader(c)
	for _, path := range []string{"/", "/missing", "/"} {
		_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if err := readResponse(read); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}

// TestDeadlines has a client be slow in each way that there is.
func TestDeadlines(t *testing.T) {
	const short = 200 * time.Millisecond
	large := strings.Repeat("a", 64<<20)
	for name, c := range map[string]struct {
		send   string
		change func(*http.Server)
	}{
		"says nothing":   {"", func(s *http.Server) { s.ReadHeaderTimeout = short }},
		"half a header":  {"GET / HTTP/1.1\r\nHos", func(s *http.Server) { s.ReadHeaderTimeout = short }},
		"half a body":    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", func(s *http.Server) { s.ReadTimeout = short }},
		"does not read":  {"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", func(s *http.Server) { s.WriteTimeout = short }},
		"says no more":   {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", func(s *http.Server) { s.IdleTimeout = short }},
		"pipelines many": {strings.Repeat("GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 100), func(s *http.Server) { s.WriteTimeout = short }},
	} {
		t.Run(name, func(t *testing.T) {
			left := make(chan struct{})
			_, at := serving(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if r.URL.Path == "/large" {
					_, _ = io.WriteString(w, large)
				}
			}, func(s *http.Server) {
				c.change(s)
				states := s.ConnState
				s.ConnState = func(conn net.Conn, state http.ConnState) {
					states(conn, state)
					if state == http.StateClosed {
						close(left)
					}
				}
			})
			client := dial(t, at)
			_ = client.(*net.TCPConn).SetReadBuffer(2048)
			_, _ = io.WriteString(client, c.send)
			select {
			case <-left:
			case <-time.After(10 * time.Second):
				t.Error("got a connection that is held, want it closed")
			}
		})
	}
}

func TestEveryDeadlineIsSet(t *testing.T) {
	s := newFixture(Config{}).Server(http.NotFoundHandler())
	for name, d := range map[string]time.Duration{"header": s.ReadHeaderTimeout, "request": s.ReadTimeout, "response": s.WriteTimeout, "idle": s.IdleTimeout} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("%s: got %v, want a deadline", name, d)
		}
	}
}

func TestTakenOverConnectionLeavesItsPlace(t *testing.T) {
	taken := make(chan net.Conn, 1)
	d, at := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
		}
		taken <- c
	}, nil)
	_, _ = io.WriteString(dial(t, at), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	c := <-taken
	d.mu.Lock()
	n := len(d.waiting)
	d.mu.Unlock()
	want(t, "places", n, 0)
	_ = c.Close()
}
