package rtp

import (
	"bytes"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
	"timbre/rtp/codec"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// firstPort starts 200 pairs of UDP ports that no other process with these tests uses: a TCP listener on the first one reserves
// them for the life of the process. The processes would receive each other's packets.
var firstPort = sync.OnceValue(func() int {
	for first := 30000; first < 32400; first += 400 {
		var err error
		if reserved, err = net.ListenTCP("tcp", &net.TCPAddr{IP: loopback.AsSlice(), Port: first}); err == nil {
			return first
		}
	}
	panic("other processes have claimed all ports of these tests")
})

// reserved is that listener: the garbage collector would close it.
var reserved *net.TCPListener

// pool is a pool of n pairs of ports.
func pool(t testing.TB, n int) *Pool {
	t.Helper()
	p, err := New(environment.Environment{Metrics: prometheus.NewRegistry()}, Config{First: uint16(firstPort()), Last: uint16(firstPort() + 2*n - 1)})
	if err != nil {
		t.Fatal(err)
	}
	hasten(p)
	return p
}

// hasten has a pool read all sockets promptly: tests wait for each other's datagrams.
func hasten(p *Pool) {
	adopt := p.adopt
	p.adopt = func(c *net.UDPConn) (mediaSocket, error) {
		s, err := adopt(c)
		if err == nil {
			s.await(listening, true)
		}
		return s, err
	}
}

// sender is a peer on loopback.
type sender struct {
	*net.UDPConn
	t    testing.TB
	to   netip.AddrPort
	seq  uint16
	ts   uint32
	sent []byte
}

func newSender(t testing.TB) *sender {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &sender{UDPConn: c, t: t, seq: 0xFFF0, ts: 0xFFFFF000}
}

func (s *sender) addr() netip.AddrPort { return s.LocalAddr().(*net.UDPAddr).AddrPort() }

// sendFrames sends n packets of 20 ms of µ-law.
func (s *sender) sendFrames(n int) {
	s.t.Helper()
	for range n {
		payload := bytes.Repeat([]byte{byte(len(s.sent))}, 160)
		s.packet(rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: s.seq, Timestamp: s.ts, SSRC: 77}, Payload: payload})
		s.seq++
		s.ts += 160
		s.sent = append(s.sent, payload...)
	}
}

func (s *sender) packet(p rtp.Packet) {
	s.t.Helper()
	b, err := p.Marshal()
	if err != nil {
		s.t.Fatal(err)
	}
	s.raw(b)
}

func (s *sender) raw(b []byte) {
	s.t.Helper()
	if _, err := s.WriteToUDPAddrPort(b, s.to); err != nil {
		s.t.Fatal(err)
	}
}

// take handles a datagram that arrives now.
func (s *Stream) take(b []byte, from netip.AddrPort) {
	s.handleDatagram(&datagram{data: b, from: from, arrived: s.pool.env.Steady()})
}

// liveRecorder is a recorder for a stream that runs.
type liveRecorder struct {
	recorder
	mu    sync.Mutex
	grown chan struct{} // closed and replaced with every frame
}

func (r *liveRecorder) Frame(f timbre.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recorder.Frame(f)
	close(r.grown)
	r.grown = make(chan struct{})
}

// wait returns when n frames have been delivered.
func (r *liveRecorder) wait(t testing.TB, n int) {
	t.Helper()
	for {
		r.mu.Lock()
		have, grown := len(r.at), r.grown
		r.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-grown:
		case <-t.Context().Done():
			t.Fatal("the test ended first")
		case <-time.After(20 * time.Second):
			t.Fatalf("got %d frames, want %d", have, n)
		}
	}
}

