package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"timbre"
	"timbre/cmd/timbre/outbox"
	"timbre/config"
	"timbre/node"
)

// post is `timbre outbox`.
type post struct {
	operator

	JSON bool `name:"json" help:"Print JSON."`

	config.Settings `uses:"data,store.url,admin.listen,admin.tls"`

	List  postList  `cmd:"" help:"List dead letters, or what waits."`
	Show  postShow  `cmd:"" help:"Show one notification with its payload and its last error."`
	Retry postRetry `cmd:"" help:"Try dead letters again, and what waits at once. Print how many."`
	Drop  postDrop  `cmd:"" help:"Erase dead letters, or what waits. Print how many."`

	Targets postTargets `cmd:"" help:"List the targets for which something waits, how deliveries to them go, and their last error."`
}

// view runs a command on the outbox: that of the server with this token, or with the data folder open, or else that of the data folder.
func (p *post) view(ctx context.Context, do func(outbox.View) error) error {
	client, err := adminClient(p.Settings)
	if err != nil {
		return err
	}
	server := outbox.Server{Admin: adminURL(p.Settings), Token: p.Token, Client: client}
	v := outbox.View{Of: server, Out: os.Stdout, JSON: p.JSON}
	if p.Token != "" {
		return do(v)
	}
	stored, open := node.OpenOperator(ctx, p.Settings, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if timbre.KindOf(open) == timbre.Unavailable {
		if server.Token, err = node.OperatorToken(p.Settings); err != nil {
			return err
		}
		v.Of = server
		if err = do(v); timbre.KindOf(err) == timbre.Unavailable {
			return fmt.Errorf("%w, and %w", open, err)
		}
		return err
	}
	if open != nil {
		return open
	}
	v.Of = stored
	return errors.Join(do(v), stored.Close())
}

// selection selects notifications.
type selection struct {
	Waiting bool          `help:"What waits, instead of dead letters."`
	Target  string        `placeholder:"ARN" help:"Of this target."`
	Task    string        `placeholder:"ID" help:"Of this task, transaction or pipeline."`
	Cause   string        `placeholder:"CAUSE" help:"Dead letters of this cause: expired, refused, gone or no_sink."`
	Older   time.Duration `placeholder:"TIME" help:"Created so long ago or longer, such as 2h."`
	Newer   time.Duration `placeholder:"TIME" help:"Created within this time."`
	Limit   int           `placeholder:"NUMBER" help:"At most so many, the oldest."`
}

func (s selection) filter() timbre.LetterFilter {
	f := timbre.LetterFilter{Waiting: s.Waiting, Target: s.Target, Key: s.Task, Cause: s.Cause, Limit: s.Limit}
	if now := time.Now(); s.Older > 0 {
		f.Before = now.Add(-s.Older)
	}
	if now := time.Now(); s.Newer > 0 {
		f.After = now.Add(-s.Newer)
	}
	return f
}

type postList struct{ selection }

// Run prints letters.
func (l postList) Run(ctx context.Context, p *post) error {
	return p.view(ctx, func(v outbox.View) error { return v.List(ctx, l.filter()) })
}

type postShow struct {
	Number int64 `arg:"" help:"Number of the notification, as list shows it."`
}

// Run prints one letter.
func (s postShow) Run(ctx context.Context, p *post) error {
	return p.view(ctx, func(v outbox.View) error { return v.Show(ctx, s.Number) })
}

// chosen selects what is changed: everything only if that is said.
type chosen struct {
	selection
	Numbers []int64 `arg:"" optional:"" help:"Numbers of notifications, as list shows them."`
	All     bool    `help:"All of them, without a selection."`
}

// which is the selection of what is changed, or an error if there is none.
func (s chosen) which() (timbre.LetterFilter, error) {
	f := s.filter()
	f.Seqs = s.Numbers
	if !s.All && len(f.Seqs) == 0 && f.Target == "" && f.Key == "" && f.Cause == "" && f.Before.IsZero() && f.After.IsZero() {
		return f, timbre.Errorf(timbre.Invalid, "", "say which: numbers, --target, --task, --cause, --older, --newer, or --all")
	}
	return f, nil
}

type postRetry struct{ chosen }

// Run retries letters.
func (r postRetry) Run(ctx context.Context, p *post) error {
	f, err := r.which()
	if err != nil {
		return err
	}
	return p.view(ctx, func(v outbox.View) error { return v.Retry(ctx, f) })
}

type postDrop struct{ chosen }

// Run drops letters.
func (d postDrop) Run(ctx context.Context, p *post) error {
	f, err := d.which()
	if err != nil {
		return err
	}
	return p.view(ctx, func(v outbox.View) error { return v.Drop(ctx, f) })
}

type postTargets struct{}

// Run prints targets.
func (postTargets) Run(ctx context.Context, p *post) error {
	return p.view(ctx, func(v outbox.View) error { return v.Targets(ctx) })
}
