package console

import (
	"os/exec"
	"regexp"
	"testing"
	"time"
)

var (
	address = regexp.MustCompile(`Watch the calls in a browser: (\S+)`)
	signIn  = regexp.MustCompile(`Sign in with the access key (\S+) and the secret (\S+)`)
)

// The demo as a newcomer watches it: callers call, and on the page of one the name appears.
func TestDemoIsWatchedInABrowser(t *testing.T) {
	demo := binary(t)
	begun := time.Now()
	at, id, secret := startDemo(t, demo)
	p := open(t, at, wide)
	p.signIn(id, secret)
	p.sees("a call", `document.querySelector('td a')`)
	t.Logf("from the start of the demo to the first call in a browser: %.1f s", time.Since(begun).Seconds())
	p.sees("a call that has just begun", `/^0:0[0-4]$/.test(document.querySelector('td[data-title=Age]')?.innerText.trim())`)
	p.keep("live")
	p.chooses(`(//td//a)[1]`)
	p.sees("both waveforms", `document.querySelectorAll('canvas.waveform').length === 2`)
	p.sees("a name, or that nobody is known", `/Probability 0\.|Nobody in this domain/.test(document.body.innerText)`)
	p.reads("VoiceToneAnalysisSuccessful")
	p.keep("call")
	p.reads("Lasted")
	p.show("ended", "Ended calls")
	p.sees("an ended call", `document.querySelector('tbody tr')`)
	p.keep("ended")
	p.show("domains", "Voices")
	p.chooses(`(//td//a)[1]`)
	p.sees("a voice", `document.querySelector('tbody tr code')`)
	p.keep("voices")
	p.show("server", "Server")
	p.reads("in use")
	p.keep("server")
}

// keep keeps pictures of the page, wide and narrow.
func (p *page) keep(name string) {
	p.t.Helper()
	p.picture(name)
	p.look(narrow)
	p.picture(name)
	p.look(wide)
}

// startDemo starts the demo, and reads from its narration where its page is and how to sign in.
func startDemo(t *testing.T, program string) (at, id, secret string) {
	t.Helper()
	launch(t, exec.Command(program, "demo", "--stay", "--speed", "4"), func(line string) bool {
		if m := address.FindStringSubmatch(line); m != nil {
			at = m[1]
		}
		if m := signIn.FindStringSubmatch(line); m != nil {
			id, secret = m[1], m[2]
		}
		return secret != ""
	})
	return at, id, secret
}
