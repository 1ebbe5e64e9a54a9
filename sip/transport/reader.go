package transport

import (
	"net"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

const (
	// maxSources is how many source addresses the SIP stack may hold for one reader of a UDP socket. It releases them only
	// when the reader ends.
	maxSources = 10000
	// readerLinger is how long it holds those of a reader that has been replaced: responses to them may be due.
	readerLinger = time.Second
)

// serveUDP reads the socket until it is closed. Whenever the stack holds too many sources, a new reader replaces the old one.
func (l *listener) serveUDP(to *gosip.TransportLayer) error {
	over := make(chan struct{})
	var all sync.WaitGroup
	defer all.Wait()
	defer close(over)
	var previous *reader
	for {
		r := newReader(l.packets, l.maxSources)
		l.reader.Store(r)
		ended := make(chan error, 1)
		all.Go(func() { ended <- to.ServeUDP(r) })
		select {
		case err := <-ended:
			return err
		case <-r.begun: // the stack writes to the socket through it, and the previous one may end
		}
		if old := previous; old != nil {
			all.Go(func() { old.end(l.linger, over) })
		}
		previous = r
		select {
		case err := <-ended:
			return err
		case <-r.full:
		}
	}
}

// reader is a socket that the stack reads until it holds a number of sources.
type reader struct {
	net.PacketConn
	maxSources          int
	begin               sync.Once
	begun, full, ending chan struct{}
	mu                  sync.Mutex
	sources             map[string]struct{}
}

func newReader(socket net.PacketConn, maxSources int) *reader {
	return &reader{
		PacketConn: socket, maxSources: maxSources,
		begun: make(chan struct{}), full: make(chan struct{}), ending: make(chan struct{}), sources: map[string]struct{}{},
	}
}

// note counts the source of a message that the stack reads.
func (r *reader) note(source net.Addr) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sources[source.String()] = struct{}{}
}

func (r *reader) count() int {
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sources)
}

// ReadFrom reads a datagram. A reader that is full waits for its end: by then another one reads the socket.
func (r *reader) ReadFrom(b []byte) (int, net.Addr, error) {
	r.begin.Do(func() { close(r.begun) })
	if r.count() >= r.maxSources {
		close(r.full)
		<-r.ending
		return 0, nil, net.ErrClosed
	}
	return r.PacketConn.ReadFrom(b)
}

// end lets a reader that is full end, after a time or when over is closed.
func (r *reader) end(after time.Duration, over <-chan struct{}) {
	wait := time.NewTimer(after)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-over:
	}
	close(r.ending)
}

// pooledSources is how many sources the stack holds for the current reader of each socket.
func (s *Stack) pooledSources() (n float64) {
	for _, l := range s.listeners {
		n += float64(l.reader.Load().count())
	}
	return n
}
