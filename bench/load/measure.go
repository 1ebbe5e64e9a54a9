package main

import (
	"context"
	"net/http/httptest"
	"os"
	"sync"
	"syscall"
	"time"

	"timbre/bench/server"
)

// patience is for how long results are waited for after a run.
const patience = 5 * time.Second

// measure is one run: a fresh server, on which calls begin one after the other until there are as many as are wanted; each is followed by
// another one, until all were live for as long as is measured.
func measure(ctx context.Context, cfg config, talks []talk, calls int) (r round, err error) {
	b := &book{due: map[string]promise{}}
	hook := httptest.NewServer(b)
	defer hook.Close()
	stock := stock{profiles: cfg.profiles}
	s, err := server.Start(ctx, server.Config{
		Binary: cfg.binary, Log: os.Stderr, Env: []string{"TIMBRE_LOG_LEVEL=warn", gates, server.Listener(hook.URL)},
		Prepare: func(folder string) error { return stock.fill(ctx, folder) },
	})
	if err != nil {
		return r, err
	}
	defer s.Stop()
	deployment, err := s.SetUp(ctx)
	if err != nil {
		return r, err
	}
	deployment.Domain = stock.domain

	calling, hangUp := context.WithCancel(ctx)
	defer hangUp()
	var ended sync.WaitGroup
	c := crowd{Deployment: deployment, sip: s.SIP, talks: talks, book: b}
	longest := c.longest()
	for i := range calls {
		ended.Go(func() { c.line(calling, i, longest*time.Duration(i)/time.Duration(calls)) })
	}
	<-time.After(longest + settled)
	from, cpu, own := b.begin(), s.CPU(), used()
	<-time.After(cfg.span)
	to := b.end()
	r.cpu, r.own, r.span = s.CPU()-cpu, used()-own, to.Sub(from)
	r.after, r.peak = s.Memory("VmRSS"), s.Memory("VmHWM")
	<-time.After(patience)
	hangUp()
	ended.Wait()
	return r, b.sum(&r)
}

// gates are all but the one for announcements: callers say the same again and again, which the server would take for one.
const gates = "TIMBRE_SPEECH_GATES=echo,tone,dtmf,background"

// settled is for how long all calls are live before a run is measured.
const settled = 5 * time.Second

// used is the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
