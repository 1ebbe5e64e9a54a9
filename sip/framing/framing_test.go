package framing

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// court passes what it is asked about, and notes it.
type court struct {
	messages []string
	bodies   []int
	why      error
	heads    []string
	timeout  time.Duration
}

func (c *court) Message(raw []byte, body int) Verdict {
	c.messages, c.bodies = append(c.messages, string(raw)), append(c.bodies, body)
	switch {
	case bytes.HasPrefix(raw, []byte("BAD")):
		return Verdict{Response: []byte("no")}
	case bytes.HasPrefix(raw, []byte("END")):
		return Verdict{Close: true}
	}
	return Verdict{Pass: raw}
}

func (c *court) Broken(head []byte, why error) []byte {
	c.heads, c.why = append(c.heads, string(head)), why
	return []byte("broken")
}

func (c *court) IdleTimeout() time.Duration { return c.timeout }

var limits = Limits{Head: 500, Body: 100, Message: 30 * time.Second}

// spoken is what a connection that says something gives, and what it is told.
func spoken(t *testing.T, j *court, text string, pieces int) (heard, told string) {
	t.Helper()
	out := &wire{in: &inPieces{[]byte(text), pieces}}
	b, err := io.ReadAll(New(out, limits, j))
	if err != nil {
		t.Error(err)
	}
	return string(b), out.told.String()
}

// inPieces reads so many bytes at a time.
type inPieces struct {
	left []byte
	n    int
}

func (r *inPieces) Read(b []byte) (int, error) {
	if len(r.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.left[:min(r.n, len(r.left))])
	r.left = r.left[n:]
	return n, nil
}

const options = "OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n"

func TestMessagesComeWhole(t *testing.T) {
	invite := "INVITE sip:x SIP/2.0\r\nl : 5\r\nX: y\r\n\r\nhello"
	folded := "INVITE sip:x SIP/2.0\r\nContent-Length:\r\n  3\r\n\r\nabc"
	text := "\r\n" + options + invite + folded + "\r\n\r\n\r\n\x00" + options
	for _, pieces := range []int{1, 3, 1000} {
		j := &court{}
		heard, _ := spoken(t, j, text, pieces)
		if want := []string{options, invite, folded, options}; !slices.Equal(j.messages, want) || !slices.Equal(j.bodies, []int{0, 5, 3, 0}) {
			t.Errorf("%d at a time: %q", pieces, j.messages)
		}
		if want := options + invite + folded + ping + options; heard != want {
			t.Errorf("%d at a time: %q", pieces, heard)
		}
	}
}

func TestAMessageThatIsNotPassedDoesNotEndTheConnection(t *testing.T) {
	j := &court{}
	heard, told := spoken(t, j, "BAD x SIP/2.0\r\nl:0\r\n\r\n"+options+"END x SIP/2.0\r\nl:0\r\n\r\n"+options, 7)
	if heard != options || told != "no" || len(j.messages) != 3 {
		t.Errorf("heard %q, told %q, of %q", heard, told, j.messages)
	}
}

