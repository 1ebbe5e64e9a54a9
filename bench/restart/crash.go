package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"time"

	"timbre"
	"timbre/bench/server"
	"timbre/environment"
	"timbre/sip/phone"
)

const hookARN = "arn:timbre:webhook:us-east-1:000000000000:load"

// next is how many calls come one after the other, from the first accepted one on.
const next = 20

// comeback is how a server came back after a crash, each from the start of its process.
type comeback struct {
	ready, first time.Duration // until it says so, and until it has accepted a call
	slowest      time.Duration // of the next calls, from its INVITE to its ACK
	ended        time.Duration // until every call that was live has its FAILED events
}

// crashed starts a server on the database of one that was killed.
func crashed(ctx context.Context, binary string, calls int) (c comeback, err error) {
	h := listen()
	defer h.Close()
	s, err := server.Start(ctx, server.Config{
		Binary: binary, Env: []string{server.Listener(h.URL), "TIMBRE_NOTIFY_STREAMING=EventBridge=load"}, Log: os.Stderr,
		Prepare: func(folder string) error { return fill(ctx, folder, calls) },
	})
	if err != nil {
		return c, err
	}
	defer s.Stop()
	began := time.Now().Add(-s.Took)
	c.ready = s.Took
	for i := range next {
		dialled := time.Now()
		line, err := dial(ctx, s.SIP)
		if err != nil {
			return c, err
		}
		if took := time.Since(dialled); i > 0 {
			c.slowest = max(c.slowest, took)
		} else {
			c.first = time.Since(began)
		}
		if err := line.Hangup(ctx); err != nil {
			return c, err
		}
	}
	c.ended, err = ended(ctx, s.Admin, began, calls)
	return c, err
}

// ended waits until the metrics count the end of each call that was live.
func ended(ctx context.Context, admin string, began time.Time, calls int) (time.Duration, error) {
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	want := fmt.Sprintf("timbre_call_ended_total{reason=\"recovered\"} %d\n", calls)
	for calls > 0 {
		r, err := new(http.Client).Get(admin + "/metrics")
		if err != nil {
			return 0, err
		}
		text, err := io.ReadAll(r.Body)
		if _ = r.Body.Close(); err != nil {
			return 0, err
		}
		if strings.Contains(string(text), want) {
			break
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return time.Since(began), nil
}

func dial(ctx context.Context, server string) (*phone.Call, error) {
	silence := make([]byte, 160)
	return phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: server, From: "+12065550100", To: "+12065550199", Metadata: true, Speed: 1,
		Caller: phone.Party{AOR: "sip:+12065550100@example.com", Audio: silence}, Callee: phone.Party{AOR: "sip:agent@example.com", Audio: silence},
	})
}

// hook counts the events that are delivered.
type hook struct {
	*httptest.Server
	mu             sync.Mutex
	events, failed int
}

func listen() *hook {
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.events++
		if strings.Contains(string(body), `"`+timbre.StreamingFailed+`"`) {
			h.failed++
		}
	}))
	return h
}
