// Package node is one Timbre: the stages of the path of a second of speech, plugged together. Settings come in, a server
// with its ports open comes out. It decides nothing that a stage could decide: it knows who hands what to whom, and in
// which order they start and end.
package node

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"timbre"
	"timbre/api"
	"timbre/call"
	"timbre/config"
	"timbre/event"
	"timbre/feed"
	"timbre/infer"
	"timbre/logbook"
	"timbre/notify"
	"timbre/pipeline"
	"timbre/search"
	"timbre/sip"
	"timbre/store/sqlite"
	"timbre/task"
)

// Node is a Timbre with its ports open. Run makes it work.
type Node struct {
	API, Admin  string   // host:port of each
	Secure      bool     // the API speaks TLS
	SIP         []string // udp://host:port, tcp:// or tls:// likewise
	Feed        string   // ws://host:port/feed or wss://…; empty: none
	Credentials *config.Credentials

	log       *slog.Logger
	store     *sqlite.Store
	pageKey   []byte // that page tokens are sealed under
	models    *infer.Runtime
	tasks     *task.Engine
	pipelines *pipeline.Engine
	search    *search.Searcher
	calls     *call.Registry
	records   *logbook.Records // nil: none are written
	notices   *notify.Dispatcher
	sip       *sip.Server
	feed      *feed.Server  // nil: none
	changes   atomic.Uint64 // of who may call
	doors     []door        // HTTP
	ready     chan struct{}
}

// New reads what the last run left, loads the models, and opens the ports. When anything fails, all is closed again.
func New(ctx context.Context, s config.Settings, log *slog.Logger) (*Node, error) {
	n := &Node{log: log, ready: make(chan struct{})}
	if err := n.assemble(ctx, s); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

// assemble plugs the stages together, from the far end of the path to its beginning: each is given the one it hands to.
func (n *Node) assemble(ctx context.Context, s config.Settings) (err error) {
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if err = n.openStore(ctx, s); err != nil {
		return err
	}
	if n.Credentials, err = s.OpenCredentials(); err != nil {
		return err
	}

	// 9 to 3: from the live calls to what is told of them.
	if err = n.openAnalysis(s, metrics); err != nil {
		return err
	}

	// 1, 2: calls come in.
	if err = n.openSIP(s, metrics); err != nil {
		return err
	}

	if err = n.openFeed(s, metrics); err != nil {
		return err
	}

	// 10: the front door, and the operator's.
	front := api.Deps{
		Store: eraser{watched{n.store, &n.changes}, n.search}, Tasks: starter{n.tasks, n.pipelines}, Pipelines: n.pipelines, Pings: n.sip, Keys: n.Credentials, Region: s.Region, Account: s.Account,
		NewID: uuid.NewString, Now: time.Now, Log: n.log, Metrics: metrics, Rates: s.Rates(), Crowd: s.QuotaLimits().Crowd, PageKey: n.pageKey,
	}
	if err = api.Stock(ctx, front, s.Numbers); err != nil {
		return err
	}
	if n.API, err = n.open("api.listen", string(s.API.Listen), api.New(front)); err != nil {
		return err
	}
	if n.Secure, err = n.secure("api.tls", s.API.TLS); err != nil {
		return err
	}
	if n.Admin, err = n.open("admin.listen", string(s.Admin.Listen), admin(n.isReady, n.calls, metrics)); err != nil {
		return err
	}
	return n.recover(ctx)
}

// openAnalysis plugs together what is behind the doors, over an open store.
func (n *Node) openAnalysis(s config.Settings, metrics prometheus.Registerer) error {
	// 9, 8: what is told to the outside, and in which words.
	if err := n.openOutbox(s, metrics); err != nil {
		return err
	}
	words := event.New(event.Config{Account: s.Account, Region: s.Region, Streaming: s.StreamingTargets(), Log: n.log}, n.store)
	told := teller{n.store, n.notices}

	// 3: the live calls.
	live := call.Config{Now: time.Now, Log: n.log, Metrics: metrics, NewID: uuid.NewString, Region: s.Region, Account: s.Account}
	if s.Records > 0 {
		n.records = logbook.NewRecords(logbook.RecordsConfig{
			Folder: s.LogFolder(), Account: s.Account, Region: s.Region,
			Keep: time.Duration(s.Records) * 24 * time.Hour, Log: n.log, Metrics: metrics,
		}, n.store)
		live.Ledger = n.records
	}
	n.calls = call.New(live, told, words)

	// 4, 5, 6, 7: from speech to a name and a tone.
	if err := n.openTasks(s, metrics, words, told); err != nil {
		return err
	}

	// The pipelines that tie calls to tasks.
	n.pipelines = pipeline.New(pipeline.Config{Now: time.Now, Log: n.log, NewID: uuid.NewString, Region: s.Region, Account: s.Account},
		pipeline.Deps{Store: told, Announcer: words, Calls: n.calls, Tasks: n.tasks})
	return nil
}

// recover ends what was running when the last run died, and tells the outside so: tasks first, for their events are about
// calls that still look alive.
func (n *Node) recover(ctx context.Context) error {
	if err := n.tasks.Recover(ctx); err != nil {
		return err
	}
	if err := n.pipelines.Recover(ctx); err != nil {
		return err
	}
	stale, err := n.store.LiveCalls(ctx)
	if err != nil {
		return err
	}
	return n.calls.Recover(ctx, stale)
}

// Tap lets t hear a leg of a live call from now on, as a task does: see call.Registry.
func (n *Node) Tap(transactionID string, leg int, t timbre.Tap) (stop func(), err error) {
	return n.calls.Tap(transactionID, leg, t)
}
