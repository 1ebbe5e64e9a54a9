package rtp

import (
	"errors"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// polled is a media socket that a poller reads.
type polled struct {
	reading sync.Mutex // held while it is read; guards the fields below
	removed bool
	failed  int // errors in a row
	slow    int // turns in a row with no more than a batch since it hurried, and one; 0: it does not

	to     handler
	fd     int
	using  sync.RWMutex // held for reading while fd is written to, for writing while it is closed
	closed bool
	local  net.Addr
	by     *pollers

	poller  *poller  // nil: it does not receive
	why     awaiting // guarded by the mutex of all pollers, as is the next
	watched bool     // by the poller's epoll
}

func (s *polled) receive(to handler) error {
	s.to = to
	return s.by.add(s)
}

func (s *polled) close() {
	if s.poller != nil {
		s.by.remove(s)
		s.reading.Lock()
		s.removed = true
		s.reading.Unlock()
		s.drain()
	}
	s.using.Lock()
	defer s.using.Unlock()
	s.closed = true
	_ = unix.Close(s.fd)
}

// drain hands on what the socket still holds. Nobody else reads it any more.
func (s *polled) drain() {
	in := newInbox()
	quiet := time.NewTimer(drainQuiet)
	defer quiet.Stop()
	drain(func() bool {
		in.now = s.by.now()
		if n, err := in.receive(s.fd); err == nil {
			s.hand(in, n)
			return true
		}
		quiet.Reset(drainQuiet)
		<-quiet.C
		return false
	})
}

// await implements mediaSocket.
func (s *polled) await(why awaiting, on bool) { s.by.await(s, why, on) }

// urgency is how soon it is read. The caller holds the mutex of all pollers, as for the next two.
func (s *polled) urgency() urgency {
	if s.why == 0 {
		return patient
	}
	return prompt
}

// watch has the poller find the socket when it has something, and unwatch undoes it.
func (s *polled) watch(u urgency) error {
	p := s.poller
	if err := unix.EpollCtl(p.epoll[u], unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(s.fd)}); err != nil {
		return err
	}
	if p.watched[u]++; u == prompt {
		select {
		case p.awaited <- struct{}{}:
		default: // it knows
		}
	}
	return nil
}

func (s *polled) unwatch(u urgency) {
	_ = unix.EpollCtl(s.poller.epoll[u], unix.EPOLL_CTL_DEL, s.fd, nil)
	s.poller.watched[u]--
}

// forget has it not find the socket any more.
func (s *polled) forget() {
	if s.watched {
		s.unwatch(s.urgency())
		s.watched = false
	}
}

// catchUp implements mediaSocket.
func (s *polled) catchUp() {
	in := newInbox()
	in.now = s.by.now()
	s.read(in)
}

// read hands on what the socket has, but for a flood.
func (s *polled) read(in *inbox) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.removed {
		return
	}
	read, fresh := 0, false
	for read < maxTurn {
		n, err := in.receive(s.fd)
		if err != nil {
			s.fail(err)
			break
		}
		if read == 0 {
			fresh = in.waited(0) < 2*patiently
		}
		s.failed = 0
		s.hand(in, n)
		if read += n; n < batch {
			break
		}
	}
	s.keepUp(read, fresh)
}

// keepUp has a socket read promptly that has more at once than comes in real time, until that is over. What is not fresh is a backlog of this
// machine, which says nothing about the sender.
func (s *polled) keepUp(read int, fresh bool) {
	switch {
	case read >= fast && fresh, read >= maxTurn: // what it has could be older for ever
		s.by.await(s, hurrying, true)
		s.slow = 1
	case read > batch:
		s.slow = min(s.slow, 1)
	case s.slow > 0:
		if s.slow++; s.slow > calm {
			s.by.await(s, hurrying, false)
			s.slow = 0
		}
	}
}

// hand hands on n datagrams.
func (s *polled) hand(in *inbox, n int) {
	for i := range n {
		s.to.handle(in.datagram(i))
	}
}

// fail takes in that nothing was read. A socket that fails again and again is not looked at any more.
func (s *polled) fail(err error) {
	if errors.Is(err, unix.EAGAIN) {
		return
	}
	if s.failed++; s.failed == maxFailures {
		s.by.ignore(s)
		s.by.env.Log.Error("RTP socket failed", "address", s.local.String(), "error", err)
	}
}
