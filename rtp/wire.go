package rtp

import (
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v5/packetio"
)

// flights is how many datagrams of a handshake may wait: more than a flight has.
const flights = 32

// wire is the share that a DTLS association has of a socket. What came is put in by whoever reads the socket.
type wire struct {
	in     *packetio.Buffer
	socket *net.UDPConn
	peer   atomic.Pointer[netip.AddrPort]
	cut    atomic.Bool // nothing is sent any more
}

func newWire(socket *net.UDPConn, peer netip.AddrPort) *wire {
	w := &wire{in: packetio.NewBuffer(), socket: socket}
	w.in.SetLimitCount(flights)
	w.peer.Store(&peer)
	return w
}

// put hands in a datagram; one too many is lost, as datagrams are.
func (w *wire) put(b []byte) { _, _ = w.in.Write(b, nil) }

// ReadFrom is for the association.
func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := w.in.Read(b, nil)
	return n, w.LocalAddr(), err
}

// WriteTo writes to the peer, wherever that is by now.
func (w *wire) WriteTo(b []byte, _ net.Addr) (int, error) {
	if w.cut.Load() {
		return len(b), nil
	}
	return w.socket.WriteToUDPAddrPort(b, *w.peer.Load())
}

// Close ends the association's share; the socket stays.
func (w *wire) Close() error { return w.in.Close() }

// LocalAddr is the socket's.
func (w *wire) LocalAddr() net.Addr { return w.socket.LocalAddr() }

// SetDeadline is for reading: writing does not wait.
func (w *wire) SetDeadline(t time.Time) error { return w.in.SetReadDeadline(t) }

// SetReadDeadline is for the association.
func (w *wire) SetReadDeadline(t time.Time) error { return w.in.SetReadDeadline(t) }

// SetWriteDeadline does nothing: writing does not wait.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }
