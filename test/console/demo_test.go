package console

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	address = regexp.MustCompile(`Watch the calls in a browser: (\S+)`)
	signIn  = regexp.MustCompile(`Sign in with the access key (\S+) and the secret (\S+)`)
)

// The demo as a newcomer watches it: callers call, and on the page of one the name appears.
func TestDemoIsWatchedInABrowser(t *testing.T) {
	at, id, secret := startDemo(t)
	p := open(t, at, wide)
	p.signIn(id, secret)
	p.sees("a call that has just begun", `/^0:0[0-4]$/.test(document.querySelector('td[data-title=Age]')?.innerText.trim())`)
	p.keep("live")
	p.do(chromedp.Click(chromedp.CSS(`td a`)))
	p.sees("both waveforms", `document.querySelectorAll('canvas.waveform').length === 2`)
	p.sees("a name, or that nobody is known", `/Probability 0\.|Nobody in this domain/.test(document.body.innerText)`)
	p.reads("VoiceToneAnalysisSuccessful")
	p.keep("call")
	p.reads("Lasted")
	p.show("ended", "Ended calls")
	p.sees("an ended call", `document.querySelector('tbody tr')`)
	p.keep("ended")
	p.show("domains", "Voices")
	p.do(chromedp.Click(chromedp.CSS(`td a`)))
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
func startDemo(t *testing.T) (at, id, secret string) {
	t.Helper()
	demo := exec.CommandContext(t.Context(), binary(t), "demo", "--stay", "--speed", "4")
	demo.Stderr = os.Stderr
	demo.Cancel = func() error { return demo.Process.Signal(os.Interrupt) }
	out, err := demo.StdoutPipe()
	if err == nil {
		err = demo.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = demo.Wait() })
	lines := bufio.NewScanner(out)
	for secret == "" && lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			at = m[1]
		}
		if m := signIn.FindStringSubmatch(lines.Text()); m != nil {
			id, secret = m[1], m[2]
		}
	}
	if at == "" || secret == "" {
		t.Fatal("the demo named no page")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return at, id, secret
}

// binary is Timbre, which is built with its inference library as users build it.
func binary(t *testing.T) string {
	t.Helper()
	build := exec.Command("make", "-C", root, "build")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make build: %v\n%s", err, out)
	}
	return root + "/bin/timbre"
}
