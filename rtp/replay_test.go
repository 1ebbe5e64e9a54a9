package rtp

import (
	"encoding/binary"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"timbre"

	"timbre/rtp/codec"
)

// captured reads the RTP of a capture file: the UDP payloads that were sent from a port, in order. The file is a classic
// pcap in little-endian order, of Ethernet frames with IPv4.
func captured(t *testing.T, file string, port uint16) (datagrams [][]byte) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if binary.LittleEndian.Uint32(b) != 0xA1B2C3D4 || binary.LittleEndian.Uint32(b[20:]) != 1 {
		t.Fatalf("got no capture of Ethernet frames in %s", file)
	}
	for b = b[24:]; len(b) >= 16; {
		n := binary.LittleEndian.Uint32(b[8:])
		frame := b[16 : 16+n]
		b = b[16+n:]
		const ethernet, ipv4, udp = 14, 0x0800, 17
		if binary.BigEndian.Uint16(frame[12:]) != ipv4 || frame[ethernet+9] != udp {
			continue
		}
		ip := frame[ethernet : ethernet+int(binary.BigEndian.Uint16(frame[ethernet+2:]))]
		header := int(ip[0]&0x0F) * 4
		if d := ip[header:]; binary.BigEndian.Uint16(d) == port {
			datagrams = append(datagrams, d[8:])
		}
	}
	return datagrams
}

// decoded is the audio of A-law packets without header extensions.
func decoded(datagrams [][]byte) (pcm []int16) {
	for _, d := range datagrams {
		pcm = codec.ALaw.Decode(pcm, d[12:])
	}
	return pcm
}

const (
	twoParty = "opensips36-rtpengine105-siprec-udp-pcma-2party.pcap"
	holding  = "opensips36-rtpengine105-siprec-tcp-hold-pause-resume.pcap"
)

// The ports are those that rtpengine sent each leg from.
func TestCapturedCallIsDecodedCompletely(t *testing.T) {
	for _, c := range []struct {
		file    string
		port    uint16
		packets int
	}{{twoParty, 30038, 450}, {twoParty, 30056, 450}, {holding, 30188, 401}, {holding, 30206, 396}} {
		datagrams := captured(t, c.file, c.port)
		if len(datagrams) != c.packets {
			t.Fatalf("%s, port %d: got %d packets, want %d", c.file, c.port, len(datagrams), c.packets)
		}
		s, from, to := open(t, pool(t, 50), func(s *timbre.Media) { s.Payloads = map[uint8]timbre.Codec{8: timbre.PCMA} })
		for i, d := range datagrams {
			from.raw(d)
			if i%50 == 49 {
				to.wait(t, i+1) // at the speed of the stream, so that the socket buffer does not overflow
			}
		}
		to.wait(t, c.packets)
		s.Close()
		if !slices.Equal(to.pcm, decoded(datagrams)) {
			t.Errorf("%s, port %d: got %d samples that differ from those sent", c.file, c.port, len(to.pcm))
		}
		if got := s.Stats(); got.Packets != uint64(c.packets) || got.Lost+got.Late+got.Duplicates+got.Jumps+got.Rebased != 0 {
			t.Errorf("%s, port %d: got %+v, want %d packets without fault", c.file, c.port, got, c.packets)
		}
		if last := to.at[len(to.at)-1]; last != time.Duration(c.packets-1)*20*time.Millisecond {
			t.Errorf("%s, port %d: got the last frame at %v, want %v", c.file, c.port, last, time.Duration(c.packets-1)*20*time.Millisecond)
		}
	}
}

// The client of this capture kept sending while on hold. Here the held leg sends nothing between its two re-INVITEs, as most clients
// do: sequence numbers continue, timestamps include the pause.
func TestHoldInCaptureIsMediaTimeJump(t *testing.T) {
	const from, to = 145, 245 // packets of port 30206 during the hold
	datagrams := captured(t, holding, 30206)
	received := slices.Concat(datagrams[:from], datagrams[to:])
	first := binary.BigEndian.Uint16(datagrams[0][2:])
	e := &recorder{}
	p := pool(t, 1)
	s := p.stream(timbre.Media{Remote: addr("127.0.0.1:30206")}, e)
	for i, d := range received {
		d = slices.Clone(d)
		binary.BigEndian.PutUint16(d[2:], first+uint16(i))
		s.take(d, addr("127.0.0.1:30206"))
	}
	if !slices.Equal(e.pcm, decoded(received)) {
		t.Errorf("got %d samples that differ from those sent", len(e.pcm))
	}
	for i, at := range e.at {
		want := time.Duration(i) * 20 * time.Millisecond
		if i >= from {
			want += (to - from) * 20 * time.Millisecond
		}
		if at != want {
			t.Fatalf("got frame %d at %v, want %v", i, at, want)
		}
	}
	if got := s.Stats(); got.Jumps != 1 || got.Lost != 0 || got.Filled != 0 {
		t.Errorf("got %+v, want 1 jump and no loss", got)
	}
}

// A network that delays, duplicates and loses packets changes only what is lost, which is left out at its media time.
func TestCapturedCallOverBadNetwork(t *testing.T) {
	datagrams := captured(t, twoParty, 30038)
	e := &timeRecorder{}
	p := pool(t, 1)
	s := p.stream(timbre.Media{Remote: netip.AddrPortFrom(loopback, 30038)}, e)
	lost := 0
	for i := 0; i < len(datagrams); i += 9 {
		for _, k := range []int{0, 3, 1, 2, 2, 7, 5, 8, 6} { // 4 is lost, 2 duplicated
			s.take(datagrams[i+k], addr("127.0.0.1:30038"))
		}
		lost++
	}
	want := decoded(datagrams)
	for i := 4 * 160; i < len(want); i += 9 * 160 {
		clear(want[i : i+160])
	}
	s.flush()
	if !slices.Equal(e.pcm, want) || e.n != len(want)-160*lost {
		t.Errorf("got %d samples up to %d, want %d up to %d", e.n, len(e.pcm), len(want)-160*lost, len(want))
	}
	if got := s.Stats(); got.Lost != uint64(lost) || got.Duplicates != uint64(lost) || got.Late != 0 {
		t.Errorf("got %+v, want %d lost, %d duplicates and none late", got, lost, lost)
	}
}
