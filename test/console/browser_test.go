// Package console tests the web console in Debian's Chromium, as a person uses it: by what it shows. It is a module of its own, so that the
// server's does not need the protocol of a browser.
package console

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show something.
const patience = 30 * time.Second

// view is a screen and its colours.
type view struct {
	width, height int64
	colours       string // light or dark
}

var (
	wide   = view{1280, 800, "light"}
	narrow = view{360, 740, "dark"}
)

func (v view) String() string { return fmt.Sprintf("%d-%s", v.width, v.colours) }

// browser starts Chromium once for all tests.
var browser = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(patience))
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	return ctx, chromedp.Do(ctx)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if ctx, err := browser(); err == nil {
		_ = chromedp.Cancel(ctx)
	}
	os.Exit(code)
}

// page is a tab of its own browser profile. What its console reports as an error fails the test.
type page struct {
	t    *testing.T
	ctx  context.Context
	view view
}

// manner is how an address is opened.
type manner struct {
	expected string // part of the text of the one error that the console may report
	before   string // JavaScript that runs before that of the page
}

// open opens an address.
func open(t *testing.T, url string, v view) *page {
	t.Helper()
	return openBy(t, url, v, manner{})
}

func openBy(t *testing.T, url string, v view, m manner) *page {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium (Debian's package chromium) is missing")
		}
		t.Skip("skipped: chromium (Debian's package chromium) is missing")
	}
	ctx, err := browser()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	reports := chromedp.Console(ctx)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for said, err := range reports {
			if err != nil {
				return
			}
			if wrong := said.IsException() || said.Type == "error" || said.Type == "warning"; wrong && (m.expected == "" || !strings.Contains(said.Text, m.expected)) {
				t.Errorf("the console of the browser says: %v %s", said, said.URL)
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-read })
	p := &page{t, ctx, v}
	p.look(v)
	if m.before != "" {
		p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: m.before})
			return err
		}))
	}
	p.do(chromedp.Navigate(url))
	return p
}

// look shows the page on another screen.
func (p *page) look(v view) {
	p.t.Helper()
	p.view = v
	p.do(chromedp.EmulateViewport(v.width, v.height), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.colours}},
		})
		return err
	}))
}

// do does things one after the other.
func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	run(p, chromedp.Steps(actions...))
}

// run does something that has a result.
func run[T any](p *page, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// sees waits until an expression of JavaScript holds. The policy of the page forbids what chromedp.Poll does.
func (p *page) sees(what, expression string) {
	p.t.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for begun := time.Now(); !value[bool](p, "!!("+expression+")"); <-again.C {
		if time.Since(begun) > patience {
			p.t.Fatalf("never shown: %s; the page shows:\n%s", what, value[string](p, "document.body.innerText"))
		}
	}
}

// reads waits for a text.
func (p *page) reads(text string) {
	p.t.Helper()
	p.sees(text, fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// value is what an expression of JavaScript says.
func value[T any](p *page, expression string) T {
	p.t.Helper()
	return run(p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// signIn signs in with a key.
func (p *page) signIn(id, secret string) {
	p.t.Helper()
	p.do(
		chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)),
		chromedp.SendKeys(chromedp.CSS(`input[name=keyId]`), id),
		chromedp.SendKeys(chromedp.CSS(`input[name=secret]`), secret),
		chromedp.Click(chromedp.CSS(`button.main`)),
		chromedp.WaitVisible(chromedp.CSS(`nav`)),
	)
}

// show goes to a place of the console.
func (p *page) show(place, heading string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.hash = %q", "/"+place)))
	p.sees(heading, fmt.Sprintf("document.querySelector('h1')?.innerText === %q", heading))
}

// picture keeps what the page looks like among the artifacts of the test, if they are kept.
func (p *page) picture(name string) {
	p.t.Helper()
	if kept := flag.Lookup("test.artifacts"); kept == nil || kept.Value.String() != "true" {
		return
	}
	tall := value[float64](p, `document.documentElement.scrollHeight`)
	picture := run(p, chromedp.Action[[]byte](func(ctx context.Context, tab *chromedp.Target) ([]byte, error) {
		beyond := true
		shot, err := cdp.Call(ctx, tab, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
			CaptureBeyondViewport: &beyond, Clip: &cdppage.Viewport{Width: float64(p.view.width), Height: tall, Scale: 1},
		})
		return shot.Data, err
	}))
	if err := os.WriteFile(filepath.Join(p.t.ArtifactDir(), name+"-"+p.view.String()+".png"), picture, 0o600); err != nil {
		p.t.Fatal(err)
	}
}
