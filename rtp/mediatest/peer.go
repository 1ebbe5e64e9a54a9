package mediatest

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"timbre"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// peer is a socket on loopback that sends packets of 20 ms.
type peer struct {
	t       *testing.T
	socket  *net.UDPConn
	to      netip.AddrPort
	header  rtp.Header
	encrypt *srtp.Context // nil: it sends in the clear
}

func (s *subject) newPeer() *peer {
	s.Helper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = socket.Close() })
	return &peer{t: s.T, socket: socket, header: rtp.Header{Version: 2, SSRC: 77, SequenceNumber: 0xFFF0, Timestamp: 0xFFFFF000}}
}

func (p *peer) addr() netip.AddrPort { return p.socket.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *peer) sendTo(port int) { p.to = netip.AddrPortFrom(loopback, uint16(port)) }

// next is the next packet, full of one code word of the peer's payload type.
func (p *peer) next(word byte) *rtp.Packet {
	packet := &rtp.Packet{Header: p.header, Payload: bytes.Repeat([]byte{word}, timbre.FrameSamples)}
	p.skip(1)
	return packet
}

// skip leaves n packets out.
func (p *peer) skip(n int) {
	p.header.SequenceNumber += uint16(n)
	p.header.Timestamp += uint32(n * timbre.FrameSamples)
}

// send sends a packet for each code word.
func (p *peer) send(words ...byte) {
	p.t.Helper()
	for _, w := range words {
		p.packet(p.next(w))
	}
}

// packet sends a packet, encrypted if the peer has a key.
func (p *peer) packet(packet *rtp.Packet) {
	p.t.Helper()
	p.datagram(p.marshal(packet))
}

func (p *peer) marshal(packet *rtp.Packet) []byte {
	p.t.Helper()
	b, err := packet.Marshal()
	if err == nil && p.encrypt != nil {
		b, err = p.encrypt.EncryptRTP(nil, b, nil)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

func (p *peer) datagram(b []byte) {
	p.t.Helper()
	if _, err := p.socket.WriteToUDPAddrPort(b, p.to); err != nil {
		p.t.Fatal(err)
	}
}

// receive is the next datagram that arrives at the peer.
func (p *peer) receive() []byte {
	p.t.Helper()
	buf := make([]byte, 2048)
	if err := p.socket.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		p.t.Fatal(err)
	}
	n, _, err := p.socket.ReadFromUDPAddrPort(buf)
	if err != nil {
		p.t.Fatal(err)
	}
	return buf[:n]
}
