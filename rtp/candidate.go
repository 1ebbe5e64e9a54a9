package rtp

import (
	"bytes"
	"context"
	"net/netip"
	"time"

	"timbre"
)

// candidate is a handshake with an address that says it is the peer. Its certificate decides whether it is.
type candidate struct {
	of           *association
	with         netip.AddrPort // where our records go
	follows      netip.AddrPort // another address, which answers in the place of the signalled one
	clientRandom []byte         // of the ClientHello that began it; nil if we are the client
	transport    *dtlsTransport
	began        time.Time
	heard        bool               // something has come from it
	giveUp       context.CancelFunc // ends the handshake unless it is done
	cancel       context.CancelFunc
}

// begin starts a handshake with an address. The caller holds the stream's mu.
func (a *association) begin(with netip.AddrPort, clientRandom []byte) {
	s := a.stream
	if s.closing {
		return
	}
	c := &candidate{of: a, with: with, clientRandom: bytes.Clone(clientRandom), transport: newDTLSTransport(s.socket(a.port), with), began: s.pool.env.Steady()}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	limited, giveUp := context.WithTimeout(ctx, s.pool.handshakeTimeout)
	c.giveUp = giveUp
	a.candidates[with] = c
	s.handshakes.Go(func() { c.run(ctx, limited) })
}

// run does the handshake until limited ends, and answers retransmissions of the peer until ctx ends.
func (c *candidate) run(ctx, limited context.Context) {
	defer func() { _ = c.transport.Close() }()
	defer c.giveUp()
	s := c.of.stream
	conn, keys, err := handshake(limited, c.transport, c.of.params, s.pool.certificate)
	s.handshakeDone(c, keys, err)
	if err != nil {
		return
	}
	<-ctx.Done()
	_ = conn.Close() // it fails if the peer has closed first
}

// abandon ends a handshake without an alert: its address may not be the peer's.
func (c *candidate) abandon() {
	c.transport.muted.Store(true)
	c.cancel()
}

// handshakeDone applies the outcome of a handshake. Packets that waited for its key are processed now, because no more may follow; and no packet
// is received in between, which would overtake them.
func (s *Stream) handshakeDone(c *candidate, keys timbre.SRTPKeys, err error) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	if s.conclude(c, keys, err) {
		s.flushPreKey()
	}
}

// conclude takes the keys of a handshake: the first that proves its certificate is the peer, whichever the others are. False: there are none.
// The caller holds receiving.
func (s *Stream) conclude(c *candidate, keys timbre.SRTPKeys, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := c.of
	if s.associations[a.port] != a || a.candidates[c.with] != c { // it was replaced or ended meanwhile
		return false
	}
	delete(a.candidates, c.with)
	var e *cryptoContext
	if err == nil {
		e, err = newCryptoContext(keys, s.crypto[a.port])
	}
	log := s.pool.env.Log.With("port", s.port+uint16(a.port), "peer", c.with.String())
	if err != nil {
		if a.again(c); a.trying() {
			log.Debug("DTLS handshake failed, others go on", "error", err)
			return false
		}
		s.pool.metrics.handshake(err)
		log.Warn("DTLS handshake failed", "error", err)
		return false
	}
	s.pool.metrics.handshake(nil)
	log.Debug("DTLS handshake", "suite", keys.Suite)
	a.prove(c)
	s.crypto[a.port] = e
	if a.port == onMedia {
		s.startHandshakes()
	}
	return true
}
