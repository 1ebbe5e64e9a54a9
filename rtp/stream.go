package rtp

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/pion/rtp"
	"golang.org/x/time/rate"

	"timbre"
)

const (
	maxDatagram = 2048 // bytes: longer than any packet of speech
	minPacket   = 12   // bytes: an RTP header
)

// Stream receives the media of one leg on a pair of ports. It implements timbre.MediaStream.
type Stream struct {
	pool                *Pool
	port                uint16
	mediaConn           mediaSocket
	controlConn         *net.UDPConn
	ssrc                uint32 // in our reports
	output              output
	opaque              atomic.Bool            // its datagrams are not RTP
	relay               atomic.Pointer[Stream] // to whose peer its packets are sent; nil without
	closed              sync.Once
	control, handshakes sync.WaitGroup // the goroutine that reads the RTCP socket; DTLS

	receiving sync.Mutex     // held while datagrams from the media socket are handled; guards the fields below
	preKey    []preKeyPacket // packets buffered until their key arrives
	chain
	parsed    rtp.Packet
	plaintext []byte // the current packet, decrypted
	relayBuf  []byte // the same, as it is relayed

	mu          sync.Mutex // guards the fields below
	media       timbre.Media
	payloads    [128]timbre.Codec
	latch       latch
	stats       Stats
	source      sourceStats
	judgement   judgement
	controlHost netip.Addr    // host that RTCP has come from
	relayLimit  *rate.Limiter // for destinations that have sent nothing
	closing     bool

	crypto       [ports]*cryptoContext
	associations [ports]*association
}

// open binds a pair of ports for a stream.
func (p *Pool) open(spec timbre.Media, to timbre.Listener) (*Stream, error) {
	media, control, port, err := p.listen(spec.Local)
	if err != nil {
		return nil, err
	}
	s := p.stream(spec, to)
	s.port, s.controlConn = port, control
	if err := s.receive(media); err != nil {
		err = errors.Join(err, control.Close())
		p.release(port)
		return nil, err
	}
	p.metrics.streams.Inc()
	s.control.Go(s.serveControl)
	return s, nil
}

// stream makes a stream without sockets.
func (p *Pool) stream(spec timbre.Media, to timbre.Listener) *Stream {
	s := &Stream{pool: p, ssrc: rand.Uint32(), media: spec, payloads: payloadTable(spec), relayLimit: newRelayLimiter()}
	s.opaque.Store(spec.Opaque)
	s.latch.signal(spec)
	s.output.to = to
	s.connect(&s.output, 0, p.panicked)
	return s
}

// Port implements timbre.MediaStream.
func (s *Stream) Port() int { return int(s.port) }

// Update implements timbre.MediaStream. A new remote address opens the latch again; a hold delivers what is buffered, because no more
// packets may follow.
func (s *Stream) Update(spec timbre.Media) {
	s.negotiate(spec)
	if spec.Hold {
		s.flush()
	}
}

// Prompt implements timbre.PromptStream.
func (s *Stream) Prompt(on bool) {
	if on {
		s.mediaConn.catchUp()
	}
	s.mediaConn.await(listening, on)
}

// negotiate applies a description to what arrives from now on.
func (s *Stream) negotiate(spec timbre.Media) {
	s.mediaConn.catchUp()
	s.mediaConn.await(handshaking, spec.DTLS != nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media, s.payloads = spec, payloadTable(spec)
	s.opaque.Store(spec.Opaque)
	s.latch.signal(spec)
	if err := s.applyKeys(); err != nil {
		s.pool.env.Log.Error("cannot apply new SRTP keys", "port", s.port, "error", err)
	}
}

// Close implements timbre.MediaStream. The listener must not call it.
func (s *Stream) Close() {
	s.closed.Do(func() {
		s.stop()
		s.flush()
		_ = s.controlConn.Close()
		s.control.Wait()
		s.closeOutput()
		s.pool.release(s.port)
		s.pool.metrics.streams.Dec()
		stats := s.Stats()
		s.pool.env.Log.Debug("RTP stream closed", "port", s.port, "packets", stats.Packets, "lost", stats.Lost, "late", stats.Late,
			"jitter", stats.Jitter)
	})
}
