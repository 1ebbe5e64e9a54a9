package door

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"
)

// Listener puts the door in front of a listener: connections over its limits are closed at once.
func (d *Door) Listener(inner net.Listener) net.Listener {
	return &listener{Listener: inner, door: d, closed: make(chan struct{})}
}

type listener struct {
	net.Listener
	door   *Door
	once   sync.Once
	closed chan struct{}
}

// pause is how long accepting waits after a transient failure.
const pause = 50 * time.Millisecond

// Accept waits for a connection that is let in. A transient failure, such as that of a process without descriptors, is none of the
// caller's: the servers behind the door would end because of it.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if isTransient(err) {
			l.door.refused(nil, "accept", err)
			if l.backOff() {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		in, reason := l.door.admit(c)
		if reason == "" {
			return in, nil
		}
		l.door.refused(c, reason, nil)
		_ = c.Close()
	}
}

// backOff waits before the next attempt. False: the listener was closed meanwhile.
func (l *listener) backOff() bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.closed:
		return false
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// isTransient reports whether accepting failed for want of something that comes back, or because of the peer.
func isTransient(err error) bool {
	for _, transient := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, transient) {
			return true
		}
	}
	return false
}

// refused counts a connection that was not let in. The first one is a line of the log, the others of a minute are another.
func (d *Door) refused(c net.Conn, reason string, err error) {
	d.metrics.refused.WithLabelValues(d.cfg.Name, reason).Inc()
	args := []any{"door", d.cfg.Name, "reason", reason}
	if c != nil {
		args = append(args, "network", sourceOf(c).host)
	}
	if err != nil {
		args = append(args, "error", err)
	}
	d.env.Repeats.Count(d.env.Log, reason, "connections refused", args...)
}
