// Package console serves the web console: the page of console/app, and what it shows and does. Requests of browsers come in; JSON and
// server-sent events go out, read from the live calls, the store and what the stages report. What the page changes, it changes through the
// API of the server, as the access key that has signed in.
//
// Only the page and the sign-in are anonymous. The package checks neither Host nor Origin: what wraps it does, but for Origin at
// CallbackPath. docs/console.md has the paths.
package console

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// Config of a Console.
type Config struct {
	Step time.Duration // between two messages of a stream; 0: 200 ms
	Home string        // where browsers find the console, as https://HOST:PORT; for an Issuer
}

// Deps are what a Console shows and acts on.
type Deps struct {
	Keys     timbre.Keys
	Attempts Attempts
	Issuer   Issuer // nil: none, people sign in by access key alone
	Calls    Calls
	Store    Store
	SIPLog   SIPLog
	// API serves the two AWS APIs to a key, without a signature.
	API func(w http.ResponseWriter, r *http.Request, key timbre.Key)
	// Show is what the page sees of a call, with masked telephone numbers unless they are asked for. It becomes JSON.
	Show func(c timbre.Call, numbers bool) any
	// Hide masks the telephone numbers in a text.
	Hide func(text string) string
	// Recording reads a WAV file: a slice for each channel. Invalid: it is none, or lasts longer.
	Recording func(r io.Reader, longest time.Duration) ([][]int16, error)
	// About is what the page tells of the server, and KeyUses of its access keys.
	About   func(ctx context.Context) About
	KeyUses func() []KeyUse
	Load    timbre.LoadMeter // nil: nothing is refused for load
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.LiveCallReader
	timbre.LiveCallLister
	timbre.MediaClock
	timbre.Tapper
	timbre.CallStarter
}

// Store is what is durable of calls.
type Store interface {
	timbre.CallReader
	timbre.CallHistory
	timbre.ConnectorReader
	timbre.DomainReader
	timbre.LoggingReader
}

// Attempts counts wrong secrets by source and access key id.
type Attempts interface {
	May(source netip.Addr, user string) bool
	Failed(source netip.Addr, user string)
}

// Console is the handler of the web console.
type Console struct {
	env      environment.Environment
	cfg      Config
	deps     Deps
	metrics  *metrics
	routes   *http.ServeMux
	sessions *sessions
	pendings *pendings
	events   *history
	speech   *listening
	meters   *meters
	snapshot snapshot
	playing  recordings
	shares   *shares

	began   time.Time
	closing chan struct{} // closed when Run ends
	running sync.WaitGroup
}

// New returns a Console without sessions.
func New(env environment.Environment, cfg Config, deps Deps) *Console {
	env = env.Complete()
	if cfg.Step == 0 {
		cfg.Step = 200 * time.Millisecond
	}
	c := &Console{
		env: env, cfg: cfg, deps: deps, metrics: newMetrics(env.Metrics), routes: http.NewServeMux(), sessions: newSessions(env, deps.Keys),
		pendings: newPendings(env),
		events:   newHistory(), speech: newListening(deps.Calls), meters: newMeters(deps.Calls), playing: newRecordings(), shares: newShares(env), began: env.Now().UTC(), closing: make(chan struct{}),
	}
	c.route()
	return c
}

// route lists what the console serves, with the right that each needs. What concerns one connector or domain checks the right itself.
func (c *Console) route() {
	c.routes.HandleFunc("POST /console/session", c.signIn)
	c.routes.HandleFunc("GET /console/session", c.tellSession)
	c.routes.HandleFunc("DELETE /console/session", c.signOut)
	if c.deps.Issuer != nil {
		c.routes.HandleFunc("GET /console/oidc", c.leaveForIssuer)
		c.routes.HandleFunc("GET "+CallbackPath, c.comeFromIssuer)
	}
	c.routes.HandleFunc("/console/api/", c.signedIn(c.serveAPI))
	c.routes.HandleFunc("GET /console/live", c.need(timbre.ActionListCalls, c.watchCalls))
	c.routes.HandleFunc("GET /console/calls", c.need(timbre.ActionListCalls, c.costs(lookCosts, c.tellEnded)))
	c.routes.HandleFunc("GET /console/calls/{id}", c.need(timbre.ActionListCalls, c.tellCall))
	c.routes.HandleFunc("GET /console/calls/{id}/live", c.need(timbre.ActionListCalls, c.watchCall))
	c.routes.HandleFunc("GET /console/calls/{id}/sip", c.need(timbre.ActionListCalls, c.costs(lookCosts, c.tellSIP)))
	c.routes.HandleFunc("GET /console/domains/{id}/matches", c.signedIn(c.costs(lookCosts, c.tellMatches)))
	c.routes.HandleFunc("POST /console/recordings", c.signedIn(c.addRecording))
	c.routes.HandleFunc("POST /console/recordings/{id}/play", c.signedIn(c.playRecording))
	c.routes.HandleFunc("DELETE /console/recordings/{id}", c.signedIn(c.endRecording))
	c.routes.HandleFunc("GET /console/server", c.need(timbre.ActionGetServer, c.tellServer))
	c.routes.HandleFunc("GET /console/keys", c.need(timbre.ActionListKeys, c.tellKeys))
}

// ServeHTTP implements http.Handler, for all paths that begin with /console/.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	c.routes.ServeHTTP(w, r)
}

// Run keeps the console open until ctx ends. Then it ends streams and recordings, and waits for them.
func (c *Console) Run(ctx context.Context) {
	<-ctx.Done()
	close(c.closing)
	c.running.Wait()
}

// Announced keeps an event for those who look at its call.
func (c *Console) Announced(e timbre.Event) { c.events.add(e) }

// Heard takes in a stretch of speech that a task listens to on a leg of its call.
func (c *Console) Heard(of timbre.TaskRef, transactionID string, leg int, s timbre.Speech) {
	c.speech.heard(of, transactionID, leg, s)
}