func TestWhatCannotBeCutEndsTheConnection(t *testing.T) {
	long := "X: " + strings.Repeat("y", 600)
	for name, c := range map[string]struct {
		text string
		why  error
		head bool // is all there
	}{
		"no length":         {"OPTIONS sip:x SIP/2.0\r\n\r\n", ErrUnframed, true},
		"two lengths":       {"OPTIONS sip:x SIP/2.0\r\nl: 1\r\nContent-Length: 2\r\n\r\nxy", ErrUnframed, true},
		"no number":         {"OPTIONS sip:x SIP/2.0\r\nl: x\r\n\r\n", ErrUnframed, true},
		"negative":          {"OPTIONS sip:x SIP/2.0\r\nl: -1\r\n\r\n", ErrUnframed, true},
		"a long body":       {"OPTIONS sip:x SIP/2.0\r\nl: 101\r\n\r\n", ErrTooLarge, true},
		"a number too long": {"OPTIONS sip:x SIP/2.0\r\nl: 4294967297\r\n\r\n", ErrTooLarge, true},
		"a long line":       {"OPTIONS sip:x SIP/2.0\r\n" + long, ErrTooLarge, false},
		"many lines":        {"OPTIONS sip:x SIP/2.0\r\n" + strings.Repeat("X: y\r\n", 100), ErrTooLarge, false},
		"a bare line feed":  {"OPTIONS sip:x SIP/2.0\nl: 0\n\n", errMalformed, false},
		"a web browser's":   {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ErrUnframed, true},
		"half a message":    {"OPTIONS sip:x", io.EOF, false},
		"half a body":       {"OPTIONS sip:x SIP/2.0\r\nl: 5\r\n\r\nabc", io.EOF, true},
		"a TLS handshake":   {"\x16\x03\x01\x00\xee\x01\x00\n", errMalformed, false},
	} {
		t.Run(name, func(t *testing.T) {
			j := &court{}
			heard, told := spoken(t, j, c.text, 1000)
			if !errors.Is(j.why, c.why) || heard != "" || told != "broken" || len(j.heads) != 1 || len(j.messages) != 0 {
				t.Errorf("given up for %v, heard %q, told %q, %d times", j.why, heard, told, len(j.heads))
			}
			if c.head != strings.HasSuffix(j.heads[0], "\r\n\r\n") && len(j.heads) == 1 {
				t.Errorf("the head is %q", j.heads[0])
			}
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		timeout time.Duration
		after   time.Duration
		why     error
	}{
		"silence":            {"", time.Minute, time.Minute, ErrIdle},
		"after a message":    {options, time.Minute, time.Minute, ErrIdle},
		"half a head":        {"OPTIONS", time.Minute, limits.Message, ErrSlow},
		"half a body":        {"OPTIONS sip:x SIP/2.0\r\nl: 5\r\n\r\n", 0, limits.Message, ErrSlow},
		"half a line break":  {"\r", time.Minute, time.Minute, ErrIdle},
		"pings are no words": {"\r\n\r\n", time.Minute, time.Minute, ErrIdle},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				peer, ours := net.Pipe()
				j := &court{timeout: c.timeout}
				conn, began := New(ours, limits, j), time.Now()
				go func() { _, _ = io.Copy(io.Discard, peer) }()
				go func() { _, _ = peer.Write([]byte(c.text)) }()
				if _, err := io.ReadAll(conn); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took != c.after || !errors.Is(j.why, c.why) {
					t.Errorf("given up after %v for %v", took, j.why)
				}
				_ = conn.Close()
				_ = peer.Close()
			})
		})
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte(options + "\r\n\r\n" + options))
	f.Add([]byte("INVITE sip:x SIP/2.0\r\nContent-Length:\r\n 3\r\nl: 3\r\n\r\nabc\r\n"))
	f.Add([]byte("\x16\x03\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		j := &court{}
		c := New(&wire{in: bytes.NewReader(data)}, limits, j)
		heard, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		if len(heard) > 2*len(data)+4 {
			t.Errorf("%d bytes became %d", len(data), len(heard))
		}
		for i, m := range j.messages {
			head, body, _ := strings.Cut(m, "\r\n\r\n")
			if len(head) > limits.Head || len(body) > limits.Body || len(body) != j.bodies[i] {
				t.Errorf("a message of %d and %d bytes, %d told", len(head), len(body), j.bodies[i])
			}
		}
	})
}

// wire is a connection that has all been said on already.
type wire struct {
	net.Conn
	in   io.Reader
	told bytes.Buffer
}

func (w *wire) Read(b []byte) (int, error)      { return w.in.Read(b) }
func (w *wire) Write(b []byte) (int, error)     { return w.told.Write(b) }
func (w *wire) SetReadDeadline(time.Time) error { return nil }
