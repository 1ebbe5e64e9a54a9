package load

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

// metered is a running Meter of work whose age a test sets.
type metered struct {
	*Meter
	t    *testing.T
	age  atomic.Int64
	need atomic.Uint64
	log  bytes.Buffer
	reg  *prometheus.Registry
}

// measure runs a test with a clock of its own.
func measure(t *testing.T, test func(*metered)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := &metered{t: t, reg: prometheus.NewRegistry()}
		env := environment.Environment{Log: slog.New(slog.NewTextHandler(&m.log, nil)), Metrics: m.reg}
		none := func() time.Duration { return 0 }
		m.Meter = New(env, Deps{Late: []func() time.Duration{none, func() time.Duration { return time.Duration(m.age.Load()) }}, Need: func() float64 { return math.Float64frombits(m.need.Load()) }})
		go m.Run(t.Context())
		test(m)
	})
}

// waitWith lets time pass while the oldest work has an age, and wants a load at the end.
func (m *metered) waitWith(age, d time.Duration, want float64) {
	m.t.Helper()
	m.age.Store(int64(age))
	<-time.After(d)
	synctest.Wait()
	if got := m.Load(); math.Abs(got-want) > 1e-9 {
		m.t.Errorf("got load %v after %v with an age of %v, want %v", got, d, age, want)
	}
	if got := testutil.CollectAndCount(m.reg, "timbre_load"); got != 1 {
		m.t.Errorf("got %d metrics, want 1", got)
	}
}

func TestLoadIsTheAgeThatStays(t *testing.T) {
	measure(t, func(m *metered) {
		m.waitWith(0, time.Minute, 0)
		m.waitWith(Late/5, 2*interval, 0.2)
		m.waitWith(10*Late, interval-2*every, 0.2) // a burst
		m.waitWith(Late/5, 2*interval, 0.2)
		m.waitWith(10*Late, 2*interval, 1)
	})
}

// What running tasks will need refuses new ones before anything waits, and no longer than it is needed.
func TestLoadIsWhatIsBooked(t *testing.T) {
	measure(t, func(m *metered) {
		for _, c := range []struct{ need, load float64 }{{Full / 2, 0.5}, {Full * 0.95, 0.95}, {Full, 1}, {10 * Full, 1}, {Full * 0.95, 1}, {Full * 0.8, 0.8}, {Full * 0.95, 0.95}, {0, 0}} {
			m.need.Store(math.Float64bits(c.need))
			m.waitWith(0, every, c.load)
			if m.Behind() != 0 {
				t.Errorf("got %v behind of what is booked, want 0", m.Behind())
			}
		}
	})
}

// Callers who come at once do not all find a node that has room for one.
func TestEachBookingCountsAtOnce(t *testing.T) {
	measure(t, func(m *metered) {
		m.waitWith(0, every, 0)
		taken := 0
		for range 20 {
			if !timbre.Overloaded(m) {
				taken++
				m.need.Store(math.Float64bits(Full / 4 * float64(taken)))
			}
		}
		if taken != 4 {
			t.Errorf("got %d taken at one time, want the 4 that there is room for", taken)
		}
	})
}

func TestOverloadEndsWellBelowWhereItBegan(t *testing.T) {
	measure(t, func(m *metered) {
		m.waitWith(Late, 2*interval, 1)
		if !timbre.Overloaded(m) {
			t.Error("got no overload at a load of 1")
		}
		m.waitWith(Late*9/10, time.Minute, 1)
		m.waitWith(Late*4/10, every, 0.4) // at once
		m.waitWith(Late*9/10, time.Minute, 0.9)
		if timbre.Overloaded(m) || timbre.Overloaded(nil) {
			t.Error("got overload below a load of 1, or without a meter")
		}
		if n := strings.Count(m.log.String(), "overloaded"); n != 2 {
			t.Errorf("got %d lines of the log, want one when it began and one when it ended:\n%s", n, m.log.String())
		}
	})
}
