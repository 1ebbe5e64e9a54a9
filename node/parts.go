package node

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/config"
	"timbre/logbook"
	"timbre/notify"
	"timbre/notify/sqs"
	"timbre/notify/webhook"
	"timbre/rtp"
	"timbre/sip"
	"timbre/sip/siprec"
	"timbre/store/sqlite"
	"timbre/task"
	"timbre/tone"
	"timbre/vault"
)

// openStore opens the durable state: the local key first, which everything secret in it is sealed with.
func (n *Node) openStore(ctx context.Context, s config.Settings) error {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return err
	}
	keys, err := vault.Open(filepath.Join(s.Data, "key"))
	if err != nil {
		return err
	}
	if n.pageKey, err = keys.Derive("page tokens"); err != nil {
		return err
	}
	if n.store, err = sqlite.Open(ctx, s.Database(), keys, n.log); err != nil {
		return err
	}
	n.store.Limit(s.QuotaLimits())
	return nil
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
func (n *Node) openTasks(s config.Settings, metrics prometheus.Registerer, words timbre.Announcer, told teller) error {
	st, err := loadStages(s)
	if err != nil {
		return err
	}
	n.models, n.search = st.models, st.searcher(s, n.store, n.log)
	n.tasks = task.New(
		task.Config{Now: time.Now, Log: n.log, Metrics: metrics, NewID: uuid.NewString, Region: s.Region, Account: s.Account, Always: s.Analytics == "always"},
		task.Deps{
			Store: told, Announcer: words, Calls: n.calls,
			Ears:     newEars(n.calls, st.vad, n.log, metrics),
			Embedder: st.embedder,
			Searcher: n.search,
			NewTrack: func() task.Track { return tone.NewTrack(st.scorer) },
			Trouble:  func(t timbre.Task, why string) { n.pipelines.Trouble(t, why) },
		})
	return nil
}

// openSIP opens the door that calls come in by, and sets aside the ports of their audio.
func (n *Node) openSIP(s config.Settings, metrics prometheus.Registerer) error {
	pool, err := rtp.NewPool(rtp.Config{First: s.RTP.Ports.First, Last: s.RTP.Ports.Last, DSCP: s.RTP.DSCP, Log: n.log, Metrics: metrics})
	if err != nil {
		return err
	}
	var at []string
	for _, e := range s.SIP.Listen {
		at = append(at, e.String())
	}
	callers, err := siprec.Patterns(strings.Join(s.Legs.Caller, ","))
	if err != nil {
		return err
	}
	legs := siprec.Rules{Swap: s.Legs.Swap, Header: s.Legs.CallerHeader, Callers: callers, Mixed: s.Legs.Unknown == "mixed"}
	var certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	if s.SIP.TLS.Cert != "" {
		c, err := newCertificate("sip.tls", s.SIP.TLS, n.log)
		if err != nil {
			return err
		}
		certificate = c.get
	}
	contact4, contact6 := config.Families(s.SIP.Address)
	media4, media6 := config.Families(s.RTP.Address)
	n.sip, err = sip.New(sip.Config{
		Listen: at, Certificate: certificate, Address: contact4, Address6: contact6, MediaAddress: media4, MediaAddress6: media6, LatchAny: s.RTP.Latch == "any",
		Generation: n.changes.Load, Invites: s.SIP.Invites, Ban: s.SIP.Ban, Deaf: s.SIP.Strangers == "drop", DSCP: s.SIP.DSCP, Timeout: s.RTP.Timeout,
		Legs: legs, Trunk: through(s.Trunk), Now: time.Now, Log: n.log, Metrics: metrics,
		Diary: logbook.New(logbook.Config{Folder: s.LogFolder(), Region: s.Region, Log: n.log}, n.store),
	},
		directory{n.store, s.QuotaLimits().CPS}, piped{n.calls, n.pipelines, n.tasks}, media{pool})
	if err != nil {
		return err
	}
	n.SIP, err = n.sip.Listen()
	return err
}
