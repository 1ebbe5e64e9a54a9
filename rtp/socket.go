package rtp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

const (
	// mediaBuffer is the receive buffer that is asked for a socket of media, in bytes: seconds of it, while the machine is
	// busy elsewhere. The kernel gives no more than net.core.rmem_max, and counts twice what it gives.
	mediaBuffer = 512 << 10
	// controlBuffer is that of a socket of RTCP: a handful of reports, and no more for those who flood it.
	controlBuffer = 32 << 10
)

// bind opens the two sockets of a pair.
func (p *Pool) bind(local netip.Addr, port uint16) (media, control *net.UDPConn, err error) {
	if media, err = p.socket(local, port, mediaBuffer); err != nil {
		return nil, nil, err
	}
	if control, err = p.socket(local, port+1, controlBuffer); err != nil {
		return nil, nil, errors.Join(err, media.Close())
	}
	p.metrics.buffer.Set(float64(received(media)))
	return media, control, nil
}

// socket opens a socket whose packets carry the pool's mark.
func (p *Pool) socket(local netip.Addr, port uint16, buffer int) (*net.UDPConn, error) {
	host := ""
	if local.IsValid() {
		host = local.String()
	}
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { mark(int(fd), p.dscp) })
	}}
	opened, err := config.ListenPacket(context.Background(), "udp", net.JoinHostPort(host, strconv.Itoa(int(port))))
	if err != nil {
		return nil, err
	}
	conn := opened.(*net.UDPConn)
	if err := conn.SetReadBuffer(buffer); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// mark sets the DSCP of all that a socket sends. A socket of one family does not know the other's mark, and a system may
// forbid both: unmarked packets arrive as well.
func mark(fd, dscp int) {
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, syscall.IP_TOS, dscp<<2)
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, dscp<<2)
}

// received is how large the receive buffer of a socket is, as the kernel counts it; 0 when it does not tell.
func received(c syscall.Conn) (bytes int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	if raw.Control(func(fd uintptr) { bytes, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF) }) != nil || err != nil {
		return 0
	}
	return bytes
}
