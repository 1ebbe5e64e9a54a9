package sip

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

// The torture messages of RFC 4475 lie in the SIP stack's module. Most are valid; none may end the server.
func TestTortureMessagesAreSurvived(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Skip("the go command, which knows where the messages are, is not here")
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "sip/testdata/torture/*/*.dat"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d messages, %v", len(files), err)
	}
	r := run(t)
	p := dial(t, r, "udp")
	codes := map[string]int{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if msg, err := gosip.ParseMessage(bytes.Clone(raw)); err == nil {
			if req, ok := msg.(*gosip.Request); ok {
				req.SetTransport("UDP")
				req.SetSource("127.0.0.1:5099")
				codes[filepath.Base(file)] = answerTo(t, req)
			}
		}
		if _, err := p.conn.Write(raw); err != nil {
			t.Fatal(err)
		}
		c := dial(t, r, "tcp")
		c.send(string(raw))
		_ = c.conn.Close()
	}
	for file, code := range map[string]int{"mcl01.dat": 400, "mismatch01.dat": 400, "mismatch02.dat": 400, "multi01.dat": 400,
		"unkscm.dat": 416, "bext01.dat": 420, "badvers.dat": 505} {
		if codes[file] != code {
			t.Errorf("%s: %d, want %d", file, codes[file], code)
		}
	}
	for file, code := range codes {
		if code == 500 {
			t.Errorf("%s: a server error", file)
		}
	}
	if n := r.rejected("panic"); n != 0 {
		t.Errorf("%v panics", n)
	}
	t.Logf("answers: %v; not read: %v by UDP or TCP", codes, r.rejected("parse"))
	r.dialogsIdle(t) // it is still there
}

func answerTo(t *testing.T, req *gosip.Request) (code int) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		tx := newTransaction()
		go b.handle(req, tx)
		synctest.Wait()
		if res := tx.last(); res != nil {
			code = res.StatusCode
		}
		b.close()
	})
	return code
}
