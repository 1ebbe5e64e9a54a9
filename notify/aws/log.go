package aws

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/aws/smithy-go/logging"
)

// maxWarnings is how many different warnings of the SDK are logged as such.
const maxWarnings = 64

// logger writes what the SDK logs to the log of the server. The SDK repeats its warnings with each attempt; here each is one once.
type logger struct {
	log *slog.Logger

	mu     sync.Mutex
	warned map[string]bool
}

// Logf implements logging.Logger.
func (l *logger) Logf(class logging.Classification, format string, v ...any) {
	detail := fmt.Sprintf(format, v...)
	level := slog.LevelDebug
	if class == logging.Warn && l.first(detail) {
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, "the AWS SDK reports", "detail", detail)
}

func (l *logger) first(warning string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.warned[warning] || len(l.warned) == maxWarnings {
		return false
	}
	if l.warned == nil {
		l.warned = map[string]bool{}
	}
	l.warned[warning] = true
	return true
}
