package rtp

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"timbre"
)

const (
	largest = 2048 // bytes: no packet of speech is as long
	header  = 12   // bytes: no RTP packet is shorter
	// A stream that closes reads what its socket still holds, until it has been quiet twice for so long.
	quiet = 2 * time.Millisecond
	// drained is how many packets it reads at most then: more than a socket buffer holds.
	drained = 1024
	// failures is how many errors in a row make a socket useless.
	failures = 100
)

// Stream is one leg's media: a pair of ports and what comes in on them.
type Stream struct {
	pool           *Pool
	port           uint16
	media, control *net.UDPConn
	self           uint32 // our SSRC in reports
	hearer         listener
	opaque         atomic.Bool            // what comes is no RTP
	relay          atomic.Pointer[Stream] // whose peer gets what comes
	closed         sync.Once
	owned, shaking sync.WaitGroup // receiving and reporting; handshakes

	// Of the receiving goroutine alone.
	ring   ring
	line   timeline
	parsed rtp.Packet
	last   time.Time // when a packet came last
	early  []early   // what came before its key
	opened []byte    // the packet that is being taken, as it was before it was sealed
	sealed []byte    // the same, as the other end of a relay gets it

	mu        sync.Mutex // guards what follows
	spec      timbre.Media
	codecs    [128]timbre.Codec
	latch     latch
	stats     Stats
	reception reception
	reporter  netip.Addr // where RTCP has come from
	pace      pace       // of what is sent to a peer that has sent nothing
	closing   bool
	pausing   bool // hand on what is held: nothing may come for a while

	envelopes    [ports]*envelope
	associations [ports]*association
}

// open takes a pair of ports and hands the frames of what arrives there to a listener, from one goroutine at a time.
func (p *Pool) open(spec timbre.Media, to timbre.Listener) (*Stream, error) {
	media, control, port, err := p.listen(spec.Local)
	if err != nil {
		return nil, err
	}
	s := p.stream(spec, to)
	s.port, s.media, s.control = port, media, control
	s.mu.Lock()
	err = s.secure()
	s.mu.Unlock()
	if err != nil {
		err = errors.Join(err, media.Close(), control.Close())
		p.free(port)
		return nil, err
	}
	p.metrics.streams.Inc()
	s.owned.Go(s.receive)
	s.owned.Go(s.report)
	return s, nil
}

// stream makes a stream without sockets.
func (p *Pool) stream(spec timbre.Media, to timbre.Listener) *Stream {
	s := &Stream{pool: p, self: rand.Uint32(), spec: spec, codecs: payloadTable(spec)}
	s.opaque.Store(spec.Opaque)
	s.latch.signal(spec)
	s.hearer.to = to
	s.line.to = &s.hearer
	s.ring.out = s.line.hear
	return s
}

// Port is the even port of the pair, for the media.
func (s *Stream) Port() int { return int(s.port) }

// Update takes what a re-INVITE or UPDATE says. The ports stay, and so does Local. A new remote address may be latched on to
// anew; a hold hands on what is held back.
func (s *Stream) Update(spec timbre.Media) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spec, s.codecs = spec, payloadTable(spec)
	s.opaque.Store(spec.Opaque)
	s.latch.signal(spec)
	if err := s.secure(); err != nil {
		s.pool.log.Error("a stream has lost its keys", "port", s.port, "error", err)
	}
	if spec.Hold {
		s.pausing = true
		s.wake()
	}
}

// Close hands on what is left, and gives the ports back. No frame is given after it returns. It must not be called by the
// listener.
func (s *Stream) Close() {
	s.closed.Do(func() {
		s.mu.Lock()
		s.closing = true
		s.part()
		s.mu.Unlock()
		s.shaking.Wait()
		s.mu.Lock()
		s.wake()
		s.mu.Unlock()
		_ = s.control.Close()
		s.owned.Wait()
		s.hush()
		s.pool.free(s.port)
		s.pool.metrics.streams.Dec()
		stats := s.Stats()
		s.pool.log.Debug("RTP stream closed", "port", s.port, "packets", stats.Packets, "lost", stats.Lost, "late", stats.Late,
			slog.Duration("jitter", stats.Jitter))
	})
}

