package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre/bench/server"
)

// plan is what a run does.
type plan struct {
	binary, codec, suite string
	calls                int
	span                 time.Duration
}

const (
	hands   = 4               // calls that are set up at once
	settled = 3 * time.Second // of media before anything is counted
	last    = time.Second     // that packets may take from here to the server's counters
)

// soak is one run: a fresh server, all calls set up, watched for a time, and hung up.
func soak(ctx context.Context, p plan) (r result, err error) {
	f, err := formatOf(p.codec)
	if err != nil {
		return r, err
	}
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer hook.Close()
	s, err := server.Start(ctx, server.Config{
		Binary: p.binary, Log: os.Stderr,
		Env: []string{"TIMBRE_LOG_LEVEL=warn", server.Listener(hook.URL)},
	})
	if err != nil {
		return r, err
	}
	defer s.Stop()
	office, err := s.Furnish(ctx)
	if err != nil {
		return r, err
	}
	out, err := newSender(f)
	if err != nil {
		return r, err
	}
	defer out.close()
	client, err := dial(s.SIP, office.Connector, p.suite, f, out.port())
	if err != nil {
		return r, err
	}
	defer client.close()

	empty, began := s.Memory("VmRSS"), time.Now()
	calls := make([]*call, p.calls)
	r.setups = make([]time.Duration, p.calls)
	work, _ := errgroup.WithContext(ctx)
	work.SetLimit(hands)
	for i := range calls {
		work.Go(func() (err error) {
			calls[i], r.setups[i], err = client.invite(i)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return r, err
	}
	r.settingUp = time.Since(began)

	stop, sent := make(chan struct{}), make(chan error, 1)
	go func() { sent <- out.run(calls, stop) }()
	<-time.After(settled)
	before, cpu, own, start := counters(s), s.CPU(), self(), time.Now()
	select {
	case <-time.After(p.span):
	case err := <-sent:
		return r, fmt.Errorf("the sender gave up: %w", err)
	}
	after := counters(s)
	r.span, r.cpu, r.own = time.Since(start), s.CPU()-cpu, self()-own
	r.watched = after["packets_total"] - before["packets_total"]
	r.growth, r.load = s.Memory("VmRSS")-empty, load()
	close(stop)
	if err := <-sent; err != nil {
		return r, err
	}
	<-time.After(last)
	end := counters(s)
	r.sent, r.late = out.sent, end["late_total"]
	r.lost = r.sent - min(r.sent, end["packets_total"])
	for name, n := range end {
		if strings.HasPrefix(name, "dropped_total") {
			r.dropped += n
		}
	}
	for _, c := range calls {
		if err := client.bye(c); err != nil {
			return r, err
		}
	}
	return r, nil
}

var figure = regexp.MustCompile(`(?m)^timbre_rtp_(\S+?(?:\{.*\})?) (\S+)$`)

// counters are the server's figures of RTP, by the ends of their names.
func counters(s *server.Process) map[string]uint64 {
	all := map[string]uint64{}
	client := http.Client{}
	defer client.CloseIdleConnections()
	res, err := client.Get(s.Admin + "/metrics")
	if err != nil {
		return all
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	for _, m := range figure.FindAllSubmatch(text, -1) {
		n, _ := strconv.ParseFloat(string(m[2]), 64)
		all[string(m[1])] = uint64(n)
	}
	return all
}

// self is the processor time that this process has taken.
func self() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// load is how many threads want to run on the machine, in the last minute.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
