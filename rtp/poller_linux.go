package rtp

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// promptly is how long a poller lets datagrams gather that somebody waits for. A round costs as much as the waking of a goroutine; without a
	// pause, each datagram would have a round of its own.
	promptly = 10 * time.Millisecond
	// patiently is how long it lets all others gather: five packets of the usual 20 ms. Most of what the first of them costs is memory of its leg
	// that has left the processor's cache.
	patiently = 100 * time.Millisecond
	// maxEvents is how many sockets one system call says to be ready.
	maxEvents = 1024
	// maxTurn is how many datagrams of one socket are read in a row: five seconds of media. A flood delays the other sockets by no more.
	maxTurn = 256
	// maxLooks is how often a round looks for sockets that are ready.
	maxLooks = 4
	// turns is how many patient sockets are read in a row before the prompt ones are looked for: they wait for a millisecond.
	turns = 64
	// fast is more than gathers in real time. A socket with more could overflow.
	fast = 32
	// calm is how many times in a row no more than a batch is found in a socket until it may gather again: ten seconds of media.
	calm = 500
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
	awaited       chan struct{}     // has room for one: there is a prompt socket
	stop, stopped chan struct{}

	events [maxEvents]unix.EpollEvent
	ready  [urgencies][]*polled
	inbox  *inbox
}

func newPoller(of *pollers) (p *poller, err error) {
	p = &poller{of: of, sockets: map[int32]*polled{}, awaited: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}), inbox: newInbox()}
	for u := range p.epoll {
		if p.epoll[u], err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
			for _, fd := range p.epoll[:u] {
				_ = unix.Close(fd)
			}
			return nil, err
		}
	}
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
	running := true
	for {
		select {
		case <-p.awaited:
			if !running {
				soon.Reset(promptly)
				running = true
			}
		case <-soon.C:
			if p.promptRound(); p.of.watched(p, prompt) == 0 {
				soon.Stop()
				running = false
			}
		case <-late.C:
			p.patientRound(running)
		case <-p.stop:
			return
		}
	}
}

// promptRound reads all prompt sockets until they are empty, or a flood has had its share: what is left is found in the next round.
func (p *poller) promptRound() {
	for range maxLooks {
		if p.look(prompt) == 0 {
			return
		}
		for _, s := range p.ready[prompt] {
			s.read(p.inbox)
		}
	}
}

// patientRound reads all others likewise. Prompt ones do not wait until it is over.
func (p *poller) patientRound(awaited bool) {
	for range maxLooks {
		n := p.look(patient)
		for i, s := range p.ready[patient] {
			if awaited && i%turns == turns-1 {
				p.promptRound()
			}
			s.read(p.inbox)
		}
		if n < maxEvents {
			return
		}
	}
}

// look finds the sockets of an urgency that have something, and returns how many were found.
func (p *poller) look(u urgency) int {
	n, err := unix.EpollWait(p.epoll[u], p.events[:], 0)
	p.ready[u] = p.ready[u][:0]
	if err != nil || n == 0 {
		return 0
	}
	p.inbox.now = p.of.now()
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	for _, e := range p.events[:n] {
		if s := p.sockets[e.Fd]; s != nil {
			p.ready[u] = append(p.ready[u], s)
		}
	}
	return n
}
