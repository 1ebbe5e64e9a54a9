package test

import (
	"bytes"
	"encoding/binary"
	"net"
	"os"
	"testing"
	"time"
)

// replay sends datagrams of 20 ms each at ten times real time.
func replay(datagrams [][]byte, to string) error {
	conn, err := net.Dial("udp", to)
	if err != nil {
		return err
	}
	defer conn.Close()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for _, d := range datagrams {
		if _, err := conn.Write(d); err != nil {
			return err
		}
		<-tick.C
	}
	return nil
}

// datagram is a UDP packet of a capture.
type datagram struct {
	from, to uint16
	payload  []byte
}

type datagrams []datagram

// capture reads a classic little-endian pcap of Ethernet frames with IPv4 in them.
func capture(t *testing.T, name string) (all datagrams) {
	t.Helper()
	b, err := os.ReadFile("../rtp/testdata/" + name)
	must(t, err)
	for b = b[24:]; len(b) >= 16; {
		length := binary.LittleEndian.Uint32(b[8:])
		frame := b[16 : 16+length]
		b = b[16+length:]
		ip := frame[14:]
		if binary.BigEndian.Uint16(frame[12:]) != 0x0800 || ip[9] != 17 {
			continue
		}
		udp := ip[int(ip[0]&15)*4 : binary.BigEndian.Uint16(ip[2:])]
		all = append(all, datagram{binary.BigEndian.Uint16(udp), binary.BigEndian.Uint16(udp[2:]), udp[8:]})
	}
	return all
}

// from returns the payloads that were sent from a port.
func (d datagrams) from(port uint16) (payloads [][]byte) {
	for _, one := range d {
		if one.from == port {
			payloads = append(payloads, one.payload)
		}
	}
	return payloads
}

// first returns the first message to the recording server with a prefix.
func (d datagrams) first(t *testing.T, prefix string) []byte {
	t.Helper()
	for _, one := range d {
		if one.to == 5090 && bytes.HasPrefix(one.payload, []byte(prefix)) {
			return one.payload
		}
	}
	t.Fatalf("got no message that begins with %q in the capture", prefix)
	return nil
}
