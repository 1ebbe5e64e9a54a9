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
	poller *poller // nil: it does not receive
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
		if in.receive(s.fd) == nil {
			s.to.handle(&in.datagram)
			return true
		}
		quiet.Reset(drainQuiet)
		<-quiet.C
		return false
	})
}

// read hands on the next datagram.
func (s *polled) read(in *inbox) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.removed {
		return
	}
	if err := in.receive(s.fd); err != nil {
		s.fail(err)
		return
	}
	s.failed = 0
	s.to.handle(&in.datagram)
}

// fail takes in that nothing was read. A socket that fails again and again is not looked at any more.
func (s *polled) fail(err error) {
	if errors.Is(err, unix.EAGAIN) {
		return
	}
	if s.failed++; s.failed == maxFailures {
		_ = unix.EpollCtl(s.poller.epoll, unix.EPOLL_CTL_DEL, s.fd, nil)
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
