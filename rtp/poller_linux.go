package rtp

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// pause is how long a poller lets datagrams gather. A round costs as much as the waking of a goroutine; without a pause, each datagram
	// would have a round of its own.
	pause = 10 * time.Millisecond
	// maxEvents is how many sockets one system call says to be ready.
	maxEvents = 1024
	// maxLooks is how many datagrams of one socket are read in a round: five seconds of media. A flood delays the other sockets by no more.
	maxLooks = 256
)

// poller reads many sockets on one goroutine, in rounds.
type poller struct {
	of            *pollers
	epoll         int
	sockets       map[int32]*polled // by descriptor; guarded by the mutex of all pollers
	stop, stopped chan struct{}

	events [maxEvents]unix.EpollEvent
	ready  []*polled
	inbox  *inbox
}

func startPoller(of *pollers) (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	p := &poller{of: of, epoll: fd, sockets: map[int32]*polled{}, stop: make(chan struct{}), stopped: make(chan struct{}), inbox: newInbox()}
	go p.run()
	return p, nil
}

// end stops a poller that has no sockets.
func (p *poller) end() {
	close(p.stop)
	<-p.stopped
	_ = unix.Close(p.epoll)
}

// len is the number of its sockets, 0 for nil.
func (p *poller) len() int {
	if p == nil {
		return 0
	}
	return len(p.sockets)
}

func (p *poller) run() {
	defer close(p.stopped)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		p.round()
		select {
		case <-tick.C:
		case <-p.stop:
			return
		}
	}
}

// round reads all sockets until they are empty, or a flood has had its share: what is left is found in the next round.
func (p *poller) round() {
	for range maxLooks {
		if !p.look() {
			return
		}
		p.inbox.now = p.of.now()
		for _, s := range p.ready {
			s.read(p.inbox)
		}
	}
}

// look finds the sockets that have something. False: none has.
func (p *poller) look() bool {
	n, err := unix.EpollWait(p.epoll, p.events[:], 0)
	if err != nil {
		return false
	}
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.ready = p.ready[:0]
	for _, e := range p.events[:n] {
		if s := p.sockets[e.Fd]; s != nil {
			p.ready = append(p.ready, s)
		}
	}
	return n > 0
}
