package rtp

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"timbre"
	"timbre/environment"
)

// taken are the datagrams that a socket has handed on.
type taken struct {
	mu   sync.Mutex
	all  []datagram
	more chan struct{} // has room for one
}

func (k *taken) handle(d *datagram) {
	k.mu.Lock()
	defer k.mu.Unlock()
	own := *d
	own.data = bytes.Clone(d.data)
	k.all = append(k.all, own)
	select {
	case k.more <- struct{}{}:
	default:
	}
}

func (k *taken) datagrams() []datagram {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.all)
}

// wait returns the datagrams once there are n.
func (k *taken) wait(t *testing.T, n int) []datagram {
	t.Helper()
	for {
		if all := k.datagrams(); len(all) >= n {
			return all
		}
		select {
		case <-k.more:
		case <-time.After(20 * time.Second):
			t.Fatalf("got %d datagrams, want %d", len(k.datagrams()), n)
		}
	}
}

// polledSocket is a socket on loopback that pollers read, and one that sends to it.
func polledSocket(t *testing.T, by *pollers, local netip.Addr) (*polled, *sender) {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadBuffer(MediaBuffer); err != nil {
		t.Fatal(err)
	}
	adopted, err := by.adopt(c)
	if err != nil {
		t.Fatal(err)
	}
	from := newSender(t)
	from.to = netip.AddrPortFrom(loopback, adopted.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	return adopted.(*polled), from
}

func receiving(t *testing.T, by *pollers) (*polled, *sender, *taken) {
	t.Helper()
	s, from := polledSocket(t, by, loopback)
	k := &taken{more: make(chan struct{}, 1)}
	if err := s.receive(k); err != nil {
		t.Fatal(err)
	}
	return s, from, k
}

func TestSystemWithEpollPolls(t *testing.T) {
	c, err := net.ListenUDP("udp", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newAdopter(environment.Environment{}.Complete())(c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if _, ok := s.(*polled); !ok {
		t.Errorf("got a %T, want a socket that is polled", s)
	}
}

// A socket in the runtime's poller too would wake it with each datagram, which is what pollers are to save.
func TestMediaSocketIsInOnePollerOnly(t *testing.T) {
	s, _, _ := receiving(t, newPollers(environment.Environment{}.Complete()))
	defer s.close()
	var own unix.Stat_t
	if err := unix.Fstat(s.fd, &own); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob("/proc/self/fdinfo/*")
	if err != nil {
		t.Fatal(err)
	}
	in := 0
	for _, file := range all {
		text, _ := os.ReadFile(file)
		in += strings.Count(string(text), fmt.Sprintf(" ino:%x ", own.Ino))
	}
	if in != 1 {
		t.Errorf("got the socket in %d pollers, want 1", in)
	}
}

// rounds counts how often datagrams come after a time without any.
type rounds struct {
	taken
	rounds int
	last   time.Time
}

func (r *rounds) handle(d *datagram) {
	if time.Since(r.last) > 500*time.Microsecond {
		r.rounds++
	}
	r.taken.handle(d)
	r.last = time.Now()
}

func TestDatagramsGatherBetweenRounds(t *testing.T) {
	for u, every := range map[urgency]time.Duration{patient: patiently, prompt: promptly} {
		s, from := polledSocket(t, newPollers(environment.Environment{}.Complete()), loopback)
		s.await(listening, u == prompt)
		gather(t, s, from, every)
	}
}

// gather sends datagrams to a socket, which is read at intervals.
func gather(t *testing.T, s *polled, from *sender, interval time.Duration) {
	t.Helper()
	k := &rounds{taken: taken{more: make(chan struct{}, 1)}}
	if err := s.receive(k); err != nil {
		t.Fatal(err)
	}
	every := time.NewTicker(interval / 10)
	defer every.Stop()
	began := time.Now()
	const n = 100
	for i := range n {
		<-every.C
		from.raw([]byte{byte(i)})
	}
	for i, d := range k.wait(t, n) {
		if d.data[0] != byte(i) || d.from != from.addr() {
			t.Fatalf("got datagram %d from %v in place %d, want it from %v", d.data[0], d.from, i, from.addr())
		}
	}
	took := time.Since(began)
	s.close()
	if most := 2*int(took/interval) + 2; k.rounds > most { // a busy machine interrupts a round
		t.Errorf("got %d rounds in %v, want at most %d", k.rounds, took, most)
	}
}

// A socket moves from one kind of rounds to the other and back while it receives, and is found in one of them.
func TestAwaitedSocketsAreReadPromptly(t *testing.T) {
	by := newPollers(environment.Environment{}.Complete())
	by.patience = time.Hour
	s, from, k := receiving(t, by)
	defer s.close()
	watched := func(want [urgencies]int) {
		t.Helper()
		by.mu.Lock()
		defer by.mu.Unlock()
		if got := s.poller.watched; got != want {
			t.Errorf("got %v sockets watched by urgency, want %v", got, want)
		}
	}
	from.raw([]byte{1})
	s.await(relayed, true)
	from.raw([]byte{2})
	k.wait(t, 2)
	s.await(listening, true)
	s.await(relayed, false)
	watched([urgencies]int{prompt: 1})
	s.await(listening, false)
	watched([urgencies]int{patient: 1})
	from.raw([]byte{3})
	s.catchUp()
	k.wait(t, 3)
	s.await(listening, true)
	from.raw([]byte{4})
	k.wait(t, 4)
}

// Audio that comes faster than it was spoken, or a flood, would overflow a socket that is read seldom. What has waited for a machine that stood
// still came in real time.
func TestFastSocketsAreReadPromptly(t *testing.T) {
	s, _, _ := receiving(t, newPollers(environment.Environment{}.Complete()))
	defer s.close()
	turn := func(read int, fresh, prompt bool) {
		t.Helper()
		s.reading.Lock()
		s.keepUp(read, fresh)
		s.reading.Unlock()
		s.by.mu.Lock()
		defer s.by.mu.Unlock()
		if got := s.why == hurrying; got != prompt {
			t.Fatalf("got read promptly %v after %d datagrams, want %v", got, read, prompt)
		}
	}
	turn(fast-1, true, false)
	turn(fast, false, false)
	turn(fast, true, true)
	for range calm - 1 {
		turn(1, true, true)
	}
	turn(fast, true, true)
	for range calm - 1 {
		turn(batch, true, true)
	}
	turn(1, true, false)
}

// answering sends two datagrams for each that it takes: a flood that comes faster than it is read.
type answering struct {
	from  *sender
	taken int
	over  bool
}

func (a *answering) handle(*datagram) {
	for range 2 {
		if !a.over {
			a.from.raw([]byte{1})
		}
	}
	a.taken++
}

func TestAFloodDoesNotHoldARound(t *testing.T) {
	by := newPollers(environment.Environment{}.Complete())
	p, err := newPoller(by)
	if err != nil {
		t.Fatal(err)
	}
	by.all = []*poller{p}
	s, from := polledSocket(t, by, loopback)
	flood := &answering{from: from}
	s.await(relayed, true)
	if err := s.receive(flood); err != nil {
		t.Fatal(err)
	}
	from.raw([]byte{1})
	p.promptRound()
	if most := maxLooks * (maxTurn + batch); flood.taken < maxTurn || flood.taken > most {
		t.Errorf("got %d datagrams in a round, want %d to %d", flood.taken, maxTurn, most)
	}
	flood.over = true
	go p.run() // to be ended with its last socket
	s.close()
}

// Somebody waits for what is relayed, for each flight of a handshake, and for what is analysed. Nobody does for what is only recorded.
func TestRelaysHandshakesAndAnalysisAreReadPromptly(t *testing.T) {
	p := pool(t, 20)
	p.adopt = newPollers(p.env).adopt
	keys := timbre.Media{Local: loopback, DTLS: &timbre.DTLSParameters{}}
	for name, c := range map[string]struct {
		media timbre.Media
		then  func(s, other *Stream)
		want  awaiting
	}{
		"recorded":             {},
		"relayed":              {then: func(s, other *Stream) { s.Relay(other) }, want: relayed},
		"relayed once":         {then: func(s, other *Stream) { s.Relay(other); s.Relay(nil) }},
		"DTLS":                 {media: keys, want: handshaking},
		"DTLS in a re-INVITE":  {then: func(s, _ *Stream) { s.Update(keys) }, want: handshaking},
		"no DTLS any more":     {media: keys, then: func(s, _ *Stream) { s.Update(timbre.Media{Local: loopback}) }},
		"analysed":             {then: func(s, _ *Stream) { s.Prompt(true) }, want: listening},
		"analysed and relayed": {then: func(s, other *Stream) { s.Prompt(true); s.Relay(other); s.Prompt(false) }, want: relayed},
	} {
		c.media.Local = loopback
		s, err := p.open(c.media, newRoom())
		if err != nil {
			t.Fatal(err)
		}
		other, err := p.open(timbre.Media{Local: loopback}, newRoom())
		if err != nil {
			t.Fatal(err)
		}
		if c.then != nil {
			c.then(s, other)
		}
		own := s.mediaConn.(*polled)
		own.by.mu.Lock()
		if got := own.why; got != c.want {
			t.Errorf("%s: got awaited %04b, want %04b", name, got, c.want)
		}
		own.by.mu.Unlock()
		s.Close()
		other.Close()
	}
}

// What came before a renegotiation is handled by what was negotiated then: its payload types, and the end of a hold.
func TestGatheredPacketsAreHandledBeforeAnUpdate(t *testing.T) {
	p := pool(t, 4)
	by := newPollers(p.env)
	by.patience = time.Hour
	p.adopt = by.adopt
	from, heard := newSender(t), newRoom()
	m := timbre.Media{Local: loopback, Remote: from.addr(), Payloads: map[uint8]timbre.Codec{0: timbre.PCMU}}
	s, err := p.open(m, heard)
	if err != nil {
		t.Fatal(err)
	}
	from.to = netip.AddrPortFrom(loopback, uint16(s.Port()))
	from.sendFrames(3)
	m.Payloads = map[uint8]timbre.Codec{8: timbre.PCMA}
	s.Update(m)
	if got := s.Stats(); got.Packets != 3 || got.Dropped[UnknownPayload] != 0 {
		t.Errorf("got %d packets and %d of unknown payload before the update, want 3 and 0", got.Packets, got.Dropped[UnknownPayload])
	}
	s.Close()
}

// The time of arrival is the kernel's: that of the round would be jitter.
func TestDatagramsArriveWhenTheyReachTheSocket(t *testing.T) {
	s, from := polledSocket(t, newPollers(environment.Environment{}.Complete()), loopback)
	from.raw([]byte{1})
	rest := time.NewTimer(30 * time.Millisecond)
	<-rest.C
	from.raw([]byte{2})
	k := &taken{more: make(chan struct{}, 1)}
	if err := s.receive(k); err != nil {
		t.Fatal(err)
	}
	defer s.close()
	got := k.wait(t, 2)
	if apart := got[1].arrived.Sub(got[0].arrived); apart < 29*time.Millisecond || apart > maxWait {
		t.Errorf("got datagrams that arrived %v after each other, want some 30ms", apart)
	}
}

// A flood is read in parts, and what is left is not forgotten, though nothing more arrives.
func TestMoreThanARoundReadsIsRead(t *testing.T) {
	s, from := polledSocket(t, newPollers(environment.Environment{}.Complete()), loopback)
	const n = maxTurn + 40
	for range n {
		from.raw([]byte{1})
	}
	k := &taken{more: make(chan struct{}, 1)}
	if err := s.receive(k); err != nil {
		t.Fatal(err)
	}
	defer s.close()
	k.wait(t, n)
}

func TestPollersShareSocketsAndEndWithThem(t *testing.T) {
	by := newPollers(environment.Environment{}.Complete())
	by.all = make([]*poller, 2)
	before := descriptors(t)
	var sockets []*polled
	for range 8 {
		s, from, k := receiving(t, by)
		from.raw([]byte{1})
		k.wait(t, 1)
		_ = from.Close()
		sockets = append(sockets, s)
	}
	if a, b := by.all[0].len(), by.all[1].len(); a != 4 || b != 4 {
		t.Errorf("got %d and %d sockets, want 4 each", a, b)
	}
	for _, s := range sockets {
		s.close()
	}
	if by.all[0] != nil || by.all[1] != nil {
		t.Error("got pollers without sockets")
	}
	if after := descriptors(t); after != before {
		t.Errorf("got %d descriptors after closing, want %d as before", after, before)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestPolledSocketSends(t *testing.T) {
	for _, local := range []netip.Addr{loopback, netip.IPv6Unspecified()} {
		s, peer := polledSocket(t, newPollers(environment.Environment{}.Complete()), local)
		if n, err := s.WriteToUDPAddrPort([]byte("audio"), peer.addr()); n != 5 || err != nil {
			t.Errorf("%v: got %d and %v, want 5 bytes sent", local, n, err)
		}
		if got := receiveFrom(t, peer); string(got) != "audio" {
			t.Errorf("%v: got %q, want what was sent", local, got)
		}
		s.close()
		if _, err := s.WriteToUDPAddrPort([]byte("audio"), peer.addr()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%v: got %v after closing, want net.ErrClosed", local, err)
		}
	}
	s, _ := polledSocket(t, newPollers(environment.Environment{}.Complete()), loopback)
	defer s.close()
	for _, to := range []netip.AddrPort{{}, addr("[::1]:9")} {
		if _, err := s.WriteToUDPAddrPort([]byte("audio"), to); err == nil {
			t.Errorf("got %q sent from an IPv4 socket", to)
		}
	}
}

// Streams come and go while others receive and relay: nothing is lost, and nothing races.
func TestStreamsComeAndGoOnOnePoller(t *testing.T) {
	p := pool(t, 80)
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 5 {
				from, heard := newSender(t), newRoom()
				s, err := p.open(timbre.Media{Local: loopback, Remote: from.addr()}, heard)
				if err != nil {
					t.Error(err)
					return
				}
				from.to = netip.AddrPortFrom(loopback, uint16(s.Port()))
				from.sendFrames(20)
				s.Close()
				if len(heard.at) != 20 {
					t.Errorf("got %d frames, want 20", len(heard.at))
				}
				_ = from.Close()
			}
		})
	}
	work.Wait()
}
