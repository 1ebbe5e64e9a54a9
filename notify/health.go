package notify

import (
	"log/slog"
	"sync"
)

// health logs when a target begins to fail and when it takes notices again, not every try.
type health struct {
	log *slog.Logger

	mu     sync.Mutex
	failed map[string]bool // targets that failed last time
	told   map[string]bool // targets without a sink that have been logged
}

func (h *health) ill(target string, err error) {
	if h.note(&h.failed, target) {
		h.log.Warn("a notification target fails; its notices are kept and tried again", "target", target, "error", err)
		return
	}
	h.log.Debug("notification target still fails", "target", target, "error", err)
}

func (h *health) well(target string) {
	h.mu.Lock()
	ill := h.failed[target]
	delete(h.failed, target)
	h.mu.Unlock()
	if ill {
		h.log.Info("notification target works again", "target", target)
	}
}

func (h *health) noSink(target, kind string) {
	if h.note(&h.told, target) {
		h.log.Error("this server has no sink for such a target: its notices are dropped, now and later",
			"target", target, "kind", kind)
	}
}

// note puts target into set; false when it was there.
func (h *health) note(set *map[string]bool, target string) bool {
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
