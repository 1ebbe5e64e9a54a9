package rtp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"timbre"
	"timbre/environment"
)

// firstEphemeral is where the ports begin that the operating system gives to outgoing sockets: one of ours may be among them.
const firstEphemeral = 32768

// quarantine is how long a pair of ports rests before it is used again: packets of the previous call may still arrive.
const quarantine = 5 * time.Second

// Config of a Pool.
type Config struct {
	First, Last uint16 // ports to use, both included
	DSCP        int    // of all packets sent, 0 to 63
	// MayOpen asks for the descriptors of a stream. False: what is left is set aside, and the stream is refused; nil: there is no limit.
	MayOpen func(descriptors int) bool
}

// PerStream is how many descriptors a stream takes: its media and its RTCP socket.
const PerStream = 2

// Pool opens streams on pairs of ports of a range. It reuses a pair only when all others have been used, and not before its
// quarantine is over, so that late packets of a call do not reach the next one. Pairs below port 32768 come first.
type Pool struct {
	env              environment.Environment
	cfg              Config
	metrics          *metrics
	opened           time.Time
	reportInterval   time.Duration // between receiver reports
	handshakeTimeout time.Duration

	certificate tls.Certificate
	adopt       adopter
	size        int // pairs of ports, used and free

	mu        sync.Mutex
	low, high []freePair // the longest unused first
	wary      time.Time  // until then, pairs are listened to before they are used: see Beware
}

// freePair is a pair of ports that no stream has.
type freePair struct {
	port  uint16    // the even one
	until time.Time // end of its quarantine
}

// New makes a pool. Invalid: the range holds no pair of an even port and the next one.
func New(env environment.Environment, cfg Config) (*Pool, error) {
	p := &Pool{env: env.Complete(), cfg: cfg, opened: time.Now(), reportInterval: 5 * time.Second, handshakeTimeout: 30 * time.Second}
	for port := int(cfg.First) + int(cfg.First)%2; port != 0 && port+1 <= int(cfg.Last); port += 2 {
		p.put(freePair{port: uint16(port)})
	}
	if p.size = len(p.low) + len(p.high); p.size == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "rtp.New", "ports %d-%d hold no pair of an even port and the next one", cfg.First, cfg.Last)
	}
	var err error
	if p.certificate, err = newCertificate(p.env.Now()); err != nil {
		return nil, err
	}
	p.metrics = newMetrics(p.env.Metrics, p)
	p.adopt = newAdopter(p.env)
	return p, nil
}

// Size is how many pairs of ports there are.
func (p *Pool) Size() int { return p.size }

// Free is how many pairs of ports are not in use, those in quarantine included.
func (p *Pool) Free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.low) + len(p.high)
}

// resting is how many free pairs are in quarantine.
func (p *Pool) resting() (n int) {
	now := p.env.Steady()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, free := range [][]freePair{p.low, p.high} {
		for i := len(free) - 1; i >= 0 && free[i].until.After(now); i-- {
			n++
		}
	}
	return n
}

// panicked counts a panic of a decoder. The log has the first one of a codec, where it comes from, and how many follow.
func (p *Pool) panicked(c timbre.Codec, cause any) {
	p.metrics.panics.WithLabelValues(c.Name()).Inc()
	p.env.Repeats.Count(p.env.Log, c.Name(), "decoder panicked", "codec", c.Name(), "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
}

// release returns a pair, which goes into quarantine.
func (p *Pool) release(port uint16) { p.put(freePair{port, p.env.Steady().Add(quarantine)}) }

func (p *Pool) put(r freePair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.port < firstEphemeral {
		p.low = append(p.low, r)
	} else {
		p.high = append(p.high, r)
	}
}

// acquire takes the even port of a free pair that is not in quarantine. False: there is none.
func (p *Pool) acquire() (port uint16, ok bool) {
	now := p.env.Steady()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, from := range []*[]freePair{&p.low, &p.high} {
		if len(*from) > 0 && !(*from)[0].until.After(now) {
			port, *from = (*from)[0].port, (*from)[1:]
			return port, true
		}
	}
	return 0, false
}

// listen opens the sockets of a free pair: media on the even port, RTCP on the next one. It passes over pairs that another
// program uses. Unavailable: there is no free pair, or the system refuses sockets.
func (p *Pool) listen(local netip.Addr) (media, control *net.UDPConn, port uint16, err error) {
	var taken []uint16
	defer func() {
		for _, t := range taken {
			p.release(t)
		}
		if err != nil {
			p.metrics.exhausted.Inc()
		}
	}()
	if p.cfg.MayOpen != nil && !p.cfg.MayOpen(PerStream) {
		return nil, nil, 0, timbre.Errorf(timbre.Unavailable, "rtp.Open", "no descriptors are left for a stream: ulimit -n is too low for so many calls")
	}
	for wary := p.isWary(); ; {
		port, ok := p.acquire()
		if !ok {
			return nil, nil, 0, timbre.Errorf(timbre.Unavailable, "rtp.Open", "no pair of RTP ports is free: %d are in quarantine after a call, all others are in use", p.resting())
		}
		media, control, err := p.bind(local, port)
		if err == nil && wary && stray(media) {
			p.metrics.strays.Inc()
			_, _ = media.Close(), control.Close()
			taken = append(taken, port)
			continue
		}
		if err == nil {
			return media, control, port, nil
		}
		taken = append(taken, port)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, nil, 0, timbre.Errorf(timbre.Unavailable, "rtp.Open", "cannot open an RTP socket: %w", err)
		}
	}
}
