package rtp

import (
	"net"
	"net/netip"
	"time"

	"timbre"
)

// datagram is what a media socket has received. Its data is valid until it has been handled.
type datagram struct {
	data    []byte
	from    netip.AddrPort
	arrived time.Time // by the steady clock, at the socket
}

// receive begins to receive on a socket, once there are keys for what may arrive. If it fails, the socket is closed.
func (s *Stream) receive(media *net.UDPConn) (err error) {
	if s.mediaConn, err = s.pool.adopt(media); err != nil {
		return unreadable(err)
	}
	s.mediaConn.await(handshaking, s.media.DTLS != nil)
	s.mu.Lock()
	err = s.applyKeys()
	s.mu.Unlock()
	if err == nil {
		err = unreadable(s.mediaConn.receive(s))
	}
	if err != nil {
		s.stop()
	}
	return err
}

// unreadable says that the system does not let a socket be read.
func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return timbre.Errorf(timbre.Unavailable, "rtp.Open", "cannot read an RTP socket: %w", err)
}

// stop ends the handshakes, and the reception once the media socket is empty.
func (s *Stream) stop() {
	s.mu.Lock()
	s.closing = true
	s.endAssociations()
	s.mu.Unlock()
	s.handshakes.Wait()
	s.mediaConn.close()
}

// handle takes the next datagram from the media socket.
func (s *Stream) handle(d *datagram) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	s.handleDatagram(d)
}

// flush delivers what is buffered, and counts it.
func (s *Stream) flush() {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	s.flushPreKey()
	s.chain.flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updateStats()
}
