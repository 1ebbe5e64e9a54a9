package rtp

import (
	"encoding/binary"
	"runtime"
	"testing"

	"timbre/environment"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

type discard struct{}

func (discard) Frame(timbre.Frame) {}

// speech is a packet of 20 ms whose sequence number and timestamp can be set.
func speech() []byte {
	b := make([]byte, 172)
	b[0] = 0x80
	return b
}

func step(b []byte, i int) {
	binary.BigEndian.PutUint16(b[2:], uint16(i))
	binary.BigEndian.PutUint32(b[4:], uint32(i*160))
}

// A packet of 20 ms from datagram to frame, without the socket.
func BenchmarkReceivePacket(b *testing.B) {
	sent := demoSpeech(b, 5)
	for c := timbre.PCMU; c < timbre.TelephoneEvent; c++ {
		b.Run(c.Name(), func(b *testing.B) {
			p := pool(b, 1)
			from := addr("10.0.0.1:4000")
			s := p.stream(timbre.Media{Remote: from, Payloads: allPayloads()}, discard{})
			var datagrams [][]byte
			for _, packet := range newSpeechEncoder(b, 7).packets(sent, c, 160) {
				d, err := packet.Marshal()
				if err != nil {
					b.Fatal(err)
				}
				datagrams = append(datagrams, d)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				d := datagrams[i%len(datagrams)]
				binary.BigEndian.PutUint16(d[2:], uint16(i))
				binary.BigEndian.PutUint32(d[4:], uint32(i*160*ticks(c)))
				s.take(d, from)
			}
		})
	}
}

// One packet in ten is lost and every other pair is swapped.
func BenchmarkReceiveShuffled(b *testing.B) {
	p := pool(b, 1)
	from := addr("10.0.0.1:4000")
	s := p.stream(timbre.Media{Remote: from}, discard{})
	packet := speech()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%10 == 7 {
			continue
		}
		step(packet, i^(i>>1&1))
		s.take(packet, from)
	}
}

// A packet over a socket on loopback, sending included.
func BenchmarkReceiveSocket(b *testing.B) {
	s, from, to := open(b, pool(b, 50), nil)
	packet := speech()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		step(packet, n)
		from.raw(packet)
		n++
		if n%32 == 0 {
			to.wait(b, n)
		}
	}
	to.wait(b, n)
	if lost := s.Stats().Lost; lost > 0 {
		b.Errorf("got %d lost, want 0", lost)
	}
}

// Heap and stack of an open stream after a second of media with a gap, in bytes.
func BenchmarkReceiveMemory(b *testing.B) {
	const n = 400
	for b.Loop() {
		p, err := New(environment.Environment{Metrics: prometheus.NewRegistry()}, Config{First: 26000, Last: 31999})
		if err != nil {
			b.Fatal(err)
		}
		before := weigh()
		streams := make([]*Stream, n)
		for i := range streams {
			s, from, to := open(b, p, func(s *timbre.Media) { s.LatchAny = true })
			from.sendFrames(25)
			from.seq++
			from.ts += 160
			from.sendFrames(24)
			to.wait(b, 49)
			to.mu.Lock()
			to.recorder = recorder{}
			to.mu.Unlock()
			from.Close()
			streams[i] = s
		}
		b.ReportMetric(float64(weigh()-before)/n, "B/stream")
		for _, s := range streams {
			s.Close()
		}
	}
}

func weigh() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// A packet from datagram to the relayed one, in one direction: what a relay adds to receiving, the write included.
func BenchmarkRelayPacket(b *testing.B) {
	for _, suite := range []string{"in the clear", "AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"} {
		b.Run(suite, func(b *testing.B) {
			from, to := openRelayed(b, pool(b, 50), discard{})
			to.verify()
			packet, at := speech(), from.addr()
			if timbre.SRTPSuiteRank(suite) >= 0 {
				to.stream.Update(timbre.Media{Local: loopback, Remote: to.addr(), Keys: testKeys(b, suite, 1)})
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				step(packet, i)
				from.stream.take(packet, at)
			}
		})
	}
}

// A packet from socket to socket through a relayed stream with a listener, sending and receiving included. 32 wait for each other, as packets do.
func BenchmarkRelay(b *testing.B) {
	from, to := openRelayed(b, pool(b, 50), discard{})
	to.verify()
	packet := speech()
	buf := make([]byte, maxDatagram)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		step(packet, n)
		from.raw(packet)
		if n%32 != 31 {
			continue
		}
		for range 32 {
			if _, _, err := to.ReadFromUDPAddrPort(buf); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// Memory of the two streams of a bridged call, after some media in both directions.
func BenchmarkRelayMemory(b *testing.B) {
	const n = 100
	for b.Loop() {
		p := pool(b, 2*n+50)
		before := weigh()
		for range n {
			from, to := openRelayed(b, p, discard{})
			for range 10 {
				from.sendFrames(1)
				receiveFrom(b, to.sender)
				to.sendFrames(1)
				receiveFrom(b, from.sender)
			}
		}
		b.ReportMetric(float64(weigh()-before)/n, "B/call")
	}
}
