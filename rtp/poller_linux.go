package rtp

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// promptly is how long a poller lets datagrams gather that somebody waits for. A round costs as much as the waking of a goroutine; without a
	// pause, each datagram would have a round of its own.
	promptly = 10 * time.Millisecond
	// patiently is how long it lets all others gather: three packets of the usual 20 ms. Most of what the first of them costs is memory of its leg
	// that has left the processor's cache.
	patiently = 100 * time.Millisecond
	// maxEvents is how many sockets one system call says to be ready.
	maxEvents = 1024
	// maxTurn is how many datagrams of one socket are read in a row: twenty seconds of media. A flood delays the other sockets by no more.
	maxTurn = 1024
	// fast is more than comes in real time while datagrams gather. A socket with more could overflow.
	fast = 32
)

// urgency says how soon the datagrams of a socket are read.
type urgency int

const (
	patient urgency = iota
	prompt
	urgencies
)

// poller reads many sockets on one goroutine, in rounds.
type poller struct {
	of            *pollers
	epoll         [urgencies]int
	sockets       map[int32]*polled // by descriptor; guarded by the mutex of all pollers
	watched       [urgencies]int    // how many of them epoll watches; guarded likewise
	hurried       chan struct{}     // has room for one: there is a prompt socket
	stop, stopped chan struct{}

	events [maxEvents]unix.EpollEvent
	ready  []*polled
	inbox  *inbox
}

func startPoller(of *pollers) (p *poller, err error) {
	p = &poller{of: of, sockets: map[int32]*polled{}, hurried: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}), inbox: newInbox()}
	for u := range p.epoll {
		if p.epoll[u], err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
			for _, fd := range p.epoll[:u] {
				_ = unix.Close(fd)
			}
			return nil, err
		}
	}
	go p.run()
	return p, nil
}

// end stops a poller that has no sockets.
func (p *poller) end() {
	close(p.stop)
	<-p.stopped
	for _, fd := range p.epoll {
		_ = unix.Close(fd)
	}
}

// len is the number of its sockets, 0 for nil.
func (p *poller) len() int {
	if p == nil {
		return 0
	}
	return len(p.sockets)
}

// run holds the rounds of prompt sockets only while there are any: each wakes a thread.
func (p *poller) run() {
	defer close(p.stopped)
	soon, late := time.NewTicker(promptly), time.NewTicker(p.of.patience)
	defer soon.Stop()
	defer late.Stop()
	for {
		select {
		case <-p.hurried:
			soon.Reset(promptly)
		case <-soon.C:
			if p.round(prompt); p.of.watched(p, prompt) == 0 {
				soon.Stop()
			}
		case <-late.C:
			p.round(patient)
		case <-p.stop:
			return
		}
	}
}

// round reads all sockets of an urgency until they are empty, or a flood has had its share: what is left is found in the next round. What arrives at
// prompt sockets meanwhile is part of the round.
func (p *poller) round(u urgency) {
	for range maxTurn {
		n := p.look(u)
		p.inbox.now = p.of.now()
		for _, s := range p.ready {
			s.read(p.inbox)
		}
		if n == 0 || u == patient && n < maxEvents {
			return
		}
	}
}

// look finds the sockets that have something, and returns how many were found.
func (p *poller) look(u urgency) int {
	n, err := unix.EpollWait(p.epoll[u], p.events[:], 0)
	p.ready = p.ready[:0]
	if err != nil || n == 0 {
		return 0
	}
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	for _, e := range p.events[:n] {
		if s := p.sockets[e.Fd]; s != nil {
			p.ready = append(p.ready, s)
		}
	}
	return n
}
