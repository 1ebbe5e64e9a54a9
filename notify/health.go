package notify

import (
	"log/slog"
	"sync"
)

// health logs when a target starts to fail and when it works again, instead of every attempt.
type health struct {
	log *slog.Logger

	mu       sync.Mutex
	failed   map[string]bool // targets whose last attempt failed
	sinkless map[string]bool // targets without a sink that have been logged
}

func (h *health) failing(target string, err error) {
	if h.add(&h.failed, target) {
		h.log.Warn("notification target fails: its notifications are kept and retried", "target", target, "error", err)
		return
	}
	h.log.Debug("notification target still fails", "target", target, "error", err)
}

func (h *health) succeeded(target string) {
	h.mu.Lock()
	failed := h.failed[target]
	delete(h.failed, target)
	h.mu.Unlock()
	if failed {
		h.log.Info("notification target works again", "target", target)
	}
}

func (h *health) noSink(target, kind string) {
	if h.add(&h.sinkless, target) {
		h.log.Error("no sink for this kind of target: its notifications are dropped", "target", target, "kind", kind)
	}
}

// add adds a target to a set; false if it was in it.
func (h *health) add(set *map[string]bool, target string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if (*set)[target] {
		return false
	}
	if *set == nil {
		*set = map[string]bool{}
	}
	(*set)[target] = true
	return true
}
