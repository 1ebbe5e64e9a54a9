package rtp

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// ephemeral is where the ports begin that an operating system gives to outgoing sockets: it may hold one of ours by chance.
const ephemeral = 32768

// quarantine is how long a pair rests before it is used again: packets of the call before may still be on their way.
const quarantine = 5 * time.Second

// Config of a Pool. Zero values: no log, no metrics, the clock of the machine.
type Config struct {
	First, Last uint16 // the ports to use, both included
	DSCP        int    // the mark of all that is sent, 0 to 63
	Now         func() time.Time
	Log         *slog.Logger
	Metrics     prometheus.Registerer
}

// Pool hands out streams on pairs of ports of a range. A pair is used again only when all the others have been, and never
// before it has rested, so that packets of a call that has ended do not meet the next one. Pairs below port 32768 come first.
type Pool struct {
	now     func() time.Time
	log     *slog.Logger
	metrics *metrics
	every   time.Duration // between receiver reports
	shaking time.Duration // that a handshake may take
	dscp    int

	identity tls.Certificate

	mu        sync.Mutex
	low, high []rest // free pairs, the longest unused first
}

// rest is a free pair: its even port, and until when it rests.
type rest struct {
	port  uint16
	until time.Time
}

// NewPool makes a pool; Invalid when the range holds no pair.
func NewPool(c Config) (*Pool, error) {
	p := &Pool{now: c.Now, log: c.Log, every: 5 * time.Second, shaking: 30 * time.Second, dscp: c.DSCP}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	for port := int(c.First) + int(c.First)%2; port != 0 && port+1 <= int(c.Last); port += 2 {
		p.put(rest{port: uint16(port)})
	}
	if len(p.low)+len(p.high) == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "rtp.NewPool", "ports %d-%d hold no pair of an even port and the next one", c.First, c.Last)
	}
	var err error
	if p.identity, err = identify(p.now()); err != nil {
		return nil, err
	}
	p.metrics = newMetrics(c.Metrics, p)
	return p, nil
}

// Free is how many pairs of ports are free, those that rest included.
func (p *Pool) Free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.low) + len(p.high)
}

// resting is how many of the free pairs are not to be used yet.
func (p *Pool) resting() (n int) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, free := range [][]rest{p.low, p.high} {
		for i := len(free) - 1; i >= 0 && free[i].until.After(now); i-- {
			n++
		}
	}
	return n
}

// free gives a pair back, for it to rest.
func (p *Pool) free(port uint16) { p.put(rest{port, p.now().Add(quarantine)}) }

func (p *Pool) put(r rest) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.port < ephemeral {
		p.low = append(p.low, r)
	} else {
		p.high = append(p.high, r)
	}
}

// take gives the even port of a free pair that has rested; false when there is none.
func (p *Pool) take() (port uint16, ok bool) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, from := range []*[]rest{&p.low, &p.high} {
		if len(*from) > 0 && !(*from)[0].until.After(now) {
			port, *from = (*from)[0].port, (*from)[1:]
			return port, true
		}
	}
	return 0, false
}

// listen opens the sockets of a free pair: media on the even port, RTCP on the next one. A pair that somebody else uses is
// passed over. Unavailable when there is none, or when the system refuses sockets.
func (p *Pool) listen(local netip.Addr) (media, control *net.UDPConn, port uint16, err error) {
	var taken []uint16
	defer func() {
		for _, t := range taken {
			p.free(t)
		}
		if err != nil {
			p.metrics.exhausted.Inc()
		}
	}()
	for {
		port, ok := p.take()
		if !ok {
			return nil, nil, 0, timbre.Errorf(timbre.Unavailable, "rtp.Open", "no pair of RTP ports is free: %d rest after a call, all others are in use", p.resting())
		}
		media, control, err := p.bind(local, port)
		if err == nil {
			return media, control, port, nil
		}
		taken = append(taken, port)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, nil, 0, timbre.Errorf(timbre.Unavailable, "rtp.Open", "no RTP socket could be opened: %w", err)
		}
	}
}
