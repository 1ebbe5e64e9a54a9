package console

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// places are all pages of the console: what each is, where, its heading, and what it shows at the end of all.
var places = []struct{ name, path, heading, shows string }{
	{"live", "live", "Live calls", "PCMU"},
	{"call", "calls/" + transaction, "Call", "VoiceToneAnalysisSuccessful"},
	{"ended-call", "calls/ended-1", "Call", "VoiceToneAnalysisSuccessful"},
	{"ended", "ended", "Ended calls", "completed"},
	{"domains", "domains", "Voices", domain},
	{"domain", "domains/" + domain, "callers", "vp-2"},
	{"targets", "targets", "Targets", "connection refused"},
	{"target", "targets/" + target, target, "410 Gone"},
	{"server", "server", "Server", "TMBROTHER"},
	{"setup", "setup", "Set-up", "Play it as a call"},
}

// Every page, in light and wide, and in dark and narrow: nothing that axe objects to, nothing wider than the screen, no error.
func TestEveryPageIsAccessibleAndFits(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", "console", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("skipped: axe is missing (make test installs it)")
	}
	for _, v := range []view{wide, narrow} {
		t.Run(v.String(), func(t *testing.T) {
			p := open(t, stub(t, oneCall, itsStream), v)
			p.reads("Secret access key")
			p.judge(string(axe), "sign-in")
			p.signIn(key, secret)
			for _, place := range places {
				p.show(place.path, place.heading)
				p.reads(place.shows)
				p.sees("the end of waiting", `!document.body.innerText.includes("One moment")`)
				p.judge(string(axe), place.name)
			}
		})
	}
}

// judge lets axe look at the page, and keeps a picture of it.
func (p *page) judge(axe, name string) {
	p.t.Helper()
	p.picture(name)
	p.do(chromedp.Evaluate[chromedp.Void](axe))
	violations := value[[]string](p, `axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.map((n) => n.html).join(" ")))`)
	for _, v := range violations {
		p.t.Errorf("%s: axe objects to %s", name, v)
	}
	if over := value[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		p.t.Errorf("%s: is %d pixels wider than the screen", name, over)
	}
}

func TestCallShowsWhatComes(t *testing.T) {
	p := open(t, stub(t, oneCall, itsStream), wide)
	p.signIn(key, secret)
	p.reads("+*********00 → +*********99")
	p.sees("the level", `document.querySelector('[aria-label="Level of the caller"]').getAttribute('aria-valuenow') === '-20'`)
	p.show("calls/"+transaction, "Call")
	for _, text := range []string{"vp-1", "Probability 0.987, 0.966 ahead of the next voice", "VoiceToneAnalysisSuccessful", "m-line 1: the metadata names no participant"} {
		p.reads(text)
	}
	p.sees("12 seconds of speech", `document.querySelector('[aria-label="Speech for the voiceprint"]').getAttribute('aria-valuetext') === '12 of 20 seconds'`)
	p.sees("10 seconds of speech", `document.querySelector('[aria-label="Speech for the name"]').getAttribute('aria-valuetext') === '10 of 10 seconds'`)
	p.sees("the curves of tone", `document.querySelectorAll('.uplot canvas').length === 2`)
	p.do(chromedp.Click(`//button[contains(., "Show SIP messages")]`))
	p.reads("200 OK (INVITE)")
}

func TestWrongSecretIsSaidAndRightOneSignsIn(t *testing.T) {
	url := stub(t, oneCall, itsStream)
	p := openBy(t, url, wide, manner{expected: "401"})
	p.do(
		chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)),
		chromedp.SendKeys(chromedp.CSS(`input[name=keyId]`), key), chromedp.SendKeys(chromedp.CSS(`input[name=secret]`), "wrong"), chromedp.Click(chromedp.CSS(`button.main`)),
	)
	p.reads("the access key or its secret is wrong")
	p.do(chromedp.Evaluate[chromedp.Void](`{ const i = document.querySelector('input[name=secret]'); i.value = ''; i.dispatchEvent(new Event('input')) }`), chromedp.SendKeys(chromedp.CSS(`input[name=secret]`), secret), chromedp.Click(chromedp.CSS(`button.main`)), chromedp.WaitVisible(chromedp.CSS(`nav`)))
	p.do(chromedp.Click(`//button[contains(., "Sign out")]`))
	p.reads("Sign in to Timbre")
}

// What a sign-in by the issuer has come to is said once.
func TestIssuerIsOfferedAndItsRefusalSaid(t *testing.T) {
	p := open(t, stub(t, oneCall, itsStream), wide)
	p.do(chromedp.Click(`//a[contains(., "Sign in with your organisation")]`), chromedp.WaitVisible(chromedp.CSS(`[role=alert]`)))
	p.reads("You have no access to this server")
	p.sees("an address without the outcome", `location.search === ''`)
	p.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)))
	p.sees("no problem any more", `!document.querySelector('[role=alert]')`)
}

func TestColoursAreChosenAndKept(t *testing.T) {
	p := open(t, stub(t, oneCall, itsStream), wide)
	p.signIn(key, secret)
	light := value[string](p, `getComputedStyle(document.body).backgroundColor`)
	p.do(chromedp.Evaluate[chromedp.Void](`{ const s = document.querySelector('select[aria-label=Colours]'); s.value = 'dark'; s.dispatchEvent(new Event('change', {bubbles: true})) }`))
	p.sees("dark colours", fmt.Sprintf(`getComputedStyle(document.body).backgroundColor !== %q`, light))
	p.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(`nav`)))
	p.sees("dark colours again", fmt.Sprintf(`getComputedStyle(document.body).backgroundColor !== %q`, light))
}

// With the keyboard alone: past the navigation, to a voice, and the question before it is erased keeps the focus until it is answered.
func TestKeyboardReachesEverything(t *testing.T) {
	p := open(t, stub(t, oneCall, itsStream), wide)
	p.signIn(key, secret)
	p.show("domains/"+domain, "callers")
	p.reads("vp-2")
	const here = `document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.innerText`
	for i := 0; value[string](p, here) != "Erase vp-1"; i++ {
		if i > 40 {
			t.Fatal("the key Tab does not reach the button")
		}
		p.do(chromedp.KeyEvent(kb.Tab))
		if outline := value[string](p, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
			t.Errorf("%s: the focus is not seen", value[string](p, here))
		}
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.reads("Erase this voice?")
	for range 6 {
		p.do(chromedp.KeyEvent(kb.Tab))
		if !value[bool](p, `document.activeElement === document.body || !!document.activeElement.closest('dialog')`) {
			t.Errorf("the focus has left the question, for %s", value[string](p, here))
		}
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	p.sees("no question", `!document.querySelector('dialog')`)
}
