package rtp

import (
	"errors"
	"net"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"timbre/environment"
)

// pollers share the media sockets of a pool. There is one a core at most, and none that has no sockets.
type pollers struct {
	env environment.Environment

	mu  sync.Mutex
	all []*poller // nil: has no sockets
}

func newPollers(env environment.Environment) *pollers {
	return &pollers{env: env, all: make([]*poller, runtime.GOMAXPROCS(0))}
}

func (p *pollers) now() instant { return instant{time.Now().UnixNano(), p.env.Steady()} }

// adopt is an adopter.
func (p *pollers) adopt(c *net.UDPConn) (mediaSocket, error) {
	local := c.LocalAddr()
	fd, err := detach(c)
	if err != nil {
		return nil, err
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) // without it, datagrams arrive when they are read
	return &polled{by: p, local: local, fd: fd}, nil
}

// detach takes a socket from the runtime, whose own poller would be woken by every datagram: the descriptor that it returns is in none.
func detach(c *net.UDPConn) (fd int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, errors.Join(err, c.Close())
	}
	failed := raw.Control(func(own uintptr) { fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) })
	return fd, errors.Join(failed, err, c.Close())
}

// add gives a socket to the poller that has fewest.
func (p *pollers) add(s *polled) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := 0
	for i := range p.all {
		if p.all[i].len() < p.all[at].len() {
			at = i
		}
	}
	if p.all[at] == nil {
		if p.all[at], err = startPoller(p); err != nil {
			return err
		}
	}
	s.poller = p.all[at]
	s.poller.sockets[int32(s.fd)] = s
	return unix.EpollCtl(s.poller.epoll, unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(s.fd)})
}

// remove takes a socket away from its poller, and ends a poller that has lost its last one.
func (p *pollers) remove(s *polled) {
	p.mu.Lock()
	own := s.poller
	_ = unix.EpollCtl(own.epoll, unix.EPOLL_CTL_DEL, s.fd, nil)
	delete(own.sockets, int32(s.fd))
	last := own.len() == 0
	if last {
		p.all[slices.Index(p.all, own)] = nil
	}
	p.mu.Unlock()
	if last {
		own.end()
	}
}
