package node

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre/environment"
	"timbre/sweep"
)

// openClock lets the stages that are opened after it judge ages by a clock that no jump of the wall clock deceives.
func (n *Node) openClock(ctx context.Context) error {
	earlier, err := n.store.Clock(ctx)
	if err != nil {
		return err
	}
	n.jumps = promauto.With(n.env.Metrics).NewCounter(prometheus.CounterOpts{
		Name: "timbre_clock_jumps_total", Help: "How often the wall clock was set by more than a minute, also between runs.",
	})
	last := promauto.With(n.env.Metrics).NewGauge(prometheus.GaugeOpts{
		Name: "timbre_clock_jump_seconds", Help: "By how much the wall clock was set at its last jump: below 0, back.",
	})
	log := n.env.Log
	n.clock = environment.NewClock(n.env, earlier, func(by time.Duration) {
		n.jumps.Inc()
		last.Set(by.Seconds())
		log.Warn("the wall clock has jumped; nothing expires earlier or later because of it", "by", by.Round(time.Second))
	})
	n.env.Now, n.env.Outlived, n.env.Age = n.clock.Now, n.clock.Outlived, n.clock.Age
	return nil
}

// openSweeper creates what erases expired data.
func (n *Node) openSweeper(context.Context) error {
	deps := sweep.Deps{Clock: n.clock, Store: n.store, Logs: n.logs}
	if n.records != nil {
		deps.Records = n.records
	}
	n.sweeper = sweep.New(n.env, sweep.Config{Records: time.Duration(n.settings.Records) * day}, deps)
	return nil
}
