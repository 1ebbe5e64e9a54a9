package rtp

import (
	"net"
	"net/netip"
	"time"
)

const (
	// A closing socket is read until no datagram arrives for drainQuiet twice in a row.
	drainQuiet = 2 * time.Millisecond
	// maxDrained is how often it is read at most: more than a socket buffer holds.
	maxDrained = 1024
	// maxFailures is how many errors in a row end the reading of a socket.
	maxFailures = 100
)

// packetWriter is what a stream sends by.
type packetWriter interface {
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	LocalAddr() net.Addr
}

// mediaSocket is the media socket of a stream, with the way in which it is read.
type mediaSocket interface {
	packetWriter
	// receive hands on what arrives until the socket is closed, one datagram at a time.
	receive(to handler) error
	// await says whether datagrams are waited for, and why. They are handed on promptly while there is a reason; others may gather.
	await(why awaiting, on bool)
	// catchUp hands on what has gathered.
	catchUp()
	// close hands on what the socket still holds, and closes it. Nothing is handed on after it has returned.
	close()
}

// awaiting are reasons why somebody waits for the datagrams of a socket.
type awaiting uint8

const (
	relayed     awaiting = 1 << iota // their receiver
	handshaking                      // the peer, whose next flight is an answer
	listening                        // who listens to the leg
	hurrying                         // nobody, but they come faster than in real time, and would overflow the socket
)

// handler takes the datagrams of a media socket: its stream.
type handler interface{ handle(*datagram) }

// adopter makes the media socket of an open socket. It closes the socket if it cannot.
type adopter func(*net.UDPConn) (mediaSocket, error)

// drain calls read, which hands on a datagram or else waits for drainQuiet, until the socket is silent.
func drain(read func() bool) {
	silent := 0
	for range maxDrained {
		if read() {
			silent = 0
		} else if silent++; silent == 2 {
			return
		}
	}
}

// socket is the one that a stream sends by from one of its ports.
func (s *Stream) socket(port int) packetWriter {
	if port == onControl {
		return s.controlConn
	}
	return s.mediaConn
}
