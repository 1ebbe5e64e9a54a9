package console

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// until waits until something holds that a page causes.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for begun := time.Now(); !holds(); <-again.C {
		if time.Since(begun) > patience {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// A browser draws no frames of a page that it does not show.
func TestPageNeedsNoFrames(t *testing.T) {
	p := openBy(t, stub(t, oneCall, itsStream), wide, manner{before: `window.requestAnimationFrame = () => 0`})
	p.signIn(key, secret)
	p.reads("1 call")
	p.show("server", "Server")
}

// Somebody who moves on at once, before the page listens, gets there.
func TestAMoveAtOnceIsNotLost(t *testing.T) {
	const move = `new MutationObserver((_, o) => { if (document.querySelector('nav')) { o.disconnect(); location.hash = '/server' } }).observe(document, {childList: true, subtree: true})`
	p := openBy(t, stub(t, oneCall, itsStream), wide, manner{before: move})
	p.signIn(key, secret)
	p.sees("the page of the move", `document.querySelector('h1')?.innerText === 'Server'`)
}

// A browser opens six connections to a server at most: tabs that nobody sees hold none.
func TestHiddenPageHoldsNoStream(t *testing.T) {
	s := newSite(t, oneCall, itsStream, nil)
	p := open(t, s.url, wide)
	p.signIn(key, secret)
	p.reads("1 call")
	hide := func(hidden bool) {
		p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
			`Object.defineProperty(document, 'hidden', {value: %t, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))`, hidden)))
	}
	hide(true)
	until(t, "the stream of the hidden page ends", func() bool { return s.streams.Load() == 0 })
	hide(false)
	until(t, "the page that is shown again has a stream", func() bool { return s.streams.Load() == 1 })
	p.reads("1 call")
}

// What the server has no time for is asked for again, when it says.
func TestBusyServerIsAskedAgain(t *testing.T) {
	const path = "GET /console/api/voice-profile-domains/" + domain
	var asked atomic.Int64
	s := newSite(t, oneCall, itsStream, map[string]http.HandlerFunc{path: func(w http.ResponseWriter, _ *http.Request) {
		if n := asked.Add(1); n <= 2 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader([]int{http.StatusTooManyRequests, http.StatusServiceUnavailable}[n-1])
			return
		}
		_, _ = w.Write([]byte(answers[path]))
	}})
	p := openBy(t, s.url, wide, manner{expected: "Failed to load resource"})
	p.signIn(key, secret)
	p.show("domains/"+domain, "callers")
	if shown := value[bool](p, `!!document.querySelector('[role=alert]')`); shown {
		t.Error("the page reports a failure, want none")
	}
}

// A recording that has become a call is hung up if its search cannot be started, or it cannot be played.
func TestCallThatFailsIsHungUp(t *testing.T) {
	created := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(answer))
		}
	}
	refused := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"message":"not now"}`))
	}
	const search = "POST /console/api/voice-connectors/" + connector + "/speaker-search-tasks"
	const playing = "/console/recordings/" + transaction
	for name, failing := range map[string]string{"search": search, "play": "POST " + playing + "/play"} {
		t.Run(name, func(t *testing.T) {
			served := map[string]http.HandlerFunc{
				"POST /console/recordings": created(`{"transactionId":"` + transaction + `","lengthMs":50000}`),
				search:                     created(`{"SpeakerSearchTask":{"SpeakerSearchTaskId":"task-1"}}`),
				"DELETE " + playing:        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
			}
			served[failing] = refused
			s := newSite(t, oneCall, itsStream, served)
			p := openBy(t, s.url, wide, manner{expected: "503"})
			p.signIn(key, secret)
			p.show("setup", "Set-up")
			p.plays("Recording of a voice", "s1_enrol_caller")
			p.reads("not now")
			until(t, "the call is hung up", func() bool { return s.count("DELETE "+playing) == 1 })
		})
	}
}

// A title that comes late does not take the focus from whoever has moved on.
func TestLateTitleTakesNoFocus(t *testing.T) {
	const path = "GET /console/api/voice-profile-domains/" + domain
	named := make(chan struct{})
	s := newSite(t, oneCall, itsStream, map[string]http.HandlerFunc{path: func(w http.ResponseWriter, _ *http.Request) {
		<-named
		_, _ = w.Write([]byte(answers[path]))
	}})
	p := open(t, s.url, wide)
	p.signIn(key, secret)
	p.show("domains/"+domain, "Domain")
	p.do(chromedp.WaitVisible(chromedp.CSS(`[aria-label="Erase vp-1"]`)), chromedp.Focus(chromedp.CSS(`[aria-label="Erase vp-1"]`)))
	close(named)
	p.reads("callers")
	if got := value[string](p, `document.activeElement.ariaLabel ?? document.activeElement.innerText`); got != "Erase vp-1" {
		t.Errorf("got the focus on %q, want it where it was", got)
	}
}

// A page that nobody attends does not keep its session alive, whatever the server refuses it.
func TestRefusedStreamIsAskedForInTheBackground(t *testing.T) {
	const path = "GET /console/calls/" + transaction
	var attended, background atomic.Int64
	s := newSite(t, oneCall, itsStream, map[string]http.HandlerFunc{
		path + "/live": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		path: func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Timbre-Background") == "" {
				attended.Add(1)
			} else {
				background.Add(1)
			}
			_, _ = w.Write([]byte(answers[path]))
		},
	})
	p := openBy(t, s.url, wide, manner{expected: "503"})
	p.signIn(key, secret)
	p.show("calls/"+transaction, "Call")
	until(t, "the stream is asked for again", func() bool { return s.count(path+"/live") >= 3 })
	until(t, "the call is asked for again", func() bool { return attended.Load()+background.Load() >= 3 })
	if got := attended.Load(); got != 1 {
		t.Errorf("got %d requests for the call that count as use of the session, want the first alone", got)
	}
}
