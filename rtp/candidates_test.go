package rtp

import (
	"slices"
	"testing"
	"time"

	"timbre"
)

// handshakeRecord is a record with a handshake message in clear.
func handshakeRecord(message byte, body []byte) []byte {
	n := len(body)
	b := append([]byte{22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, byte((n + 12) >> 8), byte(n + 12), message, 0, byte(n >> 8), byte(n)}, 0, 0, 0, 0, 0, 0, byte(n>>8), byte(n))
	return append(b, body...)
}

// helloVerify is a HelloVerifyRequest with a cookie.
func helloVerify() []byte {
	cookie := make([]byte, 20)
	return handshakeRecord(3, append([]byte{254, 255, byte(len(cookie))}, cookie...))
}

// clientHello is the beginning of a ClientHello with a random.
func clientHello(random byte) []byte {
	return handshakeRecord(1, slices.Concat([]byte{254, 253}, slices.Repeat([]byte{random}, 32), make([]byte, 30)))
}

// heard reports whether anything reaches a peer within a time.
func (s *sender) heard(within time.Duration) bool {
	_ = s.SetReadDeadline(time.Now().Add(within))
	defer func() { _ = s.SetReadDeadline(time.Time{}) }()
	_, err := s.Read(make([]byte, maxDatagram))
	return err == nil
}

// agreed completes the peer's part of a handshake, and sends packets.
func agreed(t *testing.T, from *sender, to *liveRecorder, client bool) {
	t.Helper()
	_, out, err := peerHandshake(testContext(t), from, from.to, client, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	from.sendEncrypted(out, 3)
	to.wait(t, 3)
}

// One datagram from another port of the peer's host neither turns the handshake there nor is in its way.
func TestHandshakeStaysWithSignalledAddress(t *testing.T) {
	_, from, to := openDTLS(t, pool(t, 50), true, nil)
	stranger := newSender(t)
	stranger.to = from.to
	if !from.heard(5 * time.Second) {
		t.Fatal("got no ClientHello")
	}
	stranger.raw(helloVerify())
	stranger.raw(handshakeRecord(2, make([]byte, 40)))
	if stranger.heard(100 * time.Millisecond) {
		t.Error("got an answer at a port that was not signalled")
	}
	agreed(t, from, to, false)
}

// Whoever says hello first is not the peer: its certificate is.
func TestStrangersHelloIsNotInTheWay(t *testing.T) {
	_, from, to := openDTLS(t, pool(t, 50), false, nil)
	for i := range maxCandidates + 2 {
		stranger := newSender(t)
		stranger.to = from.to
		stranger.raw(clientHello(byte(i)))
	}
	agreed(t, from, to, true)
}

// A handshake with another certificate goes on beside that of the peer, and changes nothing.
func TestFingerprintDecidesBetweenCandidates(t *testing.T) {
	p := pool(t, 50)
	s, from, to := openDTLS(t, p, false, func(m *timbre.Media) { m.Remote = addr("127.0.0.1:9") })
	impostor := newSender(t)
	impostor.to = from.to
	other, err := newCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := handshakeAs(testContext(t), impostor, impostor.to, true, profiles()[0], other); err == nil {
		impostor.heard(time.Second) // it is told so by an alert
	}
	if s.sealing() != nil {
		t.Error("got keys from another certificate")
	}
	agreed(t, from, to, true)
}

// A peer may answer from another port than it receives on, once the signalled one has had its chance.
func TestAnswerFromAnotherPort(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the head start")
	}
	_, from, to := openDTLS(t, pool(t, 50), true, nil)
	sending := newSender(t)
	sending.to = from.to
	_, out, err := peerHandshake(testContext(t), crossed{from, sending}, from.to, false, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	sending.sendEncrypted(out, 2)
	to.wait(t, 2)
}

// An address that answers in the place of the signalled one and shows no certificate is not heard again, and no alert reaches the peer.
func TestFalseAnswerIsHeardOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the head start")
	}
	s, from, to := openDTLS(t, pool(t, 50), true, nil)
	stranger := newSender(t)
	stranger.to = from.to
	for !s.barred(stranger) {
		stranger.raw(handshakeRecord(2, make([]byte, 40)))
		if stranger.heard(20 * time.Millisecond) {
			t.Error("got a datagram at a port that was not signalled")
		}
	}
	_ = from.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	for b := make([]byte, maxDatagram); ; {
		n, err := from.Read(b)
		if err != nil {
			break
		}
		if n > 0 && b[0] == alertRecord {
			t.Error("got an alert at the signalled address")
		}
	}
	_ = from.SetReadDeadline(time.Time{})
	agreed(t, from, to, false)
}

// barred reports whether an address has had its chance.
func (s *Stream) barred(p *sender) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.associations[onMedia]
	return a != nil && a.barred[p.addr()]
}
