package notify

import (
	"log/slog"
	"maps"
	"time"

	"timbre"
)

// logEvery is the least time between two lines that say that a target fails.
const logEvery = time.Minute

// health logs when a target starts to fail and when it works again, instead of every attempt. Only the goroutine of Run uses it.
type health struct {
	log      *slog.Logger
	failed   map[string]*failing // targets that fail
	sinkless map[string]bool     // targets without a sink that have been logged
	deaths   map[string]*deaths  // by target
}

// failing is a target that fails, or fails and works by turns.
type failing struct {
	last   time.Time // of its failures
	logged time.Time // when a line said so
	more   int       // failures since
}

// stillEvery is the least time between two lines that say that a target still fails.
const stillEvery = time.Hour

// maxDeaths is of how many targets dead letters are counted apart: clients of the API can name any number of targets.
const maxDeaths = 1000

// deaths are the dead letters of a target since a line said so.
type deaths struct {
	logged time.Time
	more   int
}

func newHealth(log *slog.Logger) health {
	return health{log: log, failed: map[string]*failing{}, sinkless: map[string]bool{}, deaths: map[string]*deaths{}}
}

func (h *health) failing(target string, err error, now time.Time) {
	f := h.failed[target]
	if f == nil {
		h.failed[target] = &failing{last: now, logged: now}
		h.log.Warn("notification target fails: its notifications are kept and retried", "target", target, "error", err)
		return
	}
	f.last = now
	if f.more++; now.Sub(f.logged) < stillEvery {
		h.log.Debug("notification target still fails", "target", target, "error", err)
		return
	}
	h.log.Warn("notification target still fails", "target", target, "failures", f.more, "error", err)
	f.logged, f.more = now, 0
}

// succeeded logs that a target works again, once it has not failed for a while: one that fails and works by turns is a line when that
// begins, one an hour, and one when it is over.
func (h *health) succeeded(target string, now time.Time) {
	f := h.failed[target]
	if f != nil && now.Sub(f.last) >= logEvery {
		delete(h.failed, target)
		h.log.Info("notification target works again", "target", target, "failures", f.more)
	}
}

// died logs a dead letter, for each target one in a while: a target that refuses all is one line a minute, with the number of the others.
func (h *health) died(p timbre.Pending, cause string, err error, now time.Time) {
	d := h.deathsOf(p.Target, now)
	line := []any{"id", p.ID, "target", p.Target, "cause", cause, "attempts", p.Tries + 1, "others_before", d.more, "error", err}
	if !d.logged.IsZero() && now.Sub(d.logged) < logEvery {
		d.more++
		h.log.Debug("notification has become a dead letter", line...)
		return
	}
	d.logged, d.more = now, 0
	h.log.Warn("notification has become a dead letter", line...)
}

// deathsOf are the dead letters of a target. Beyond the bound those that were logged long ago are forgotten, and the rest counted together.
func (h *health) deathsOf(target string, now time.Time) *deaths {
	if h.deaths[target] == nil && len(h.deaths) >= maxDeaths {
		maps.DeleteFunc(h.deaths, func(_ string, d *deaths) bool { return now.Sub(d.logged) >= logEvery })
		if len(h.deaths) >= maxDeaths {
			target = otherTargets
		}
	}
	if h.deaths[target] == nil {
		h.deaths[target] = &deaths{}
	}
	return h.deaths[target]
}

func (h *health) noSink(target, kind string) {
	if !h.sinkless[target] {
		h.sinkless[target] = true
		h.log.Error("no sink for this kind of target: its notifications become dead letters", "target", target, "kind", kind)
	}
}
