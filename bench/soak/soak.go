package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"time"

	"timbre/bench/media"
	"timbre/bench/server"
)

// plan describes a run.
type plan struct {
	binary, codec, suite string
	calls                int
	span                 time.Duration
}

const (
	warmUp = 3 * time.Second // of media before the measurement
	grace  = time.Second     // for the last packets to reach the server's counters
)

// rounds are how often the bare loop reads: as the server does what somebody waits for, and what nobody does.
var rounds = [...]time.Duration{10 * time.Millisecond, 100 * time.Millisecond}

// soak does a run: it starts a server, sets up all calls, measures for a time, and hangs up. Then it measures the limit.
func soak(ctx context.Context, p plan) (r result, err error) {
	f, err := media.FormatOf(p.codec)
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
	out, err := media.NewSenders(f, p.calls)
	if err != nil {
		return r, err
	}
	defer out.Close()
	client, err := dial(s.SIP, deployment.Connector, p.suite, f)
	if err != nil {
		return r, err
	}
	defer func() { _ = client.Close() }()

	empty, began := s.Memory("VmRSS"), time.Now()
	calls, setups, err := client.inviteAll(p.calls, out)
	if err != nil {
		return r, err
	}
	r.setups, r.settingUp = setups, time.Since(began)

	out.Start(legsOf(calls))
	<-time.After(warmUp)
	before, err := counters(ctx, s)
	if err != nil {
		return r, err
	}
	cpu, start, sent := s.CPU(), time.Now(), out.Sent()
	user, system := ownCPU()
	<-time.After(p.span)
	after, err := counters(ctx, s)
	if err != nil {
		return r, err
	}
	r.span, r.cpu, r.offered = time.Since(start), s.CPU()-cpu, out.Sent()-sent
	userThen, systemThen := ownCPU()
	r.sender, r.kernel = userThen-user, systemThen-system
	r.watched = after["packets_total"] - before["packets_total"]
	r.growth, r.load = s.Memory("VmRSS")-empty, load()
	if err := out.End(); err != nil {
		return r, err
	}
	<-time.After(grace)
	end, err := counters(ctx, s)
	if err != nil {
		return r, err
	}
	r.sent, r.late = out.Sent(), end["late_total"]
	r.lost = r.sent - min(r.sent, end["packets_total"])
	for name, n := range end {
		if strings.HasPrefix(name, "dropped_total") {
			r.dropped += n
		}
	}
	for _, c := range calls {
		if err := client.Bye(c.Call); err != nil {
			return r, err
		}
	}
	r.limits, err = limits(p, f)
	return r, err
}

// limits are the costs of a packet to the bare loop, by its rounds.
func limits(p plan, f media.Format) (cost [len(rounds)]time.Duration, err error) {
	for i, round := range rounds {
		if cost[i], err = limit(p.calls, f, p.span, round); err != nil {
			return cost, err
		}
	}
	return cost, nil
}

// counters are the server's RTP metrics, by name without prefix.
func counters(ctx context.Context, s *server.Process) (map[string]uint64, error) {
	all := map[string]uint64{}
	metrics, err := s.Metrics(ctx)
	for name, n := range metrics {
		if name, ok := strings.CutPrefix(name, "timbre_rtp_"); ok {
			all[name] = uint64(n)
		}
	}
	return all, err
}

// ownCPU is the processor time of this process, and of the kernel for it: on loopback that is the way of the packets up to the server's sockets.
func ownCPU() (user, system time.Duration) {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano()), time.Duration(u.Stime.Nano())
}

// load is the load average of the machine over the last minute.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
