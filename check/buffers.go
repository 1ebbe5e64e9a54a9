package check

import (
	"context"
	"fmt"

	"timbre/rtp"
	"timbre/sip/transport"
)

// checkBuffers compares what the kernel grants a socket with what the server asks for.
func checkBuffers(_ context.Context, m machine, f *findings) {
	granted := m.kernel("sys/net/core/rmem_max")
	if len(granted) != 1 {
		f.ok("this system does not tell what it grants")
		return
	}
	wanted, what := rtp.MediaBuffer, "audio is lost when the machine is busy for a moment"
	for _, e := range m.Settings.SIP.Listen {
		if e.Network == "udp" && granted[0] >= wanted {
			wanted, what = transport.PacketBuffer, "INVITEs that come together by UDP are lost"
		}
	}
	if granted[0] < wanted {
		f.warn(fmt.Sprintf("net.core.rmem_max is %d bytes, so that %s", granted[0], what), fmt.Sprintf("sysctl -w net.core.rmem_max=%d, and in /etc/sysctl.d", transport.PacketBuffer))
		return
	}
	f.ok("net.core.rmem_max is %d bytes", granted[0])
}
