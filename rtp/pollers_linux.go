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
	env      environment.Environment
	patience time.Duration // between the rounds of patient sockets

	mu   sync.Mutex
	all  []*poller // nil: has no sockets
	last int       // where the last socket went
}

func newPollers(env environment.Environment) *pollers {
	return &pollers{env: env, patience: patiently, all: make([]*poller, runtime.GOMAXPROCS(0))}
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

// add gives a socket to the poller that the one before went to, or to the one that has fewest: legs of a call, which are opened one after the
// other, share memory that should stay in one processor's cache.
func (p *pollers) add(s *polled) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fewest := slices.MinFunc(p.all, func(a, b *poller) int { return a.len() - b.len() })
	if p.all[p.last].len() > fewest.len()+1 {
		p.last = slices.Index(p.all, fewest)
	}
	at := p.last
	if p.all[at] == nil {
		if p.all[at], err = newPoller(p); err != nil {
			return err
		}
		go p.all[at].run()
	}
	s.poller = p.all[at]
	s.poller.sockets[int32(s.fd)] = s
	err = s.watch(s.urgency())
	s.watched = err == nil
	return err
}

// await changes the reasons why a socket is read promptly.
func (p *pollers) await(s *polled, why awaiting, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, old := s.urgency(), s.why
	if s.why &^= why; on {
		s.why |= why
	}
	now := s.urgency()
	switch {
	case !s.watched || now == before:
	default:
		if err := s.watch(now); err != nil { // it stays where it was
			s.why = old
			p.env.Log.Error("RTP socket cannot be watched otherwise", "address", s.local.String(), "error", err)
			return
		}
		s.unwatch(before)
	}
}

// ignore has a socket not read any more.
func (p *pollers) ignore(s *polled) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.forget()
}

// watched is how many sockets of an urgency a poller reads.
func (p *pollers) watched(by *poller, u urgency) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return by.watched[u]
}

// remove takes a socket away from its poller, and ends a poller that has lost its last one.
func (p *pollers) remove(s *polled) {
	p.mu.Lock()
	own := s.poller
	s.forget()
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
