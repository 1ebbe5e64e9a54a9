// Package mediatest is the suite that every receiver of media must pass. A receiver comes in, as a way to start one; what goes
// out is the verdict of go test, one name for each fact that timbre.MediaReceiver and timbre.MediaRelay promise.
//
// It knows a receiver by what it does with datagrams on loopback alone. What a receiver costs is for benchmarks, and how it
// treats a hostile sender in detail for the receiver's own tests.
package mediatest

import (
	"testing"
	"time"

	"timbre"
)

// Receiver is what the suite tests.
type Receiver interface {
	timbre.MediaReceiver
	timbre.MediaRelay
	timbre.DTLSIdentity
}

// timeout bounds each wait for something that a receiver has to do.
const timeout = 20 * time.Second

// Run puts receivers through the suite. start returns one with at least ten free pairs of ports; it closes what has to be
// closed by t.Cleanup.
func Run(t *testing.T, start func(t *testing.T) Receiver) {
	for _, part := range []struct {
		name  string
		facts []fact
	}{
		{"order", order},
		{"loss", loss},
		{"codec", codecs},
		{"hold", hold},
		{"latch", latching},
		{"SDES", sdes},
		{"DTLS", handshakes},
		{"relay", relays},
		{"close", closing},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, f := range part.facts {
				t.Run(f.name, func(t *testing.T) { f.holds(&subject{T: t, receiver: start(t)}) })
			}
		})
	}
}

// fact is something that a receiver promises.
type fact struct {
	name  string
	holds func(s *subject)
}

// subject is a receiver under test.
type subject struct {
	*testing.T
	receiver Receiver
}

// leg is an open stream with its peer and its listener.
type leg struct {
	timbre.MediaStream
	peer     *peer
	listener *listener
}

// open opens a stream of PCMU, PCMA and telephone-event from a peer on loopback, as changed.
func (s *subject) open(change func(*timbre.Media)) *leg {
	s.Helper()
	l := &leg{peer: s.newPeer(), listener: newListener()}
	m := l.media()
	if change != nil {
		change(&m)
	}
	stream, err := s.receiver.Open(m, l.listener)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(stream.Close)
	l.MediaStream = stream
	l.peer.sendTo(stream.Port())
	return l
}

// media describes the stream of the leg's peer.
func (l *leg) media() timbre.Media {
	return timbre.Media{
		Local: loopback, Remote: l.peer.addr(), Source: loopback,
		Payloads: map[uint8]timbre.Codec{0: timbre.PCMU, 8: timbre.PCMA, 9: timbre.G722, 101: timbre.TelephoneEvent},
	}
}

// await returns once a condition holds, which nothing but looking can tell.
func (s *subject) await(what string, holds func() bool) {
	s.Helper()
	tick, limit := time.NewTicker(time.Millisecond), time.After(timeout)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			s.Fatalf("waited %v in vain until %s", timeout, what)
		}
	}
}

// packets waits until a leg has received n packets.
func (s *subject) packets(l *leg, n uint64) {
	s.Helper()
	s.await("all packets are received", func() bool { return l.Reception().Packets >= n })
}

// dropped waits until a leg has dropped n packets.
func (s *subject) dropped(l *leg, n uint64) {
	s.Helper()
	s.await("the packets are dropped", func() bool { return l.Reception().Dropped >= n })
}

// reception compares what a leg has received, but for its jitter. A frame is delivered before its packet is counted.
func (s *subject) reception(l *leg, want timbre.Reception) {
	s.Helper()
	s.await("the packets are counted", func() bool { return l.Reception().Packets >= want.Packets })
	got := l.Reception()
	got.Jitter = 0
	if got != want {
		s.Errorf("got reception %+v, want %+v", got, want)
	}
}
