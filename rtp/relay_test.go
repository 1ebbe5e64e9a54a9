package rtp

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// relayEnd is one end of a relayed call: sockets for its media and RTCP, and the stream that faces it.
type relayEnd struct {
	*sender
	control *sender
	stream  *Stream
}

// receiveFrom is the next datagram at a socket.
func receiveFrom(t testing.TB, s *sender) []byte {
	t.Helper()
	buf := make([]byte, maxDatagram)
	_ = s.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, _, err := s.ReadFromUDPAddrPort(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n]
}

// openRelayed opens two streams that are relayed to each other.
func openRelayed(t testing.TB, p *Pool, listener timbre.Listener) (a, b *relayEnd) {
	t.Helper()
	open := func() *relayEnd {
		e := &relayEnd{sender: newSender(t), control: newSender(t)}
		s, err := p.open(timbre.Media{Local: loopback, Remote: e.addr(), RTCP: e.control.addr(), Source: loopback}, listener)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		e.stream = s
		e.to = netip.AddrPortFrom(loopback, uint16(s.Port()))
		e.control.to = netip.AddrPortFrom(loopback, uint16(s.Port()+1))
		return e
	}
	a, b = open(), open()
	a.stream.Relay(b.stream)
	b.stream.Relay(a.stream)
	return a, b
}

// verify makes the end a host that has sent something.
func (e *relayEnd) verify() {
	e.stream.mu.Lock()
	defer e.stream.mu.Unlock()
	e.stream.latch.fix(e.addr(), sequence{packets: settledPackets}, time.Now())
}

func newRoom() *liveRecorder { return &liveRecorder{grown: make(chan struct{})} }

func TestRelayedPacketsAreUnchanged(t *testing.T) {
	p := pool(t, 50)
	a, b := openRelayed(t, p, discard{})
	for _, dir := range []struct{ from, to *relayEnd }{{a, b}, {b, a}} {
		for _, pt := range []uint8{0, 101, 18, 127} { // a codec, telephone-event, and two that are not negotiated
			sent := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: dir.from.seq, SSRC: 7, Marker: true}, Payload: []byte{1, 2, 3}}
			dir.from.seq++
			dir.from.packet(sent)
			want, _ := sent.Marshal()
			if got := receiveFrom(t, dir.to.sender); !bytes.Equal(got, want) {
				t.Errorf("payload type %d: got % x, want % x", pt, got, want)
			}
		}
		report, _ := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 7, PacketCount: 4}})
		dir.from.control.raw(report)
		if got := receiveFrom(t, dir.to.control); !bytes.Equal(got, report) {
			t.Errorf("got report % x, want % x", got, report)
		}
	}
	for testutil.ToFloat64(p.metrics.relayed) < 8 { // the last one is counted after it is sent
		await(t)
	}
	if n := testutil.ToFloat64(p.metrics.relayed); n != 8 {
		t.Errorf("got %v packets relayed, want 8", n)
	}
}

func TestPacketsOfUnknownSourceAreNotRelayed(t *testing.T) {
	a, b := openRelayed(t, pool(t, 50), discard{})
	a.sendFrames(1)
	receiveFrom(t, b.sender)
	unknown := newSender(t)
	unknown.to = a.to
	unknown.sendFrames(1)
	a.raw([]byte("no RTP"))
	a.sendFrames(1)
	if got := receiveFrom(t, b.sender); got[2] != byte((a.seq-1)>>8) || got[3] != byte(a.seq-1) {
		t.Errorf("got % x, want the packet with sequence number %d", got, a.seq-1)
	}
	if n := a.stream.Stats().Dropped; n[UnknownSource] != 1 || n[Malformed] != 1 {
		t.Errorf("got dropped %v, want 1 of an unknown source and 1 malformed", n)
	}
}

// stuck is a listener that blocks until it is released.
type stuck chan struct{}

func (s stuck) Frame(timbre.Frame) { <-s }

func TestBlockedListenerDoesNotStopRelay(t *testing.T) {
	p := pool(t, 50)
	free := make(stuck)
	a, b := openRelayed(t, p, free)
	b.verify()
	for range backlog + 20 {
		a.sendFrames(1)
		receiveFrom(t, b.sender)
	}
	a.stream.Close() // does not wait for it either
	if n := testutil.ToFloat64(p.metrics.listenerDropped); n < 10 {
		t.Errorf("got %v frames dropped, want at least 10", n)
	}
	close(free)
}

func TestCloseDeliversQueuedFramesOfRelay(t *testing.T) {
	got := newRoom()
	a, b := openRelayed(t, pool(t, 50), got)
	for range 40 {
		a.sendFrames(1)
		receiveFrom(t, b.sender)
	}
	a.stream.Close()
	if n := len(got.pcm); n != 40*160 {
		t.Errorf("got %d samples, want %d", n, 40*160)
	}
}

func TestOpaqueDatagramsAreRelayedNotDecoded(t *testing.T) {
	got := newRoom()
	a, b := openRelayed(t, pool(t, 50), got)
	for _, e := range []*relayEnd{a, b} {
		e.stream.Update(timbre.Media{Local: loopback, Remote: e.addr(), Source: loopback, Opaque: true})
	}
	for _, fax := range []string{"\x00\x01\x02 a page", "\x80\xC8 not RTCP either"} {
		a.raw([]byte(fax))
		if got := receiveFrom(t, b.sender); string(got) != fax {
			t.Errorf("got %q, want %q", got, fax)
		}
	}
	a.stream.Close()
	if n := len(got.pcm); n != 0 {
		t.Errorf("got %d samples, want none", n)
	}
}

func TestRelayDestinations(t *testing.T) {
	p := pool(t, 1)
	for name, c := range map[string]struct {
		spec           timbre.Media
		from           string // the source of a packet, if one has arrived
		media, control string
	}{
		"nothing known":           {timbre.Media{Source: addr("10.0.0.1:1").Addr()}, "", "invalid AddrPort", "invalid AddrPort"},
		"early media":             {timbre.Media{Source: addr("10.0.0.1:1").Addr()}, "10.0.0.1:4000", "10.0.0.1:4000", "10.0.0.1:4001"},
		"as signalled":            {timbre.Media{Remote: addr("10.0.0.1:4000")}, "", "10.0.0.1:4000", "10.0.0.1:4001"},
		"RTCP elsewhere":          {timbre.Media{Remote: addr("10.0.0.1:4000"), RTCP: addr("10.0.0.1:5000")}, "10.0.0.1:4000", "10.0.0.1:4000", "10.0.0.1:5000"},
		"sends from another port": {timbre.Media{Remote: addr("10.0.0.1:4000")}, "10.0.0.1:4444", "10.0.0.1:4000", "10.0.0.1:4001"},
		"behind NAT":              {timbre.Media{Remote: addr("192.168.0.1:4000"), RTCP: addr("192.168.0.1:4001"), Source: addr("10.0.0.1:1").Addr()}, "10.0.0.1:4444", "10.0.0.1:4444", "10.0.0.1:4445"},
		"hold of old":             {timbre.Media{Remote: addr("0.0.0.0:4000")}, "", "invalid AddrPort", "invalid AddrPort"},
	} {
		t.Run(name, func(t *testing.T) {
			s := p.stream(c.spec, discard{})
			if c.from != "" {
				s.take(speech(), addr(c.from))
			}
			s.mu.Lock()
			media, control := s.destinations()
			s.mu.Unlock()
			if media.String() != c.media || control.String() != c.control {
				t.Errorf("%s: got %v and %v, want %s and %s", name, media, control, c.media, c.control)
			}
		})
	}
}
