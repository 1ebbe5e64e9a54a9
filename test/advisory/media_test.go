package advisory

import (
	"encoding/binary"
	"encoding/json"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// socket is a peer's socket for media.
type socket struct {
	*net.UDPConn
	t *testing.T
}

func media(t *testing.T, host string) socket {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return socket{c, t}
}

func (s socket) port() int { return s.LocalAddr().(*net.UDPAddr).Port }

func (s socket) send(to netip.AddrPort, packet []byte) {
	_, _ = s.WriteToUDPAddrPort(packet, to) // a port may be refused by now
}

// hears returns the datagrams that come until it is quiet for a time.
func (s socket) hears(quiet time.Duration) (all [][]byte) {
	for {
		must(s.t, s.SetReadDeadline(time.Now().Add(quiet)))
		b := make([]byte, 2048)
		n, err := s.Read(b)
		if err != nil {
			return all
		}
		all = append(all, b[:n])
	}
}

// mediaOf is where a session description wants audio.
func mediaOf(message string) netip.AddrPort {
	port, _ := strconv.Atoi(regexp.MustCompile(`(?m)^m=audio (\d+) `).FindStringSubmatch(message)[1])
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port))
}

// controlOf is the port for reports beside one for audio.
func controlOf(audio netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(audio.Addr(), audio.Port()+1)
}

// packet is a packet of 20 ms of PCMU.
func packet(seq uint16, ssrc uint32, sound byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0x80, 0}, seq)
	b = binary.BigEndian.AppendUint32(b, uint32(seq)*160)
	b = binary.BigEndian.AppendUint32(b, ssrc)
	for range 160 {
		b = append(b, sound)
	}
	return b
}

// reception is what the server has received on a leg of a live call.
type reception struct{ Packets, Dropped int }

func (s *target) received(t *testing.T, call string) (legs []reception) {
	t.Helper()
	_, text := s.get(t, "admin", "/calls")
	var calls []struct {
		CallID string
		Legs   []struct{ Received reception }
	}
	must(t, json.Unmarshal([]byte(text), &calls))
	for _, c := range calls {
		if c.CallID == call {
			for _, l := range c.Legs {
				legs = append(legs, l.Received)
			}
		}
	}
	return legs
}
