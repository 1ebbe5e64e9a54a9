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
	// looks is how often within that time a Tally looks for what is due.
	looks = 6
	// maxTallied is how many keys of a message are counted apart. What comes beyond is counted together.
	maxTallied = 1000
)

// Tally logs what a peer can make happen at will: the first time as it is, then as a line a minute with the number of times, which Run
// logs. It is safe for concurrent use.
type Tally struct {
	mu    sync.Mutex
	again map[string]map[string]*repeats // by message and key; absent: the next one is the first
}

// repeats are what has happened since the last line.
type repeats struct {
	log   *slog.Logger
	level slog.Level
	times int
	looks int // by Run
}

// NewTally makes a Tally.
func NewTally() *Tally { return &Tally{again: map[string]map[string]*repeats{}} }

// Count logs a warning, or counts it. Messages of one key are the same; the arguments of the first one are logged, those of the others
// at level debug.
func (t *Tally) Count(log *slog.Logger, key, message string, args ...any) {
	t.CountAt(log, slog.LevelWarn, key, message, args...)
}

// CountAt is Count with a level of its own.
func (t *Tally) CountAt(log *slog.Logger, level slog.Level, key, message string, args ...any) {
	if t.counted(log, level, key, message) {
		level = slog.LevelDebug
	}
	log.Log(context.Background(), level, message, args...) //nolint:sloglint // that of the caller, which is constant
}

// counted reports whether it happened within the last minute, and counts it. A key too many becomes the one of the rest.
func (t *Tally) counted(log *slog.Logger, level slog.Level, key, message string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := t.again[message]
	if keys == nil {
		keys = map[string]*repeats{}
		t.again[message] = keys
	}
	if keys[key] == nil && len(keys) >= maxTallied {
		key = "others"
	}
	if r := keys[key]; r != nil {
		r.times++
		return true
	}
	keys[key] = &repeats{log: log, level: level}
	return false
}

// Run logs, until ctx ends, how often each thing has happened within a minute, and then what is left.
func (t *Tally) Run(ctx context.Context) {
	look := time.NewTicker(tallied / looks)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			t.sum(looks)
		case <-ctx.Done():
			t.sum(0)
			return
		}
	}
}

// sum logs what has been looked at that often. After a minute without, the next one is the first again.
func (t *Tally) sum(often int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for message, keys := range t.again {
		for key, r := range keys {
			if r.looks++; r.looks < often {
				continue
			}
			if r.times == 0 {
				delete(keys, key)
				continue
			}
			r.log.Log(context.Background(), r.level, message+" again", "kind", key, "times", r.times, "within", tallied) //nolint:sloglint // likewise
			r.times, r.looks = 0, 0
		}
	}
}
