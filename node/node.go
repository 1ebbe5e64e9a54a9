// Package node assembles one Timbre server from its stages, so that a Go program can embed it. Settings come in; a server
// with its ports open comes out. The package makes no decision that belongs to a stage: it defines which stage hands its
// results to which, and the order in which they start and stop.
//
// A program calls New, then Run:
//
//	n, err := node.New(ctx, environment.Environment{Log: log}, config.Defaults())
//	if err != nil {
//		return err
//	}
//	return n.Run(ctx)
package node

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/admission"
	"timbre/call"
	"timbre/config"
	"timbre/console"
	"timbre/door"
	"timbre/environment"
	"timbre/event"
	"timbre/feed"
	"timbre/infer"
	"timbre/load"
	"timbre/logbook"
	"timbre/notify"
	"timbre/pipeline"
	"timbre/rtp"
	"timbre/search"
	"timbre/sip"
	"timbre/speech"
	"timbre/store/sqlite"
	"timbre/summary"
	"timbre/sweep"
	"timbre/task"
	"timbre/toll"
	"timbre/trace"
	"timbre/ttl"
)

// Node is a Timbre server whose ports are open. It serves once Run is called.
type Node struct {
	API, Admin  string   // listening addresses, HOST:PORT
	Secure      bool     // the API requires TLS
	AdminSecure bool     // the admin port requires TLS
	SIP         []string // listening URLs: udp://HOST:PORT, tcp:// or tls://
	Feed        string   // URL of the WebSocket feed, ws://HOST:PORT/feed or wss://…; empty if it is not configured
	Credentials *config.Credentials

	env      environment.Environment
	settings config.Settings
	metrics  *prometheus.Registry  // of this node alone
	exported prometheus.Registerer // where metrics are registered as a whole; nil if nowhere

	descriptors   *door.Descriptors
	doors         door.Deps
	store         *sqlite.Store
	pageKey       []byte // seals page tokens
	operatorToken string // see OperatorToken
	keys          *keys
	signatures    *ttl.Journal
	events        *event.Announcer
	notices       *notify.Dispatcher
	webhooks      *hooks
	traces        *trace.Recorder // nil if traces are not exported
	brokers       []func()        // close the connections to Kafka and NATS
	models        *infer.Runtime
	speech        *speech.Workers
	load          *load.Meter
	search        *search.Searcher
	speakerModel  string // by which voiceprints name the one in use
	profileModels *profileModels
	calls         *call.Registry
	records       *logbook.Records // nil if call records are disabled
	logs          *logbook.Logs
	tasks         *task.Engine
	newTrack      func() task.Track // a test replaces it
	pipelines     *pipeline.Engine
	summaries     *summary.Poster
	clock         *environment.Clock
	jumps         prometheus.Counter // of the wall clock
	sweeper       *sweep.Sweeper
	ports         *rtp.Pool
	sip           *sip.Server
	console       *console.Console
	page          http.Handler // of the console
	api           http.Handler
	feed          *feed.Server // nil if the feed is not configured
	http          []*httpServer
	admission     *admission.Admission
	tolls         *toll.Guard
	ready         chan struct{} // closed once Run serves
	draining      chan struct{} // closed once Drain is called
	drainOnce     sync.Once

	reloading    sync.Mutex
	used         config.Settings         // those in use, after reloads; guarded by reloading
	certificates map[string]*certificate // by their section of the settings
}

// New opens the data folder, loads the models, notes what the previous run left unfinished, and opens the ports. On error
// everything is closed again.
//
// env supplies clock, log, metrics, identifiers and randomness; region and account come from the settings. Several nodes that
// share a registerer need prometheus.WrapRegistererWith to tell their metrics apart. Settings that config.Settings.Validate
// refuses are an error.
func New(ctx context.Context, env environment.Environment, s config.Settings) (*Node, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	n := newNode(env, s)
	n.describe()
	if err := errors.Join(n.assemble(ctx), n.exportMetrics(env.Metrics)); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

// newNode returns a node without stages.
func newNode(env environment.Environment, s config.Settings) *Node {
	n := &Node{
		env: env.Complete(), settings: s, used: s, metrics: prometheus.NewRegistry(), certificates: map[string]*certificate{},
		ready: make(chan struct{}), draining: make(chan struct{}),
	}
	n.env.Metrics, n.env.Region, n.env.Account = n.metrics, s.Region, s.Account
	return n
}

// exportMetrics makes the node's metrics part of to until the node is closed. nil: they are served by the admin port alone.
func (n *Node) exportMetrics(to prometheus.Registerer) error {
	if to == nil {
		return nil
	}
	if err := to.Register(n.metrics); err != nil {
		return err
	}
	n.exported = to
	return nil
}

// assemble connects the stages. Each is given the stage that it hands its results to, so they are built from the end of
// the path of a second of speech to its beginning.
func (n *Node) assemble(ctx context.Context) error {
	for _, open := range []func(context.Context) error{
		n.openDoors,         //    descriptors of all ports
		n.openStore,         //    durable state and its keys
		n.openClock,         //    ages of what is stored
		n.openCredentials,   //    access keys of the API
		n.openTraces,        //    what became of calls → OpenTelemetry
		n.openOutbox,        // 9  notifications → sinks
		n.openEvents,        // 8  result → notification payload
		n.openCalls,         // 3  live calls and the records of ended ones
		n.openTasks,         // 4  frames → speech, 5 → embedding and tone, 6 → ranked profiles, 7 → task results
		n.openProfileModels, // speaker models of the stored profiles
		n.checkTargets,      //    stored targets that are unknown now
		n.openPipelines,     //    media insights pipelines: calls → tasks
		n.openSummaries,     //    ended calls → summaries of their results
		n.openSweeper,       //    what has expired is erased
		n.openAdmission,     //    who may call
		n.openTolls,         //    and whom
		n.openConsole,       //    what the web console shows
		n.observe,           //    who acts on what the stages report
		n.openSIP,           // 1  SIP → calls, 2  RTP → frames
		n.openFeed,          //    WebSocket → calls
		n.openFullness,      //    how much of every limit is used
		n.openAPI,           // 10 the two AWS APIs
		n.openAdmin,         //    health, metrics, live calls, the web console
		n.interrupted,       //    what the previous run left, which Run ends
	} {
		if err := open(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Tap passes the frames of a leg of a live call to t from now on: see call.Registry.Tap.
func (n *Node) Tap(transactionID string, leg int, t timbre.Tap) (stop func(), err error) {
	return n.calls.Tap(transactionID, leg, t)
}
