package media

import (
	"fmt"

	"golang.org/x/sync/errgroup"
)

// callsOfASender is how many calls one sender sends in time on a core that is not its own.
const callsOfASender = 100

// Senders share the calls of a run.
type Senders struct {
	all  []*sender
	stop chan struct{}
	work errgroup.Group
}

// NewSenders opens as many sockets as so many calls need.
func NewSenders(f Format, calls int) (*Senders, error) {
	s := &Senders{stop: make(chan struct{})}
	for range (calls + callsOfASender - 1) / callsOfASender {
		one, err := newSender(f)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.all = append(s.all, one)
	}
	return s, nil
}

// of is the sender of a call.
func (s *Senders) of(call int) *sender { return s.all[call%len(s.all)] }

// Port is the port that a call sends from.
func (s *Senders) Port(call int) int { return s.of(call).port() }

// Start sends the legs of all calls until End.
func (s *Senders) Start(calls [][]*Leg) {
	for i, legs := range calls {
		s.of(i).legs = append(s.of(i).legs, legs...)
	}
	for _, one := range s.all {
		s.work.Go(func() error { return one.run(s.stop) })
	}
}

// Receive counts what comes back until Close.
func (s *Senders) Receive() {
	for _, one := range s.all {
		go one.receive()
	}
}

// End stops all senders, and says why one has stopped before.
func (s *Senders) End() error {
	close(s.stop)
	if err := s.work.Wait(); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	return nil
}

// Sent is how many packets have been sent.
func (s *Senders) Sent() (n uint64) {
	for _, one := range s.all {
		n += one.sent.Load()
	}
	return n
}

// Received is how many packets have come back.
func (s *Senders) Received() (n uint64) {
	for _, one := range s.all {
		n += one.received.Load()
	}
	return n
}

// Close closes the sockets.
func (s *Senders) Close() {
	for _, one := range s.all {
		one.close()
	}
}
