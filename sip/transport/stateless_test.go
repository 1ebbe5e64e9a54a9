package transport

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// read is the next datagram.
func read(t *testing.T, conn net.Conn) string {
	t.Helper()
	buf := make([]byte, 1<<16)
	_ = conn.SetReadDeadline(time.Now().Add(timeout))
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestNothingIsKeptOfAStrangersDatagram(t *testing.T) {
	var handled atomic.Int32
	s, v := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, func(req *gosip.Request, tx gosip.ServerTransaction) {
		handled.Add(1)
		ok(req, tx)
	})
	v.unknown = true
	s.deps.Live = func(req *gosip.Request) bool { return req.To().Params.GetOr("tag", "") == "live" }
	s.deps.Stranger = func(req *gosip.Request, tx gosip.ServerTransaction) {
		r := Refuse(401, "challenged", "%s", strings.Repeat("x", 80))
		for range 2 {
			r = r.With("WWW-Authenticate", `Digest realm="r", nonce="`+strings.Repeat("n", 48)+`"`)
		}
		s.Refuse(req, tx, r)
	}
	done := run(t, s)
	conn := dial(t, s, "udp")
	question := text("INVITE", conn.LocalAddr().String())
	var tags []string
	for range 3 {
		if _, err := conn.Write([]byte(question)); err != nil {
			t.Fatal(err)
		}
		answer := read(t, conn)
		if !strings.HasPrefix(answer, "SIP/2.0 401 ") || len(answer) > amplification*len(question) {
			t.Errorf("got an answer of %d bytes to a question of %d:\n%s", len(answer), len(question), answer)
		}
		msg, err := gosip.ParseMessage([]byte(answer))
		if err != nil {
			t.Fatal(err)
		}
		tags = append(tags, msg.(*gosip.Response).To().Params.GetOr("tag", ""))
	}
	if tags[0] == "" || tags[0] != tags[1] || tags[1] != tags[2] {
		t.Errorf("got tags %q, want the same for the same request", tags)
	}
	if n := s.pooledSources(); n != 0 || handled.Load() != 0 {
		t.Errorf("got %v sources kept, %d requests handled, want none", n, handled.Load())
	}
	shown := strings.Replace(question, "Content-Length", `Authorization: Digest nonce="told 127.0.0.1"`+"\r\nContent-Length", 1)
	inside := strings.Replace(text("BYE", conn.LocalAddr().String()), "To: <sip:timbre@127.0.0.1>", "To: <sip:timbre@127.0.0.1>;tag=live", 1)
	for name, message := range map[string]string{"an answer to a challenge": strings.Replace(shown, "branch=z9hG4bK", "branch=z9hG4bKanother", 1), "in a live dialog": inside} {
		if _, err := conn.Write([]byte(message)); err != nil {
			t.Fatal(err)
		}
		if answer := read(t, conn); !strings.HasPrefix(answer, "SIP/2.0 200 ") {
			t.Errorf("%s: got %.20q, want it handled", name, answer)
		}
	}
	_ = s.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAnAnswerToAForgedSourceIsShortened(t *testing.T) {
	req := request(t, askedBy("INVITE"))
	response := func() *gosip.Response {
		return Refuse(401, "challenged", "%s", strings.Repeat("x", 100)).With("WWW-Authenticate", "Digest first").With("WWW-Authenticate", "Digest second").Response(req)
	}
	full := len(response().String())
	for _, c := range []struct {
		limit                  int
		warned, second, answer bool
	}{
		{full, true, true, true}, {full - 1, false, true, true}, {full - 130, false, false, true}, {100, false, false, false},
	} {
		got := fit(response(), c.limit)
		if len(got) > c.limit || strings.Contains(got, "Warning") != c.warned || strings.Contains(got, "second") != c.second || strings.Contains(got, "first") != c.answer {
			t.Errorf("limit %d of %d: got %d bytes, want a warning %v, the second challenge %v:\n%s", c.limit, full, len(got), c.warned, c.second, got)
		}
	}
}

func TestABriefAnswerIsNoLongerThanItsQuestion(t *testing.T) {
	s, v := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, ok)
	v.unknown, v.brief = true, true
	s.deps.Live = func(*gosip.Request) bool { return false }
	s.deps.Stranger = func(req *gosip.Request, tx gosip.ServerTransaction) {
		s.Refuse(req, tx, Refuse(401, "challenged", "%s", strings.Repeat("x", 80)).With("WWW-Authenticate", `Digest realm="r", nonce="`+strings.Repeat("n", 48)+`"`))
	}
	done := run(t, s)
	conn := dial(t, s, "udp")
	padded := func(n int) string {
		return strings.Replace(text("INVITE", conn.LocalAddr().String()), "Content-Length", "User-Agent: "+strings.Repeat("x", n)+"\r\nContent-Length", 1)
	}
	for _, c := range []struct {
		name, question string
		status         string // empty: no answer
	}{
		{"short", padded(1), ""},
		{"unreadable and short", "X x SIP/2.0\r\nVia: a\r\nFrom: a\r\nTo: a\r\nCall-ID: a\r\nCSeq: x\r\n\r\n", ""},
		{"as an invitation is", padded(200), "SIP/2.0 401 "},
		{"unreadable", strings.Replace(padded(200), "CSeq: 1", "CSeq: x", 1), "SIP/2.0 400 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := conn.Write([]byte(c.question)); err != nil {
				t.Fatal(err)
			}
			if c.status == "" {
				return // the next answer is to the next question
			}
			if answer := read(t, conn); !strings.HasPrefix(answer, c.status) || len(answer) > len(c.question) {
				t.Errorf("got an answer of %d bytes to a question of %d, want %s:\n%s", len(answer), len(c.question), c.status, answer)
			}
		})
	}
	_ = s.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestStrangersThatWaitForAnAnswerAreBounded(t *testing.T) {
	s, v := newStack(t, Config{}, ok)
	v.unknown = true
	free := make(chan struct{})
	s.deps.Live = func(*gosip.Request) bool { return false }
	s.deps.Stranger = func(*gosip.Request, gosip.ServerTransaction) { <-free }
	someone := someone
	someone.Returned = false
	for range 10 * maxStrangers {
		if !s.stranger(someone, Inspection{Message: request(t, askedBy("INVITE"))}, &listener{}, &net.UDPAddr{}, 100) {
			t.Fatal("got a stranger's request passed on")
		}
	}
	if n := s.InFlight(); n != maxStrangers {
		t.Errorf("got %d requests in flight, want %d", n, maxStrangers)
	}
	close(free)
}
