package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// supervisor tells the service manager, if there is one, what the server does: see sd_notify(3).
type supervisor struct{ log *slog.Logger }

// ready says that the server takes calls.
func (s supervisor) ready() { s.notify(daemon.SdNotifyReady) }

// stopping says that the server ends, and for how long its live calls may go on.
func (s supervisor) stopping(drain time.Duration) {
	s.notify(fmt.Sprintf("%s\nEXTEND_TIMEOUT_USEC=%d", daemon.SdNotifyStopping, (drain + closing).Microseconds()))
}

// closing is what a server may take after its last call: to deliver events and to close the database.
const closing = 30 * time.Second

func (s supervisor) notify(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		s.log.Warn("cannot notify the service manager", "state", state, "error", err)
	}
}
