// Package node is one Timbre: the stages of the path of a second of speech, plugged together. Settings come in, a server
// with its ports open comes out. It decides nothing that a stage could decide: it knows who hands what to whom, and in
// which order they start and end.
package node

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"timbre"
	"timbre/api"
	"timbre/call"
	"timbre/config"
	"timbre/event"
	"timbre/infer"
	"timbre/models"
	"timbre/notify"
	"timbre/notify/sqs"
	"timbre/notify/webhook"
	"timbre/rtp"
	"timbre/search"
	"timbre/sip"
	"timbre/speech"
	"timbre/store"
	"timbre/store/sqlite"
	"timbre/task"
	"timbre/tone"
	"timbre/vault"
	"timbre/voice"
)

// Node is a Timbre with its ports open. Run makes it work.
type Node struct {
	API, Admin  string   // host:port of each
	Secure      bool     // the API speaks TLS
	SIP         []string // udp://host:port or tcp://host:port
	Credentials *config.Credentials

	log     *slog.Logger
	store   *sqlite.Store
	models  *infer.Runtime
	tasks   *task.Engine
	search  *search.Searcher
	calls   *call.Registry
	notices *notify.Dispatcher
	sip     *sip.Server
	doors   []door // HTTP
	ready   chan struct{}
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

	// 9, 8: what is told to the outside, and in which words.
	if err = n.openOutbox(s, metrics); err != nil {
		return err
	}
	words := event.New(event.Config{Account: s.Account, Region: s.Region, Streaming: s.StreamingTargets(), Log: n.log}, n.store)
	told := teller{n.store, n.notices}

	// 3: the live calls.
	n.calls = call.New(call.Config{Now: time.Now, Log: n.log, Metrics: metrics, NewID: uuid.NewString, Region: s.Region, Account: s.Account}, told, words)

	// 4, 5, 6, 7: from speech to a name and a tone.
	if err = n.openTasks(s, metrics, words, told); err != nil {
		return err
	}

	// 1, 2: calls come in.
	if err = n.openSIP(s, metrics); err != nil {
		return err
	}

	// 10: the front door, and the operator's.
	front := api.New(api.Deps{Store: eraser{n.store, n.search}, Tasks: n.tasks, Keys: n.Credentials, Region: s.Region, Account: s.Account,
		NewID: uuid.NewString, Now: time.Now, Log: n.log, Metrics: metrics})
	if n.API, err = n.open("api.listen", string(s.API.Listen), front); err != nil {
		return err
	}
	if err = n.secure(s.API.TLS); err != nil {
		return err
	}
	if n.Admin, err = n.open("admin.listen", string(s.Admin.Listen), admin(n.isReady, n.calls.Live, metrics)); err != nil {
		return err
	}
	return n.recover(ctx)
}

// openStore opens the durable state: the local key first, which everything secret in it is sealed with.
func (n *Node) openStore(ctx context.Context, s config.Settings) error {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return err
	}
	keys, err := vault.Open(filepath.Join(s.Data, "key"))
	if err != nil {
		return err
	}
	n.store, err = sqlite.Open(ctx, s.Database(), keys, n.log)
	return err
}

// openOutbox opens the ways out.
func (n *Node) openOutbox(s config.Settings, metrics prometheus.Registerer) error {
	var hooks []webhook.Endpoint
	for _, w := range s.Notify.Webhooks {
		hooks = append(hooks, webhook.Endpoint{Name: w.Name, URL: w.URL, Secret: w.Secret})
	}
	posts, err := webhook.New(webhook.Config{Endpoints: hooks})
	if err != nil {
		return err
	}
	n.notices = notify.New(notify.Config{Log: n.log, Metrics: metrics}, n.store,
		notify.Sinks{"webhook": posts, "sqs": sqs.New(sqs.Config{Region: s.Region})})
	return nil
}