// wake makes the receiving goroutine look at closing and pausing. The caller holds mu.
func (s *Stream) wake() { _ = s.media.SetReadDeadline(time.Unix(1, 0)) }

// woken is what the receiving goroutine does then; true: it is the end.
func (s *Stream) woken() (end bool) {
	s.mu.Lock()
	pausing := s.pausing
	s.pausing = false
	if end = s.closing; !end {
		_ = s.media.SetReadDeadline(time.Time{})
	}
	s.mu.Unlock()
	s.belated()
	if pausing && !end {
		s.flush()
	}
	return end
}

// receive reads the media socket until the stream is closed.
func (s *Stream) receive() {
	buf := make([]byte, largest)
	failed := 0
	for {
		n, from, err := s.media.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			failed = 0
			s.take(buf[:n], from)
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !s.woken() {
				continue
			}
			s.drain(buf)
		default:
			if failed++; failed < failures {
				continue
			}
			s.pool.log.Error("RTP socket failed", "port", s.port, "error", err)
		}
		break
	}
	s.flush()
	_ = s.media.Close()
}

// drain takes the packets that were in the socket when the stream was closed.
func (s *Stream) drain(buf []byte) {
	silent := 0
	for range drained {
		_ = s.media.SetReadDeadline(time.Now().Add(quiet))
		n, from, err := s.media.ReadFromUDPAddrPort(buf)
		if err == nil {
			s.take(buf[:n], from)
			silent = 0
		} else if silent++; silent == 2 {
			return
		}
	}
}

// flush hands on all that is held, in the ring and as part of a frame.
func (s *Stream) flush() {
	s.ring.flush()
	s.line.flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally()
}

// take is one datagram from the media socket.
func (s *Stream) take(b []byte, from netip.AddrPort) {
	from = plain(from)
	if s.opaque.Load() {
		s.takeOpaque(b, from)
		return
	}
	s.belated()
	switch {
	case isDTLS(b):
		s.takeRecord(onMedia, b, from)
	case isSTUN(b):
		s.passOver(STUN, from)
	case len(b) > 1 && b[1] >= 192 && b[1] <= 223: // RTCP on the media port (RFC 5761)
		s.hearControl(onMedia, b, from)
	default:
		s.takePacket(b, from)
	}
}

// takePacket is one RTP packet.
func (s *Stream) takePacket(b []byte, from netip.AddrPort) {
	now := s.pool.now()
	p, ok := s.admit(b, from)
	if !ok {
		return
	}
	s.pass(s.opened)
	if !s.last.IsZero() {
		p.idle = max(0, int64(now.Sub(s.last)/sample))
	}
	s.last = now
	what := s.ring.push(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(&p, what, now)
}

// plain is an address as signalling writes it: IPv4 as such, no zone.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// admit opens and parses a datagram, and checks that it belongs here: that it is from the right source, and then that it is
// authentic, before anything in it counts.
func (s *Stream) admit(b []byte, from netip.AddrPort) (p packet, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.latch.allows(from):
		s.drop(Stranger, from.String())
		return p, false
	case len(b) < header || len(b) == largest || b[0]>>6 != 2:
		s.drop(Malformed, from.String())
		return p, false
	}
	if s.spec.Encrypted() {
		if b, ok = s.unseal(b, from); !ok {
			return p, false
		}
	}
	s.opened = b
	if s.parsed.Unmarshal(b) != nil {
		s.drop(Malformed, from.String())
		return p, false
	}
	h := &s.parsed.Header
	c := s.codecs[h.PayloadType]
	if c == 0 {
		s.drop(UnknownPayload, from.String())
		if s.latch.fixed != from && s.relay.Load() == nil {
			return p, false
		}
	}
	if c != 0 || s.relay.Load() != nil {
		s.latch.fix(from)
	}
	return packet{ssrc: h.SSRC, ts: h.Timestamp, seq: h.SequenceNumber, codec: c, payload: s.parsed.Payload}, true
}
