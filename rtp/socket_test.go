package rtp

import (
	"net/netip"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// option reads a socket option.
func option(t *testing.T, c syscall.Conn, level, name int) (value int) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if e := raw.Control(func(fd uintptr) { value, err = syscall.GetsockoptInt(int(fd), level, name) }); e != nil || err != nil {
		t.Fatal(e, err)
	}
	return value
}

func TestSocketsHaveDSCPAndReceiveBuffer(t *testing.T) {
	for name, local := range map[string]netip.Addr{"IPv4": loopback, "IPv6": netip.IPv6Loopback(), "both": {}} {
		t.Run(name, func(t *testing.T) {
			p := pool(t, 50)
			p.cfg.DSCP = 46
			mediaConn, controlConn, _, err := p.listen(local)
			if err != nil {
				t.Fatal(err)
			}
			defer mediaConn.Close()
			defer controlConn.Close()
			for what, c := range map[string]syscall.Conn{"media": mediaConn, "control": controlConn} {
				if got := option(t, c, syscall.IPPROTO_IP, syscall.IP_TOS); name != "IPv6" && got != 46<<2 {
					t.Errorf("%s: got IPv4 type of service %#x, want %#x", what, got, 46<<2)
				}
				if name == "IPv4" {
					continue
				}
				if got := option(t, c, syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS); got != 46<<2 {
					t.Errorf("%s: got IPv6 traffic class %#x, want %#x", what, got, 46<<2)
				}
			}
			media := option(t, mediaConn, syscall.SOL_SOCKET, syscall.SO_RCVBUF)
			control := option(t, controlConn, syscall.SOL_SOCKET, syscall.SO_RCVBUF)
			if media < 4*controlBuffer || control != 2*controlBuffer || testutil.ToFloat64(p.metrics.buffer) != float64(media) {
				t.Errorf("got receive buffers of %d bytes for media and %d for RTCP, and %v as metric", media, control, testutil.ToFloat64(p.metrics.buffer))
			}
			t.Log("receive buffers, as the kernel counts them:", media, control)
		})
	}
}
