package environment

import (
	"log/slog"
	"sync"
)

// Outage logs what fails again and again as one line when it starts, and one with the number of failures when it is over. So a disk
// that is full for an hour is two lines of the log, not thousands. The zero value is ready; it is safe for concurrent use.
type Outage struct {
	mu       sync.Mutex
	failures int
}

// Failed counts a failure, and logs the first one in a row. The others are logged at level debug.
func (o *Outage) Failed(log *slog.Logger, message string, args ...any) {
	o.mu.Lock()
	o.failures++
	first := o.failures == 1
	o.mu.Unlock()
	if first {
		log.Error(message, args...) //nolint:sloglint // that of the caller, which is constant
	} else {
		log.Debug(message, args...) //nolint:sloglint // likewise
	}
}

// Over says that it works. It logs that, with the number of failures, if there were any.
func (o *Outage) Over(log *slog.Logger, message string, args ...any) {
	o.mu.Lock()
	failures := o.failures
	o.failures = 0
	o.mu.Unlock()
	if failures > 0 {
		log.Info(message, append(args, "failures", failures)...) //nolint:sloglint // likewise
	}
}
