package feed

import (
	"time"

	"github.com/coder/websocket"
)

// part reads on after a failure that was found in a message, until a sender that ends the feed itself has done so.
func (f *session) part() {
	d, parts := f.dialect.(parter)
	if !parts {
		return
	}
	for {
		kind, message, err := f.conn.Read(f.ctx)
		if err != nil {
			return
		}
		if kind == websocket.MessageText && d.parts(message) {
			f.tell(speaker.stopped)
			return
		}
	}
}

// awaitParting gives a sender that was sent a failure, and then ends the feed itself, the time for it.
func (f *session) awaitParting() {
	s := f.speaker.Load()
	if s == nil {
		return
	}
	if _, parts := (*s).(parter); !parts {
		return
	}
	timer := time.NewTimer(closeTimeout)
	defer timer.Stop()
	select {
	case <-f.left:
	case <-timer.C:
	}
}
