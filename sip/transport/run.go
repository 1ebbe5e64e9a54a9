package transport

import (
	"context"
	"errors"
	"net/netip"
	"sync"

	"timbre"
)

// Listen binds every address and returns them with the ports that were assigned. Unavailable: a port is in use, or an
// address is not local; then everything is closed.
func (s *Stack) Listen() ([]string, error) {
	var bound []string
	for _, l := range s.listeners {
		if err := l.listen(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
		if l.packets != nil {
			s.metrics.buffer.Set(float64(receiveBuffer(l.packets)))
		}
		bound = append(bound, l.String())
	}
	return bound, nil
}

// Run reads from the listeners, which Listen has bound, until ctx ends or Close is called, and then closes the stack.
// Unavailable: a listener has failed.
func (s *Stack) Run(ctx context.Context) error {
	failed := make(chan error, len(s.listeners))
	var serving sync.WaitGroup
	defer func() {
		_ = s.Close()
		serving.Wait()
	}()
	for _, l := range s.listeners {
		if l.bound() == nil {
			return timbre.Errorf(timbre.Internal, "transport.Run", "%s is not bound: Listen comes first", l)
		}
		serving.Go(func() { failed <- l.serve(s.ua.TransportLayer()) })
	}
	select {
	case <-ctx.Done():
		return nil
	case <-s.closed:
		return nil
	case err := <-failed:
		select {
		case <-s.closed:
			return nil
		default:
			return timbre.Errorf(timbre.Unavailable, "transport.Run", "a SIP listener has stopped: %w", err)
		}
	}
}

// Close releases sockets, transactions and goroutines. It returns when no handler is in flight.
func (s *Stack) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		for _, l := range s.listeners {
			l.close()
		}
		for _, o := range s.outbound {
			_ = o.Close()
		}
		_ = s.ua.Close() // its errors are of sockets that are closed already
		s.inFlight.close()
		s.serving.Wait()
		_ = s.ua.Close() // connections that the last handlers have opened
	})
	return nil
}

// Addr is the first address bound for udp, tcp or tls; not valid without.
func (s *Stack) Addr(network string) netip.AddrPort {
	for _, l := range s.listeners {
		if l.network == network && l.bound() != nil {
			return AddrPort(l.bound())
		}
	}
	return netip.AddrPort{}
}
