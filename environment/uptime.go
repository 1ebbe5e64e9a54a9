package environment

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Uptime is for how long a machine has run since it was started.
type Uptime struct {
	Boot string // tells one start of the machine from another; empty: not known
	Up   time.Duration
}

// steady returns a clock that begins at the wall time and advances with monotonic time. Its times carry no reading but their own.
func steady() func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Round(0).Add(time.Since(began)) }
}

// uptime returns the clock of the kernel, which also runs while the machine is suspended. Where there is none, time is known within
// this run only.
func uptime(steady func() time.Time) func() Uptime {
	began, boot := steady(), ""
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		boot = strings.TrimSpace(string(id))
	}
	return func() Uptime {
		if text, err := os.ReadFile("/proc/uptime"); err == nil && boot != "" {
			first, _, _ := strings.Cut(string(text), " ")
			if s, err := strconv.ParseFloat(first, 64); err == nil {
				return Uptime{boot, time.Duration(s * float64(time.Second))}
			}
		}
		return Uptime{"", steady().Sub(began)}
	}
}
