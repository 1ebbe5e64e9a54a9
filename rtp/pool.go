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

// Config of a Pool. Zero values: no log, no metrics, the clock of the machine.
type Config struct {
	First, Last uint16 // the ports to use, both included
	Now         func() time.Time
	Log         *slog.Logger
	Metrics     prometheus.Registerer
}

// Pool hands out streams on pairs of ports of a range. A pair is used again only when all the others have been, so that
// packets of a call that has ended do not meet the next one. Pairs below port 32768 come first.
type Pool struct {
	now     func() time.Time
	log     *slog.Logger
	metrics *metrics
	every   time.Duration // between receiver reports
	shaking time.Duration // that a handshake may take

	identity tls.Certificate

	mu        sync.Mutex
	low, high []uint16 // even ports of the free pairs, the longest unused first
}

// NewPool makes a pool; Invalid when the range holds no pair.
func NewPool(c Config) (*Pool, error) {
	p := &Pool{now: c.Now, log: c.Log, every: 5 * time.Second, shaking: 30 * time.Second}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	for port := int(c.First) + int(c.First)%2; port != 0 && port+1 <= int(c.Last); port += 2 {
		p.free(uint16(port))
	}
	if len(p.low)+len(p.high) == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "rtp.NewPool", "ports %d-%d hold no pair of an even port and the next one", c.First, c.Last)
	}
	var err error
	if p.identity, err = identify(p.now()); err != nil {
		return nil, err
	}
	p.metrics = newMetrics(c.Metrics)
	return p, nil
}

// Free is how many pairs of ports are free.
func (p *Pool) Free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.low) + len(p.high)
}

func (p *Pool) free(port uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if port < ephemeral {
		p.low = append(p.low, port)
	} else {
		p.high = append(p.high, port)
	}
}

// take gives the even port of a free pair; false when there is none.
func (p *Pool) take() (port uint16, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := &p.low
	if len(*from) == 0 {
		from = &p.high
	}
	if len(*from) == 0 {
		return 0, false
	}
	port, *from = (*from)[0], (*from)[1:]
	return port, true
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
			return nil, nil, 0, timbre.Errorf(timbre.Unavailable, "rtp.Open", "no pair of RTP ports is free")
		}
		media, control, err := bind(local, port)
		if err == nil {
			return media, control, port, nil
		}
		taken = append(taken, port)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, nil, 0, timbre.Errorf(timbre.Unavailable, "rtp.Open", "no RTP socket could be opened: %w", err)
		}
	}
}

func bind(local netip.Addr, port uint16) (media, control *net.UDPConn, err error) {
	open := func(port uint16) (*net.UDPConn, error) {
		return net.ListenUDP("udp", &net.UDPAddr{IP: local.AsSlice(), Port: int(port), Zone: local.Zone()})
	}
	if media, err = open(port); err != nil {
		return nil, nil, err
	}
	if control, err = open(port + 1); err != nil {
		return nil, nil, errors.Join(err, media.Close())
	}
	return media, control, nil
}
