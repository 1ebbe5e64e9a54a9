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
	// MediaBuffer is the receive buffer requested for a media socket, in bytes: seconds of media, while the machine is busy.
	// The kernel grants at most net.core.rmem_max, and counts twice what it grants.
	MediaBuffer = 512 << 10
	// controlBuffer is that of an RTCP socket, in bytes: a few reports, and no more for a flood.
	controlBuffer = 32 << 10
)

// bind opens both sockets of a pair of ports.
func (p *Pool) bind(local netip.Addr, port uint16) (media, control *net.UDPConn, err error) {
	if media, err = p.socket(local, port, MediaBuffer); err != nil {
		return nil, nil, err
	}
	if control, err = p.socket(local, port+1, controlBuffer); err != nil {
		return nil, nil, errors.Join(err, media.Close())
	}
	p.metrics.buffer.Set(float64(receiveBuffer(media)))
	return media, control, nil
}

// socket opens a socket whose packets carry the pool's DSCP.
func (p *Pool) socket(local netip.Addr, port uint16, buffer int) (*net.UDPConn, error) {
	host := ""
	if local.IsValid() {
		host = local.String()
	}
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { setDSCP(int(fd), p.cfg.DSCP) })
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

// setDSCP marks all packets that a socket sends. A socket of one family refuses the option of the other, and a system may
// refuse both: unmarked packets arrive as well.
func setDSCP(fd, dscp int) {
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, syscall.IP_TOS, dscp<<2)
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, dscp<<2)
}

// receiveBuffer is the size of a socket's receive buffer, as the kernel counts it; 0 if that is unknown.
func receiveBuffer(c syscall.Conn) (bytes int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	if raw.Control(func(fd uintptr) { bytes, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF) }) != nil || err != nil {
		return 0
	}
	return bytes
}
