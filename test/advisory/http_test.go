package advisory

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// get asks a door of HTTP without a key.
func (s *target) get(t *testing.T, door, path string, change ...func(*http.Request)) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.At[door]+path, http.NoBody)
	must(t, err)
	for _, c := range change {
		c(r)
	}
	res, err := (&http.Client{Timeout: patience}).Do(r)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(b)
}

// dial opens a connection to a door from a host of loopback.
func (s *target) dial(t *testing.T, door, from string) net.Conn {
	t.Helper()
	at := s.At[door]
	switch door {
	case "sip tcp":
		at = s.sip("tcp")
	case "feed":
		at, _, _ = strings.Cut(strings.TrimPrefix(at, "ws://"), "/")
	}
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}).DialContext(t.Context(), "tcp", at)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// exchange sends bytes over a connection and returns all that comes until it is closed, or quiet for a while.
func exchange(t *testing.T, c net.Conn, text string, quiet time.Duration) (got string, closed bool) {
	t.Helper()
	_, err := io.WriteString(c, text)
	must(t, err)
	var all strings.Builder
	for b := make([]byte, 1<<16); ; {
		must(t, c.SetReadDeadline(time.Now().Add(quiet)))
		n, err := c.Read(b)
		all.Write(b[:n])
		if err != nil {
			return all.String(), !errors.Is(err, os.ErrDeadlineExceeded)
		}
	}
}
