package test

import (
	"net"
	"net/netip"
	"testing"
)

// freePort is an address of loopback for a TCP server that another process starts later. The system gives it to no outgoing
// connection meanwhile, as its port is below those; and no other process with these tests does, as a UDP socket on it,
// which is held until the test ends, says that it is taken.
func freePort(t *testing.T) string {
	t.Helper()
	for port := uint16(18000); port < 20000; port++ {
		at := netip.AddrPortFrom(loopback.Addr(), port)
		claim, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
		if err != nil {
			continue
		}
		l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
		if err != nil {
			_ = claim.Close()
			continue
		}
		t.Cleanup(func() { _ = claim.Close() })
		must(t, l.Close())
		return at.String()
	}
	t.Fatal("no port from 18000 to 19999 is free")
	return ""
}
