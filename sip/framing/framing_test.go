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

// recorder is an Inspector that passes messages and keeps them.
type recorder struct {
	messages []string
	bodies   []int
	cause    error
	heads    []string
	timeout  time.Duration
}

func (r *recorder) Message(raw []byte, body int) Verdict {
	r.messages, r.bodies = append(r.messages, string(raw)), append(r.bodies, body)
	switch {
	case bytes.HasPrefix(raw, []byte("BAD")):
		return Verdict{Response: []byte("no")}
	case bytes.HasPrefix(raw, []byte("END")):
		return Verdict{Close: true}
	}
	return Verdict{Pass: raw}
}

func (r *recorder) Broken(head []byte, cause error) []byte {
	r.heads, r.cause = append(r.heads, string(head)), cause
	return []byte("broken")
}

func (r *recorder) IdleTimeout() time.Duration { return r.timeout }

var limits = Limits{Head: 500, Body: 100, Message: 30 * time.Second}

// exchange sends a text over a connection in pieces of some bytes, and returns what Read gives and what the peer gets.
func exchange(t *testing.T, r *recorder, text string, piece int) (read, response string) {
	t.Helper()
	c := &scripted{in: &pieces{[]byte(text), piece}}
	b, err := io.ReadAll(New(c, limits, r))
	if err != nil {
		t.Error(err)
	}
	return string(b), c.out.String()
}

// pieces reads n bytes at a time.
type pieces struct {
	left []byte
	n    int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[:min(p.n, len(p.left))])
	p.left = p.left[n:]
	return n, nil
}

const options = "OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n"

func TestMessagesAreRead(t *testing.T) {
	invite := "INVITE sip:x SIP/2.0\r\nl : 5\r\nX: y\r\n\r\nhello"
	folded := "INVITE sip:x SIP/2.0\r\nContent-Length:\r\n  3\r\n\r\nabc"
	text := "\r\n" + options + invite + folded + "\r\n\r\n\r\n\x00" + options
	for _, piece := range []int{1, 3, 1000} {
		r := &recorder{}
		read, _ := exchange(t, r, text, piece)
		if want := []string{options, invite, folded, options}; !slices.Equal(r.messages, want) {
			t.Errorf("%d bytes at a time: got messages %q, want %q", piece, r.messages, want)
		}
		if want := []int{0, 5, 3, 0}; !slices.Equal(r.bodies, want) {
			t.Errorf("%d bytes at a time: got bodies of %v bytes, want %v", piece, r.bodies, want)
		}
		if want := options + invite + folded + ping + options; read != want {
			t.Errorf("%d bytes at a time: got %q read, want %q", piece, read, want)
		}
	}
}

func TestAMessageThatDoesNotPassLeavesTheConnectionOpen(t *testing.T) {
	r := &recorder{}
	read, response := exchange(t, r, "BAD x SIP/2.0\r\nl:0\r\n\r\n"+options+"END x SIP/2.0\r\nl:0\r\n\r\n"+options, 7)
	if read != options || response != "no" {
		t.Errorf("got %q read and response %q, want %q and no", read, response, options)
	}
	if len(r.messages) != 3 {
		t.Errorf("got messages %q, want 3: the third closes the connection", r.messages)
	}
}

func TestWhatCannotBeFramedClosesTheConnection(t *testing.T) {
	long := "X: " + strings.Repeat("y", 600)
	for name, c := range map[string]struct {
		text  string
		cause error
		whole bool // the head arrives as a whole
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
		"HTTP":              {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ErrUnframed, true},
		"half a message":    {"OPTIONS sip:x", io.EOF, false},
		"half a body":       {"OPTIONS sip:x SIP/2.0\r\nl: 5\r\n\r\nabc", io.EOF, true},
		"a TLS handshake":   {"\x16\x03\x01\x00\xee\x01\x00\n", errMalformed, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			read, response := exchange(t, r, c.text, 1000)
			if !errors.Is(r.cause, c.cause) || len(r.heads) != 1 {
				t.Fatalf("got cause %v, reported %d times, want %v once", r.cause, len(r.heads), c.cause)
			}
			if read != "" || len(r.messages) != 0 {
				t.Errorf("got %q read of messages %q, want none", read, r.messages)
			}
			if response != "broken" {
				t.Errorf("got response %q, want broken", response)
			}
			if got := strings.HasSuffix(r.heads[0], "\r\n\r\n"); got != c.whole {
				t.Errorf("got head %q, want it whole: %v", r.heads[0], c.whole)
			}
		})
	}
}

