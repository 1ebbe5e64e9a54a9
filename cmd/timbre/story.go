package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"

	"timbre/cmd/timbre/demo"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
	"timbre/notify/webhook"
)

// story is `timbre demo`.
type story struct {
	Speed float64 `placeholder:"4" help:"Speed of the calls, as a multiple of real time. Without it, calls after the story are at real time."`
	Lines bool    `help:"Let the callers call again on bad lines: ring-back, music, echo, noise, a narrow codec, a voice too loud."`
	Stay  bool    `help:"Afterwards let the callers go on calling until you press Ctrl-C, to be watched in a browser."`
	JSON  bool    `name:"json" help:"Print JSON."`
}

// Run runs the demo on a server of its own, in a temporary folder. It fails if a result was wrong.
func (s story) Run(ctx context.Context) error {
	_, err := demo.Run(ctx, demo.Config{
		Start: ownServer, Verify: webhook.Verify,
		Output: terminal.Of(os.Stdout, os.Getenv), Lines: s.Lines, Stay: s.Stay, JSON: s.JSON, Speed: s.Speed,
	})
	return err
}

// ownServer starts a node on free ports of loopback, with one webhook.
func ownServer(ctx context.Context, webhookURL, secret string) (demo.Server, error) {
	folder, err := os.MkdirTemp("", "timbre-demo-")
	if err != nil {
		return demo.Server{}, err
	}
	s := config.Defaults()
	s.Data = folder
	s.API.Listen, s.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: netip.MustParseAddrPort("127.0.0.1:0")}}
	s.Notify.Webhooks = []config.Webhook{{Name: demo.WebhookName, URL: webhookURL, Secret: secret}}

	n, err := node.New(ctx, environment.Environment{Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}, s)
	if err != nil {
		return demo.Server{}, errors.Join(err, os.RemoveAll(folder))
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	key, _ := n.Credentials.Secret(n.Credentials.ID)
	return demo.Server{
		API: "http://" + n.API, SIP: n.SIP[0], Console: "http://" + n.Admin + "/", AccessKeyID: n.Credentials.ID, SecretAccessKey: key,
		Stop: func() error {
			stop()
			return errors.Join(<-ended, os.RemoveAll(folder))
		},
	}, nil
}
