package check

import (
	"context"
	"errors"
	"time"
)

// skew is the error of the clock from which clients notice: a signature counts for fifteen minutes, and that of a webhook for five.
const skew = time.Minute

// checkClock says whether something keeps the clock right.
func checkClock(_ context.Context, m machine, f *findings) {
	c, err := m.clock()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		f.ok("this system does not tell whether the clock is synchronised")
	case err != nil:
		f.warn("the kernel does not tell whether the clock is synchronised ("+err.Error()+")", "look with timedatectl")
	case !c.synchronised:
		f.warn("nothing synchronises the clock: once it is minutes off, signed requests are refused, and receivers refuse webhooks",
			"run chrony or systemd-timesyncd; in a container or a virtual machine, on the host")
	case c.error > skew:
		f.warn("the clock may be "+c.error.Round(time.Second).String()+" off", "see what the time service says: chronyc tracking, timedatectl timesync-status")
	default:
		f.ok("synchronised, at most %v off", c.error.Round(time.Millisecond))
	}
}
