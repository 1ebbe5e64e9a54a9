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
	socket := s.mediaConn
	if a.port == onControl {
		socket = s.controlConn
	}
	c := &candidate{of: a, with: with, clientRandom: bytes.Clone(clientRandom), transport: newDTLSTransport(socket, with), began: s.pool.env.Steady()}
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

// abandon ends a handshake without a word: its address may not be the peer's.
func (c *candidate) abandon() {
	c.transport.muted.Store(true)
	c.cancel()
}

// handshakeDone applies the outcome of a handshake: the first that proves its certificate is the peer, whichever the others are.
func (s *Stream) handshakeDone(c *candidate, keys timbre.SRTPKeys, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := c.of
	if s.associations[a.port] != a || a.candidates[c.with] != c { // it was replaced or ended meanwhile
		return
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
			return
		}
		s.pool.metrics.handshake(err)
		log.Warn("DTLS handshake failed", "error", err)
		return
	}
	s.pool.metrics.handshake(nil)
	log.Debug("DTLS handshake", "suite", keys.Suite)
	a.prove(c)
	if s.crypto[a.port] = e; !s.closing {
		s.wake() // to flush the packets that wait for the key
	}
}