func TestTimeouts(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		timeout time.Duration
		after   time.Duration
		cause   error
	}{
		"silence":                {"", time.Minute, time.Minute, ErrIdle},
		"after a message":        {options, time.Minute, time.Minute, ErrIdle},
		"half a head":            {"OPTIONS", time.Minute, limits.Message, ErrSlow},
		"half a body":            {"OPTIONS sip:x SIP/2.0\r\nl: 5\r\n\r\n", 0, limits.Message, ErrSlow},
		"half a line break":      {"\r", time.Minute, time.Minute, ErrIdle},
		"pings are not messages": {"\r\n\r\n", time.Minute, time.Minute, ErrIdle},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				peer, local := net.Pipe()
				r := &recorder{timeout: c.timeout}
				conn, began := New(local, limits, r), time.Now()
				go func() { _, _ = io.Copy(io.Discard, peer) }()
				go func() { _, _ = peer.Write([]byte(c.text)) }()
				if _, err := io.ReadAll(conn); err != nil {
					t.Error(err)
				}
				if got := time.Since(began); got != c.after || !errors.Is(r.cause, c.cause) {
					t.Errorf("got closed after %v for %v, want after %v for %v", got, r.cause, c.after, c.cause)
				}
				_ = conn.Close()
				_ = peer.Close()
			})
		})
	}
}

func FuzzFraming(f *testing.F) {
	f.Add([]byte(options + "\r\n\r\n" + options))
	f.Add([]byte("INVITE sip:x SIP/2.0\r\nContent-Length:\r\n 3\r\nl: 3\r\n\r\nabc\r\n"))
	f.Add([]byte("\x16\x03\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := &recorder{}
		read, err := io.ReadAll(New(&scripted{in: bytes.NewReader(data)}, limits, r))
		if err != nil {
			t.Fatal(err)
		}
		if len(read) > 2*len(data)+4 {
			t.Errorf("got %d bytes read of %d", len(read), len(data))
		}
		for i, m := range r.messages {
			head, body, _ := strings.Cut(m, "\r\n\r\n")
			if len(head) > limits.Head || len(body) > limits.Body {
				t.Errorf("got a message of %d and %d bytes, which exceeds the limits", len(head), len(body))
			}
			if len(body) != r.bodies[i] {
				t.Errorf("got a body of %d bytes, want %d", len(body), r.bodies[i])
			}
		}
	})
}

// scripted is a connection whose peer has sent everything already.
type scripted struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer
}

func (s *scripted) Read(b []byte) (int, error)      { return s.in.Read(b) }
func (s *scripted) Write(b []byte) (int, error)     { return s.out.Write(b) }
func (s *scripted) SetReadDeadline(time.Time) error { return nil }

// Its proof is a message of its own, which is judged after the wait for the next one has begun.
func TestAPeerThatProvesSomethingWhileItIsWaitedForStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		r := &once{recorder: recorder{timeout: time.Second}}
		c := New(near, limits, r)
		got := make(chan error, 1)
		go func() {
			_, err := c.Read(make([]byte, 10))
			got <- err
		}()
		<-time.After(time.Hour)
		if _, err := far.Write([]byte("GOOD\r\nContent-Length: 0\r\n\r\n")); err != nil {
			t.Error(err)
		}
		if err := <-got; err != nil || r.cause != nil {
			t.Errorf("got %v, closed for %v, want a message", err, r.cause)
		}
		_ = far.Close()
	})
}

// once is an Inspector of a peer that may be idle for any time when it is asked again.
type once struct{ recorder }

func (o *once) IdleTimeout() time.Duration {
	timeout := o.timeout
	o.timeout = 0
	return timeout
}
