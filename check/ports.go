package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"syscall"

	"timbre/config"
)

// checkPorts listens for a moment where the server will.
func checkPorts(ctx context.Context, m machine, f *findings) {
	s := m.Settings
	for _, l := range []struct {
		key string
		at  config.Address
	}{{"api.listen", s.API.Listen}, {"admin.listen", s.Admin.Listen}, {"feed.listen", s.Feed.Listen}} {
		if l.at != "" {
			m.checkPort(ctx, f, l.key, "tcp", string(l.at))
		}
	}
	for _, e := range s.SIP.Listen {
		m.checkPort(ctx, f, "sip.listen "+e.Network, strings.Replace(e.Network, "tls", "tcp", 1), e.Addr.String())
	}
	m.checkMediaPorts(ctx, f)
}

// checkPort says whether a port is free, or why it is not.
func (m machine) checkPort(ctx context.Context, f *findings, key, network, at string) {
	err := m.listen(ctx, network, at)
	switch {
	case err == nil:
		f.ok("%s: %s is free", key, at)
	case errors.Is(err, syscall.EADDRINUSE) && m.serving:
		f.ok("%s: %s is the running server's", key, at)
	case errors.Is(err, syscall.EADDRINUSE):
		f.fail(fmt.Sprintf("%s: another program has %s", key, at), "see which one with ss -tulpn, and end it, or choose another port")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		f.fail(fmt.Sprintf("%s: this machine does not have the address of %s", key, at), "choose one that ip address shows")
	case errors.Is(err, syscall.EACCES):
		f.fail(fmt.Sprintf("%s: ports such as that of %s are for root", key, at), "choose one above 1023, or let every user have it: sysctl -w net.ipv4.ip_unprivileged_port_start="+portOf(at)+", and in /etc/sysctl.d")
	default:
		f.fail(fmt.Sprintf("%s: %v", key, err), "choose an address and a port of this machine")
	}
}

// portOf is the number in an address.
func portOf(at string) string {
	_, port, _ := net.SplitHostPort(at)
	return port
}

// listen opens a port and closes it.
func listen(ctx context.Context, network, at string) error {
	var c net.ListenConfig
	if network == "udp" {
		p, err := c.ListenPacket(ctx, network, at)
		if err != nil {
			return err
		}
		return p.Close()
	}
	l, err := c.Listen(ctx, network, at)
	if err != nil {
		return err
	}
	return l.Close()
}

// checkMediaPorts counts the ports of rtp.ports that others have, and warns if the system hands them out.
func (m machine) checkMediaPorts(ctx context.Context, f *findings) {
	first, last := int(m.Settings.RTP.Ports.First), int(m.Settings.RTP.Ports.Last)
	taken := 0
	for port := first; port <= last && ctx.Err() == nil; port++ {
		if errors.Is(listen(ctx, "udp", net.JoinHostPort("", strconv.Itoa(port))), syscall.EADDRINUSE) {
			taken++
		}
	}
	if r := m.kernel("sys/net/ipv4/ip_local_port_range"); len(r) == 2 && first <= r[1] && r[0] <= last && !m.reserved(first, last) {
		f.warn(fmt.Sprintf("rtp.ports: the system gives ports of %d-%d to other programs, too", first, last),
			fmt.Sprintf("sysctl -w net.ipv4.ip_local_reserved_ports=%d-%d, or ports below %d", first, last, r[0]))
	}
	switch size := last - first + 1; {
	case m.serving && taken > 0:
		f.ok("rtp.ports: %d of %d are in use beside a running server", taken, size)
	case taken == size:
		f.fail("rtp.ports: other programs have all of them", "choose another range")
	case taken*10 > size:
		f.warn(fmt.Sprintf("rtp.ports: other programs have %d of %d", taken, size), "choose another range")
	default:
		f.ok("rtp.ports: %d of %d are free", size-taken, size)
	}
}

// reserved reports whether the system keeps a range of ports from other programs.
func (m machine) reserved(first, last int) bool {
	text, err := fs.ReadFile(m.root, "proc/sys/net/ipv4/ip_local_reserved_ports")
	if err != nil {
		return false
	}
	for r := range strings.SplitSeq(strings.TrimSpace(string(text)), ",") {
		from, to, _ := strings.Cut(r, "-")
		low, err1 := strconv.Atoi(from)
		high, err2 := strconv.Atoi(to)
		if err1 == nil && err2 == nil && low <= first && last <= high {
			return true
		}
	}
	return false
}
