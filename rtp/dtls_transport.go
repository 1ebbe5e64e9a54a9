package rtp

import (
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v5/packetio"
)

// alertRecord is the content type of an alert.
const alertRecord = 21

// maxQueuedRecords is how many datagrams of a handshake may wait: more than a flight has.
const maxQueuedRecords = 32

// dtlsTransport is the net.PacketConn of a DTLS association that shares its socket with RTP or RTCP. The goroutine that reads
// the socket delivers the records.
type dtlsTransport struct {
	received *packetio.Buffer
	socket   packetWriter
	peer     netip.AddrPort
	muted    atomic.Bool // nothing more is sent
	careful  atomic.Bool // no alert is sent
}

func newDTLSTransport(socket packetWriter, peer netip.AddrPort) *dtlsTransport {
	w := &dtlsTransport{received: packetio.NewBuffer(), socket: socket, peer: peer}
	w.received.SetLimitCount(maxQueuedRecords)
	return w
}

// deliver queues a datagram that was received. One too many is lost.
func (w *dtlsTransport) deliver(b []byte) { _, _ = w.received.Write(b, nil) }

// ReadFrom implements net.PacketConn.
func (w *dtlsTransport) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := w.received.Read(b, nil)
	return n, w.LocalAddr(), err
}

// WriteTo sends to the address of the peer.
func (w *dtlsTransport) WriteTo(b []byte, _ net.Addr) (int, error) {
	if w.muted.Load() || w.careful.Load() && len(b) > 0 && b[0] == alertRecord {
		return len(b), nil
	}
	return w.socket.WriteToUDPAddrPort(b, w.peer)
}

// Close ends reading. The socket stays open.
func (w *dtlsTransport) Close() error { return w.received.Close() }

// LocalAddr implements net.PacketConn.
func (w *dtlsTransport) LocalAddr() net.Addr { return w.socket.LocalAddr() }

// SetDeadline sets the read deadline: writing does not wait.
func (w *dtlsTransport) SetDeadline(t time.Time) error { return w.received.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn.
func (w *dtlsTransport) SetReadDeadline(t time.Time) error { return w.received.SetReadDeadline(t) }

// SetWriteDeadline does nothing: writing does not wait.
func (w *dtlsTransport) SetWriteDeadline(time.Time) error { return nil }
