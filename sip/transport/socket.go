package transport

import (
	"syscall"
)

// PacketBuffer is the receive buffer requested for a UDP socket, in bytes: room for a burst of INVITEs with metadata. The
// kernel grants at most net.core.rmem_max, and reports twice what it grants.
const PacketBuffer = 4 << 20

// setDSCP sets the DSCP of a socket and of the connections that it accepts. A socket of one address family rejects the option
// of the other, and a system may forbid both: unmarked packets arrive as well.
func setDSCP(dscp int) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TOS, dscp<<2)
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, dscp<<2)
		})
	}
}

// receiveBuffer is the size of a socket's receive buffer as the kernel reports it; 0 if it does not.
func receiveBuffer(c any) (bytes int) {
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