// openTasks loads the models and puts the task engine behind them.
func (n *Node) openTasks(s config.Settings, metrics prometheus.Registerer, words task.Announcer, told teller) error {
	var err error
	if n.models, err = infer.New(infer.Config{Threads: s.Infer.Threads}); err != nil {
		return err
	}
	load := func(m models.Model, lane infer.Lane) *infer.Model {
		loaded, e := n.models.Load(m.String(), m.ONNX, m.Inputs, m.Outputs, lane)
		err = errors.Join(err, e)
		return loaded
	}
	vad, speaker, sound := load(models.VAD(), infer.Short), load(models.Speaker(), infer.Long), load(models.Tone(), infer.Long)
	if err != nil {
		return err
	}
	calibration, err := search.ParseCalibration(models.Calibration())
	if err != nil {
		return err
	}
	n.search = search.New(n.store, calibration, search.Config{Threshold: s.Search.Threshold, Now: time.Now, Log: n.log})
	scorer := tone.New(sound)
	n.tasks = task.New(
		task.Config{Now: time.Now, Log: n.log, Metrics: metrics, NewID: uuid.NewString, Region: s.Region, Account: s.Account, Always: s.Analytics == "always"},
		task.Deps{
			Store: told, Announcer: words, Calls: n.calls,
			Ears:     newEars(n.calls, vad, n.log, metrics),
			Embedder: voice.New(speaker, models.Speaker().String()),
			Searcher: n.search,
			NewTrack: func() task.Track { return tone.NewTrack(scorer) },
		})
	return nil
}

// openSIP opens the door that calls come in by, and sets aside the ports of their audio.
func (n *Node) openSIP(s config.Settings, metrics prometheus.Registerer) error {
	pool, err := rtp.NewPool(rtp.Config{First: s.RTP.Ports.First, Last: s.RTP.Ports.Last, Log: n.log, Metrics: metrics})
	if err != nil {
		return err
	}
	var at []string
	for _, e := range s.SIP.Listen {
		at = append(at, e.String())
	}
	n.sip, err = sip.New(sip.Config{Listen: at, MediaAddress: s.RTP.Address, LatchAny: s.RTP.Latch == "any",
		UnknownMixed: s.Legs.Unknown == "mixed", Now: time.Now, Log: n.log, Metrics: metrics},
		directory{n.store}, n.calls, media{pool})
	if err != nil {
		return err
	}
	n.SIP, err = n.sip.Listen()
	return err
}

// recover ends what was running when the last run died, and tells the outside so: tasks first, for their events are about
// calls that still look alive.
func (n *Node) recover(ctx context.Context) error {
	if err := n.tasks.Recover(ctx); err != nil {
		return err
	}
	stale, err := n.store.LiveCalls(ctx)
	if err != nil {
		return err
	}
	return n.calls.Recover(ctx, stale)
}

// teller is the store as the stages that tell something see it: what they write is on its way out at once.
type teller struct {
	store.Store
	out *notify.Dispatcher
}

func (t teller) SaveTask(ctx context.Context, task timbre.Task, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.SaveTask(ctx, task, notices)
}

func (t teller) SaveCall(ctx context.Context, c timbre.Call, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.SaveCall(ctx, c, notices)
}

// eraser is the store as the API sees it: the voices of a domain that it deletes are gone from memory too.
type eraser struct {
	store.Store
	search *search.Searcher
}

func (e eraser) DeleteDomain(ctx context.Context, id string) error {
	defer e.search.Forget(id)
	return e.Store.DeleteDomain(ctx, id)
}

// door is an HTTP server and the port that it will serve.
type door struct {
	*http.Server
	port net.Listener
}

// open takes a port for a handler. A port in use is one sentence that names the setting.
func (n *Node) open(setting, address string, h http.Handler) (at string, err error) {
	port, err := net.Listen("tcp", address)
	if err != nil {
		return "", timbre.Errorf(timbre.Unavailable, "", "%s: cannot listen on %s: %w", setting, address, errors.Unwrap(err))
	}
	n.doors = append(n.doors, door{&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug)}, port})
	return port.Addr().String(), nil
}

// secure makes the door that was opened last speak TLS, if there is a certificate.
func (n *Node) secure(files config.TLS) error {
	if files.Cert == "" {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "api.tls: %w", err)
	}
	d := &n.doors[len(n.doors)-1]
	d.port = tls.NewListener(d.port, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	n.Secure = true
	return nil
}

var _ speech.VAD = (*infer.Model)(nil)
