package sip

import (
	"net"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

const (
	// maxReached is how many addresses the SIP stack may remember of a UDP socket. It forgets them only when it stops reading.
	maxReached = 10000
	// handover is how long it still knows those of before: they may be about to be answered.
	handover = time.Second
)

// serveUDP reads the socket until it is closed. Whenever the stack has heard too many addresses, it begins to read anew.
func (l *listener) serveUDP(to *gosip.TransportLayer) error {
	over := make(chan struct{})
	var all sync.WaitGroup
	defer all.Wait()
	defer close(over)
	var before *reader
	for {
		r := newReader(l.packets, l.most)
		l.reader.Store(r)
		ended := make(chan error, 1)
		all.Go(func() { ended <- to.ServeUDP(r) })
		select {
		case err := <-ended:
			return err
		case <-r.begun: // the stack knows it as the socket's reader, and the one before may go
		}
		if last := before; last != nil {
			all.Go(func() {
				wait := time.NewTimer(l.linger)
				defer wait.Stop()
				select {
				case <-wait.C:
				case <-over:
				}
				close(last.leave)
			})
		}
		before = r
		select {
		case err := <-ended:
			return err
		case <-r.full:
		}
	}
}

// reader is a socket that the stack reads until it has heard enough addresses.
type reader struct {
	net.PacketConn
	most               int // addresses
	begin              sync.Once
	begun, full, leave chan struct{}
	mu                 sync.Mutex
	heard              map[string]struct{}
}

func newReader(socket net.PacketConn, most int) *reader {
	return &reader{PacketConn: socket, most: most, begun: make(chan struct{}), full: make(chan struct{}), leave: make(chan struct{}), heard: map[string]struct{}{}}
}

// note notes an address whose message the stack reads.
func (r *reader) note(from net.Addr) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard[from.String()] = struct{}{}
}

func (r *reader) count() int {
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.heard)
}

func (r *reader) ReadFrom(b []byte) (int, net.Addr, error) {
	r.begin.Do(func() { close(r.begun) })
	if r.count() >= r.most {
		close(r.full)
		<-r.leave
		return 0, nil, net.ErrClosed // it is another one's now
	}
	return r.PacketConn.ReadFrom(b)
}

// reached is how many addresses the stack has heard since it began to read anew, on all sockets.
func (s *Server) reached() (n float64) {
	for _, l := range s.listeners {
		n += float64(l.reader.Load().count())
	}
	return n
}
