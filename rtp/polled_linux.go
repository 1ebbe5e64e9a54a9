package rtp

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// polled is a media socket that a poller reads.
type polled struct {
	reading sync.Mutex // held while it is read; guards the fields below
	removed bool
	failed  int // errors in a row

	to     handler
	fd     int
	using  sync.RWMutex // held for reading while fd is written to, for writing while it is closed
	closed bool
	local  net.Addr
	by     *pollers

	poller  *poller // nil: it does not receive
	urgency urgency // guarded by the mutex of all pollers, as is the next
	watched bool    // by the poller's epoll
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

// hurry implements mediaSocket.
func (s *polled) hurry() {
	if err := s.by.hurry(s); err != nil {
		s.by.env.Log.Error("RTP socket failed", "address", s.local.String(), "error", err)
	}
}

// watch has the poller find the socket when it has something. The caller holds the mutex of all pollers.
func (s *polled) watch() error {
	p := s.poller
	if err := unix.EpollCtl(p.epoll[s.urgency], unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(s.fd)}); err != nil {
		return err
	}
	s.watched = true
	p.watched[s.urgency]++
	if s.urgency == prompt {
		select {
		case p.hurried <- struct{}{}:
		default: // it knows
		}
	}
	return nil
}

// unwatch undoes watch.
func (s *polled) unwatch() {
	if s.watched {
		_ = unix.EpollCtl(s.poller.epoll[s.urgency], unix.EPOLL_CTL_DEL, s.fd, nil)
		s.poller.watched[s.urgency]--
		s.watched = false
	}
}

// read hands on what the socket has, but for a flood.
func (s *polled) read(in *inbox) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.removed {
		return
	}
	for read := 0; read < maxTurn; {
		n, err := in.receive(s.fd)
		if err != nil {
			s.fail(err)
			return
		}
		s.failed = 0
		s.hand(in, n)
		if read += n; n < batch {
			return
		}
		if read == fast {
			s.hurry()
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

// WriteToUDPAddrPort sends a datagram. It does not wait when the socket's buffer is full: media would be late then.
func (s *polled) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	s.using.RLock()
	defer s.using.RUnlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	at, err := s.sockaddr(to)
	if err == nil {
		err = unix.Sendto(s.fd, b, 0, at)
	}
	return len(b), err
}

// sockaddr is an address in the family of the socket.
func (s *polled) sockaddr(to netip.AddrPort) (unix.Sockaddr, error) {
	switch a := to.Addr().Unmap(); {
	case !a.IsValid():
		return nil, unix.EDESTADDRREQ
	case s.local.(*net.UDPAddr).IP.To4() == nil:
		return &unix.SockaddrInet6{Port: int(to.Port()), Addr: a.As16()}, nil
	case a.Is4():
		return &unix.SockaddrInet4{Port: int(to.Port()), Addr: a.As4()}, nil
	}
	return nil, unix.EAFNOSUPPORT
}

// LocalAddr is the address of the socket.
func (s *polled) LocalAddr() net.Addr { return s.local }
