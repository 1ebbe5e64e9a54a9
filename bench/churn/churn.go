package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre/bench/server"
)

// plan describes a run.
type plan struct {
	binary          string
	span            time.Duration
	rounds, callers int
}

func (p plan) run(ctx context.Context) error {
	if p.rounds < 4 || p.callers < 1 {
		return errors.New("there are at least 4 rounds, of at least one caller")
	}
	hook := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	hook.Config.IdleTimeout = server.Idle
	hook.Start()
	defer hook.Close()
	s, err := server.Start(ctx, server.Config{Binary: p.binary, Log: os.Stderr, Env: []string{"TIMBRE_LOG_LEVEL=error", server.Listener(hook.URL)}})
	if err != nil {
		return err
	}
	defer s.Stop()
	guests, err := newGuests(ctx, s)
	if err != nil {
		return err
	}
	var all []sample
	fmt.Println(" minutes  visits  failed  goroutines  descriptors  memory MB: all     Go  files  other  CPU ms a visit")
	began, cpu := time.Now(), s.CPU()
	var visits, failed int64
	for range p.rounds {
		came, left, err := p.round(ctx, guests)
		if err != nil {
			return err
		}
		rested, err := rest(ctx, s)
		if err != nil {
			return err
		}
		all, visits, failed = append(all, rested), visits+came, failed+left
		fmt.Printf("%8.1f  %6d  %6d  %10.0f  %11.0f  %14.1f  %5.1f  %5.1f  %5.1f  %14.1f\n", time.Since(began).Minutes(), visits, failed, rested.of[goroutines],
			rested.of[descriptors], rested.of[memory], rested.heap, rested.files, rested.of[memory]-rested.heap-rested.files, 1000*(s.CPU()-cpu).Seconds()/float64(visits))
	}
	return judge(all)
}

// round lets callers come and go for a part of the time, and waits until the last has gone. Who is not served, by a server that has too much to
// do, is one of those that come and go.
func (p plan) round(ctx context.Context, g *guests) (visits, failed int64, err error) {
	over := time.Now().Add(p.span / time.Duration(p.rounds))
	var came, left atomic.Int64
	work, ctx := errgroup.WithContext(ctx)
	for i := range p.callers {
		work.Go(func() error {
			for k := i; time.Now().Before(over); k++ {
				came.Add(1)
				switch err := g.visit(ctx, k); {
				case err == nil:
				case ctx.Err() == nil && unserved(err):
					left.Add(1)
				default:
					return err
				}
			}
			return nil
		})
	}
	err = work.Wait()
	return came.Load(), left.Load(), err
}
