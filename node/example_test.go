package node_test

import (
	"context"
	"log/slog"
	"os"
	"os/signal"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// A program embeds a Timbre server.
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))

	settings := config.Defaults()
	settings.Data = "/var/lib/timbre"
	settings.Feed.Listen = "127.0.0.1:8081"

	server, err := node.New(ctx, environment.Environment{Log: log}, settings)
	if err != nil {
		log.Error("cannot start", "error", err)
		return
	}
	log.Info("serving", "api", server.API, "sip", server.SIP, "feed", server.Feed)
	if err := server.Run(ctx); err != nil {
		log.Error("server failed", "error", err)
	}
}
