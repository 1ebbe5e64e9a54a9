package sip

import (
	"syscall"
)

// packetBuffer is the receive buffer that is asked for a UDP socket, in bytes: a burst of INVITEs with metadata. The kernel
// gives no more than net.core.rmem_max, and counts twice what it gives.
const packetBuffer = 4 << 20

// mark sets the DSCP of all that a socket sends, and of what its connections do. A socket of one family does not know the
// other's mark, and a system may forbid both: unmarked packets arrive as well.
func mark(dscp int) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TOS, dscp<<2)
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, dscp<<2)
		})
	}
}

// received is how large the receive buffer of a socket is, as the kernel counts it; 0 when it does not tell.
func received(c any) (bytes int) {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return 0
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0
	}
	if raw.Control(func(fd uintptr) { bytes, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF) }) != nil || err != nil {
		return 0
	}
	return bytes
}
