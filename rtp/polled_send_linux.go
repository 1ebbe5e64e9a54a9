package rtp

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

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
