package call

import (
	"fmt"
	"log/slog"
	"math"
	"time"

	"timbre"
)

// Ledger is told of every call that has ended, before its end is durable: it may be told of a call again, with another end,
// by the next run. heard is what came on each of its legs; nil where nobody has measured that, as for a call whose server
// died.
type Ledger interface {
	Ended(c timbre.Call, heard []*timbre.Reception)
}

// SetMeter gives the meter of the stream that the leg is received by.
func (l *leg) SetMeter(m timbre.ReceptionMeter) { l.meter.Store(&m) }

// reception is what has come on the leg's stream so far; nil where nobody measures that.
func (l *leg) reception() *timbre.Reception {
	m := l.meter.Load()
	if m == nil {
		return nil
	}
	r := (*m).Reception()
	return &r
}

func receptions(legs []*leg) []*timbre.Reception {
	all := make([]*timbre.Reception, len(legs))
	for i, leg := range legs {
		all[i] = leg.reception()
	}
	return all
}

// Receptions are what has come on the legs of a live call so far, in their order: nil where nobody measures that. None of a
// call that is not live.
func (r *Registry) Receptions(txid string) []*timbre.Reception {
	r.mu.RLock()
	var legs []*leg
	if l := r.calls[txid]; l != nil && l.call.Ended.IsZero() {
		legs = l.legs
	}
	r.mu.RUnlock()
	return receptions(legs)
}

// Missed tells of the end of a call that was put through although it could not begin, as a database that fails or a quota may have it.
// It gets a transaction id and an end, a line in the log, and its record; nothing of it is durable, and there are no events.
func (r *Registry) Missed(c timbre.Call, heard []*timbre.Reception) {
	c.TransactionID, c.Ended = r.NewID(), r.Now()
	r.conclude(c, heard, "unanalysed")
}

// conclude tells of a call that has ended: the counters, the log in one line, and the ledger.
func (r *Registry) conclude(c timbre.Call, heard []*timbre.Reception, reason string) {
	r.metrics.ended.WithLabelValues(reason).Inc()
	said := []any{
		"transaction", c.TransactionID, "connector", c.ConnectorID, "call", c.CallID, "reason", reason, "failure", c.Failure,
		"seconds", math.Round(c.Ended.Sub(c.Started).Seconds()*10) / 10, "warnings", len(c.Warnings),
	}
	for i, l := range c.Legs {
		about := []any{"side", l.Side.String()}
		if h := heard[i]; h != nil {
			about = append(about, "codec", h.Codec, "packets", h.Packets, "lost", h.Lost, "late", h.Late, "duplicates", h.Duplicates,
				"dropped", h.Dropped, "jitter", h.Jitter.Round(10*time.Microsecond), "mos", h.MOS())
			if mos := h.MOS(); mos > 0 {
				r.metrics.mos.WithLabelValues(h.Codec).Observe(mos)
			}
		}
		said = append(said, slog.Group(fmt.Sprintf("leg%d", i), about...))
	}
	r.Log.Info("call ended", said...)
	if r.Ledger != nil {
		r.Ledger.Ended(c, heard)
	}
}
