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

// plan describes a run.
type plan struct {
	binary, codec, suite string
	calls                int
	span                 time.Duration
}

const (
	parallelSetups = 4               // calls that are set up at a time
	warmUp         = 3 * time.Second // of media before the measurement
	grace          = time.Second     // for the last packets to reach the server's counters
)

// soak does a run: it starts a server, sets up all calls, measures for a time, and hangs up.
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
	deployment, err := s.SetUp(ctx)
	if err != nil {
		return r, err
	}
	out, err := newSender(f)
	if err != nil {
		return r, err
	}
	defer out.close()
	client, err := dial(s.SIP, deployment.Connector, p.suite, f, out.port())
	if err != nil {
		return r, err
	}
	defer client.close()

	empty, began := s.Memory("VmRSS"), time.Now()
	calls := make([]*call, p.calls)
	r.setups = make([]time.Duration, p.calls)
	work, _ := errgroup.WithContext(ctx)
	work.SetLimit(parallelSetups)
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
	<-time.After(warmUp)
	before, cpu, own, start := counters(s), s.CPU(), ownCPU(), time.Now()
	select {
	case <-time.After(p.span):
	case err := <-sent:
		return r, fmt.Errorf("sending: %w", err)
	}
	after := counters(s)
	r.span, r.cpu, r.senderCPU = time.Since(start), s.CPU()-cpu, ownCPU()-own
	r.watched = after["packets_total"] - before["packets_total"]
	r.growth, r.load = s.Memory("VmRSS")-empty, load()
	close(stop)
	if err := <-sent; err != nil {
		return r, err
	}
	<-time.After(grace)
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

// counters are the server's RTP metrics, by name without prefix.
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

// ownCPU is the processor time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// load is the load average of the machine over the last minute.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