// open opens a stream on loopback, with its peer and its listener.
func open(t testing.TB, p *Pool, change func(*timbre.Media)) (*Stream, *sender, *liveRecorder) {
	t.Helper()
	from, to := newSender(t), &liveRecorder{grown: make(chan struct{})}
	spec := timbre.Media{Local: loopback, Remote: from.addr(), Payloads: map[uint8]timbre.Codec{0: timbre.PCMU, 101: timbre.TelephoneEvent}}
	if change != nil {
		change(&spec)
	}
	s, err := p.open(spec, to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	from.to = netip.AddrPortFrom(loopback, uint16(s.Port()))
	return s, from, to
}

func TestPacketsAreDecodedInOrder(t *testing.T) {
	p := pool(t, 50)
	s, from, to := open(t, p, nil)
	if s.Port()%2 != 0 {
		t.Errorf("got port %d, want an even one", s.Port())
	}
	for i := range 10 {
		from.sendFrames(20)
		to.wait(t, 20*(i+1))
	}
	s.Close()
	if !slices.Equal(to.pcm, codec.ULaw.Decode(nil, from.sent)) {
		t.Error("got other samples than were sent")
	}
	if got := s.Stats(); got.Packets != 200 || got.Lost+got.Late+got.Duplicates != 0 {
		t.Errorf("got %+v, want 200 packets, none lost, late or twice", got)
	}
	if got := testutil.ToFloat64(p.metrics.packets); got != 200 {
		t.Errorf("got %v packets counted, want 200", got)
	}
}

func TestCloseDeliversBufferedPackets(t *testing.T) {
	s, from, to := open(t, pool(t, 50), nil)
	from.sendFrames(2)
	to.wait(t, 2)
	from.seq++
	from.ts += 160
	from.sendFrames(3) // held: one is missing
	s.Close()
	s.Close()
	if len(to.at) != 5 || to.at[2] != 60*time.Millisecond {
		t.Errorf("got %d frames at %v, want 2, and 3 after a gap of one", len(to.at), to.at)
	}
	if got := s.Stats(); got.Lost != 1 || got.Filled != 0 {
		t.Errorf("got %+v, want 1 lost and nothing filled", got)
	}
}

func TestHoldDeliversBufferedPackets(t *testing.T) {
	s, from, to := open(t, pool(t, 50), nil)
	from.sendFrames(2)
	from.seq++
	from.ts += 160
	from.sendFrames(3)
	for s.Stats().Packets < 5 {
		runtime.Gosched()
	}
	s.Update(timbre.Media{Remote: from.addr(), Hold: true})
	to.wait(t, 5)
	s.Update(timbre.Media{Remote: from.addr()})
	from.sendFrames(1)
	to.wait(t, 6)
	if !slices.IsSorted(to.at) {
		t.Errorf("got frames at %v, want them in order", to.at)
	}
}

func TestMalformedPacketsAreCounted(t *testing.T) {
	p := pool(t, 50)
	s, from, to := open(t, p, nil)
	other := newSender(t)
	other.to = from.to
	from.sendFrames(1)
	to.wait(t, 1)
	for _, b := range [][]byte{{}, {0x80}, []byte("GET / HTTP/1.1\r\n\r\n"), {0xBF, 0, 1, 2, 3}, bytes.Repeat([]byte{0x80}, 3000), {0x80, 0xC8, 9, 9}} {
		from.raw(b)
	}
	from.raw([]byte("\x00\x01\x00\x00\x21\x12\xA4\x42twelve bytes"))
	from.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: from.seq, SSRC: 77}, Payload: []byte{1}})
	from.seq++
	other.sendFrames(3)
	from.sendFrames(1)
	to.wait(t, 2)
	s.Close()
	got := s.Stats()
	if want := [reasons]uint64{Malformed: 6, UnknownSource: 3, UnknownPayload: 1, STUN: 1}; got.Dropped != want {
		t.Errorf("got %v dropped, want %v", got.Dropped, want)
	}
	if got.Lost != 0 {
		t.Errorf("got %d lost, want 0", got.Lost)
	}
	if got := testutil.ToFloat64(p.metrics.dropped[UnknownSource]); got != 3 {
		t.Errorf("got %v packets of unknown sources counted, want 3", got)
	}
}

func TestUpdateMovesSource(t *testing.T) {
	s, from, to := open(t, pool(t, 50), nil)
	from.sendFrames(2)
	to.wait(t, 2)
	next := newSender(t)
	next.to, next.seq, next.ts = from.to, from.seq, from.ts
	s.Update(timbre.Media{Remote: next.addr(), Payloads: map[uint8]timbre.Codec{0: timbre.PCMU}})
	next.sendFrames(2)
	to.wait(t, 4)
	from.sendFrames(1)
	next.sendFrames(1)
	to.wait(t, 5)
	s.Close()
	if got := s.Stats(); got.Dropped[UnknownSource] != 1 || got.Duplicates != 0 {
		t.Errorf("got %+v, want 1 of an unknown source and no duplicates", got)
	}
}

func TestReceiverReports(t *testing.T) {
	for name, muxed := range map[string]bool{"own port": false, "port of the media": true} {
		t.Run(name, func(t *testing.T) {
			p := pool(t, 50)
			p.reportInterval = 10 * time.Millisecond
			control := newSender(t)
			s, from, to := open(t, p, func(s *timbre.Media) { s.RTCP = control.addr() })
			if muxed {
				control = from
				s.Update(timbre.Media{Remote: from.addr(), RTCP: from.addr()})
			} else {
				control.to = netip.AddrPortFrom(loopback, from.to.Port()+1)
			}
			from.sendFrames(20)
			to.wait(t, 20)
			sr, err := (&rtcp.SenderReport{SSRC: 77, NTPTime: 0x0000123456780000, RTPTime: from.ts}).Marshal()
			if err != nil {
				t.Fatal(err)
			}
			control.raw(sr)
			buf := make([]byte, 1500)
			for {
				n, via, err := control.ReadFromUDPAddrPort(buf)
				if err != nil {
					t.Fatal(err)
				}
				if via != control.to {
					t.Errorf("got a report from %v, want %v", via, control.to)
				}
				packets, err := rtcp.Unmarshal(buf[:n])
				if err != nil || rtcp.CompoundPacket(packets).Validate() != nil {
					t.Fatalf("got %v, %v, want a valid compound packet", packets, err)
				}
				r := packets[0].(*rtcp.ReceiverReport).Reports[0]
				if r.LastSenderReport == 0 {
					continue // sent before the sender report arrived
				}
				if r.SSRC != 77 || r.LastSequenceNumber != 0x10003 || r.TotalLost != 0 {
					t.Fatalf("got %+v, want SSRC 77, sequence number 0x10003 and nothing lost", r)
				}
				if r.LastSenderReport != 0x12345678 {
					t.Errorf("got last sender report %#x, want 0x12345678", r.LastSenderReport)
				}
				break
			}
			if got := s.Stats().SenderReports; got != 1 {
				t.Errorf("got %d sender reports, want 1", got)
			}
		})
	}
}

// await yields to other goroutines.
func await(t testing.TB) {
	t.Helper()
	runtime.Gosched()
	if t.Context().Err() != nil {
		t.Fatal("the test ended first")
	}
}
