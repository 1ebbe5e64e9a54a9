package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre/bench/server"
)

// measurement is a kind of call, and how many call at a time. What is done before a call does not count.
type measurement struct {
	name, user string
	callers    int
	before     func(call int) error
}

// result is what was measured.
type result struct {
	calls         int
	cpu           time.Duration
	invites, byes []time.Duration
}

// warmUp is how many calls are made before the measurement.
const warmUp = 50

func (b bench) measure(s *server.Process, m measurement) (r result, err error) {
	if _, err := b.call(s, m, warmUp); err != nil {
		return r, err
	}
	s.WaitIdle()
	return b.call(s, m, b.calls)
}

// call makes so many calls. Callers that are alone are measured call by call, others together until the server rests.
func (b bench) call(s *server.Process, m measurement, calls int) (r result, err error) {
	var next atomic.Int64
	var mu sync.Mutex
	var work errgroup.Group
	began := s.CPU()
	for range m.callers {
		work.Go(func() error {
			c, err := dial(s.SIP, m.user)
			if err != nil {
				return err
			}
			defer c.close()
			for i := int(next.Add(1)); i <= calls; i = int(next.Add(1)) {
				if err := m.before(i); err != nil {
					return err
				}
				cpu := s.CPU()
				invite, bye, err := c.call()
				if err != nil {
					return err
				}
				mu.Lock()
				r.invites, r.byes, r.cpu = append(r.invites, invite), append(r.byes, bye), r.cpu+s.CPU()-cpu
				mu.Unlock()
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return r, err
	}
	if m.callers > 1 {
		s.WaitIdle()
		r.cpu = s.CPU() - began
	}
	r.calls = calls
	slices.Sort(r.invites)
	slices.Sort(r.byes)
	return r, nil
}

func (r result) print(connectors int, name string) {
	at := func(all []time.Duration, q float64) float64 {
		return float64(all[min(len(all)-1, int(q*float64(len(all))))].Microseconds()) / 1000
	}
	each := r.cpu.Seconds() / float64(r.calls)
	fmt.Printf("%10d  %-25s %5d  %9.2f  %6.0f  %10.1f %5.1f  %7.1f %5.1f\n", connectors, name, r.calls, 1000*each, 1/each,
		at(r.invites, 0.5), at(r.invites, 0.99), at(r.byes, 0.5), at(r.byes, 0.99))
}

// newHook is a webhook that takes everything.
func newHook() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
}
