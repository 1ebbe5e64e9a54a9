package demo

import (
	"fmt"
	"io"
	"sync"
	"time"

	"timbre/cmd/timbre/terminal"
)

// narrator prints the run line by line: above a progress bar on a terminal, and elsewhere as plain lines, with one for
// each quarter of the media that has been played.
type narrator struct {
	on       terminal.Output
	mu       sync.Mutex
	chapters int
	bar      *terminal.Progress // nil between the calls
	total    time.Duration
	quarters int
}

func narrate(cfg Config) *narrator {
	n := &narrator{on: cfg.Output}
	if cfg.JSON || n.on.Writer == nil {
		n.on = terminal.Output{Writer: io.Discard}
	}
	n.put(n.on.Paint(terminal.Bold, "Timbre demo") + fmt.Sprintf(": synthetic voices on loopback, at %g times real time", cfg.Speed))
	return n
}

func (n *narrator) chapter(title string) {
	n.chapters++
	n.put("\n" + n.on.Paint(terminal.Bold, fmt.Sprintf("%d. %s", n.chapters, title)))
}

func (n *narrator) line(format string, args ...any) { n.put("   " + fmt.Sprintf(format, args...)) }

// report prints a line about a moment of the calls that are being played.
func (n *narrator) report(at time.Duration, who, format string, args ...any) {
	n.put(fmt.Sprintf("   %s  %-10s %s", terminal.Clock(at), who, fmt.Sprintf(format, args...)))
}

// play begins the progress of media of a length; the result ends it.
func (n *narrator) play(total time.Duration) (done func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bar, n.total, n.quarters = n.on.Progress(total), total, 0
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.bar.Close()
		n.bar = nil
	}
}

// played shows the position of the furthest call.
func (n *narrator) played(at time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.bar == nil {
		return
	}
	n.bar.At(at)
	if q := int(4 * at / n.total); !n.on.Terminal && q > n.quarters && q < 4 {
		n.quarters = q
		_, _ = fmt.Fprintf(n.on, "   %s of %s played\n", terminal.Clock(n.total*time.Duration(q)/4), terminal.Clock(n.total))
	}
}

func (n *narrator) put(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.bar != nil {
		n.bar.Say(line)
		return
	}
	_, _ = fmt.Fprintln(n.on, line)
}
