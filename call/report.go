package call

import (
	"fmt"
	"log/slog"
	"time"

	"timbre"
)

// report counts and logs the end of a call and raises Ended.
func (r *Registry) report(c timbre.Call, receptions []*timbre.Reception, reason string) {
	r.metrics.ended.WithLabelValues(reason).Inc()
	attributes := []any{
		"transaction", c.TransactionID, "connector", c.ConnectorID, "call", c.CallID, "reason", reason, "failure", c.Failure,
		"lasted", c.Lasted.Round(100 * time.Millisecond), "warnings", len(c.Warnings),
	}
	for i, l := range c.Legs {
		attributes = append(attributes, slog.Group(fmt.Sprintf("leg%d", i), r.legAttributes(l, receptions[i])...))
	}
	r.env.Log.Info("call ended", attributes...)
	r.raiseEnded(c, receptions)
}

// legAttributes describes a leg in the log, and observes its MOS.
func (r *Registry) legAttributes(l timbre.Leg, got *timbre.Reception) []any {
	attributes := []any{"side", l.Side.String()}
	if got == nil {
		return attributes
	}
	mos := got.MOS()
	if mos > 0 {
		r.metrics.mos.WithLabelValues(got.Codec).Observe(mos)
	}
	return append(attributes, "codec", got.Codec, "packets", got.Packets, "lost", got.Lost, "late", got.Late,
		"duplicates", got.Duplicates, "dropped", got.Dropped, "jitter", got.Jitter.Round(10*time.Microsecond), "mos", mos)
}
