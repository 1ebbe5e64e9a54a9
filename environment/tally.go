package environment

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// tallied is how long what happens again is counted before it is logged.
	tallied = time.Minute
	// maxTallied is how many keys are counted apart. What comes beyond is counted together.
	maxTallied = 1000
)

// Tally logs what a peer can make happen at will: the first time as it is, then as a line a minute with the number of times. The zero
// value is ready; it is safe for concurrent use.
type Tally struct {
	mu    sync.Mutex
	again map[string]int // since the last line; absent: the next one is the first
}

// Count logs a warning, or counts it. Messages of one key are the same; the arguments of the first one are logged, those of the others
// at level debug.
func (t *Tally) Count(log *slog.Logger, key, message string, args ...any) {
	t.CountAt(log, slog.LevelWarn, key, message, args...)
}

// CountAt is Count with a level of its own.
func (t *Tally) CountAt(log *slog.Logger, level slog.Level, key, message string, args ...any) {
	ctx := context.Background()
	if t.counted(&key) {
		log.DebugContext(ctx, message, args...) //nolint:sloglint // that of the caller, which is constant
		return
	}
	log.Log(ctx, level, message, args...) //nolint:sloglint // likewise
	time.AfterFunc(tallied, func() { t.sum(log, level, key, message) })
}

// counted reports whether it happened within the last minute, and counts it. A key too many becomes the one of the rest.
func (t *Tally) counted(key *string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.again == nil {
		t.again = map[string]int{}
	}
	if _, counting := t.again[*key]; !counting && len(t.again) >= maxTallied {
		*key = "others"
	}
	if _, counting := t.again[*key]; counting {
		t.again[*key]++
		return true
	}
	t.again[*key] = 0
	return false
}

// sum logs how often it happened in a minute. After a minute without, the next one is the first again.
func (t *Tally) sum(log *slog.Logger, level slog.Level, key, message string) {
	t.mu.Lock()
	n := t.again[key]
	if n == 0 {
		delete(t.again, key)
	} else {
		t.again[key] = 0
	}
	t.mu.Unlock()
	if n > 0 {
		log.Log(context.Background(), level, message+" again", "kind", key, "times", n, "within", tallied) //nolint:sloglint // likewise
		time.AfterFunc(tallied, func() { t.sum(log, level, key, message) })
	}
}
