package rtp

import (
	"bytes"
	"slices"
	"testing"

	"timbre"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/rtp/codec"
)

// testKeys are keys of a suite, the peer's full of one byte and ours of another.
func testKeys(t testing.TB, suite string, remote byte) *timbre.SRTPKeys {
	t.Helper()
	at := timbre.SRTPSuiteRank(suite)
	if at < 0 {
		t.Fatalf("got no suite %q", suite)
	}
	n := timbre.SRTPSuites()[at].Length()
	return &timbre.SRTPKeys{Suite: suite, Local: bytes.Repeat([]byte{0xAA}, n), Remote: bytes.Repeat([]byte{remote}, n)}
}

// peerContext is the context that the peer encrypts with.
func peerContext(t testing.TB, k *timbre.SRTPKeys, options ...srtp.ContextOption) *srtp.Context {
	t.Helper()
	c, err := newSRTPContext(k.Suite, k.Remote, options...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// nextPacket is the next packet of a sender, not encrypted.
func (s *sender) nextPacket() []byte {
	s.t.Helper()
	payload := bytes.Repeat([]byte{byte(len(s.sent))}, 160)
	b, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: s.seq, Timestamp: s.ts, SSRC: 77}, Payload: payload}).Marshal()
	if err != nil {
		s.t.Fatal(err)
	}
	s.seq++
	s.ts += 160
	s.sent = append(s.sent, payload...)
	return b
}

// sendEncrypted sends n packets of 20 ms and returns the last one.
func (s *sender) sendEncrypted(c *srtp.Context, n int) (last []byte) {
	s.t.Helper()
	for range n {
		b, err := c.EncryptRTP(nil, s.nextPacket(), nil)
		if err != nil {
			s.t.Fatal(err)
		}
		s.raw(b)
		last = b
	}
	return last
}

var allSuites = suiteNames()

func suiteNames() (names []string) {
	for _, s := range timbre.SRTPSuites() {
		names = append(names, s.Name)
	}
	return names
}

func TestEverySuiteDecryptsAndReports(t *testing.T) {
	for _, suite := range allSuites {
		t.Run(suite, func(t *testing.T) {
			p := pool(t, 50)
			k := testKeys(t, suite, 1)
			s, from, to := open(t, p, func(s *timbre.Media) { s.Keys, s.Mux = k, true })
			c := peerContext(t, k)
			from.sendEncrypted(c, 40) // the sequence numbers wrap around: the roll-over counter is incremented
			to.wait(t, 40)
			b, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 77}})
			if err != nil {
				t.Fatal(err)
			}
			if b, err = c.EncryptRTCP(nil, b, nil); err != nil {
				t.Fatal(err)
			}
			from.raw(b)
			from.sendEncrypted(c, 1)
			to.wait(t, 41)
			s.sendReport(p.env.Now())
			report := make([]byte, maxDatagram)
			n, err := from.Read(report)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := rtcp.Unmarshal(report[:n]); err == nil && bytes.Contains(report[:n], []byte("timbre-")) {
				t.Error("got a report in the clear, want it encrypted")
			}
			ours, err := newSRTPContext(suite, k.Local)
			if err != nil {
				t.Fatal(err)
			}
			plaintext, err := ours.DecryptRTCP(nil, report[:n], nil)
			if err != nil || !bytes.Contains(plaintext, []byte("timbre-")) {
				t.Errorf("got report %q, %v, want one with our name", plaintext, err)
			}
			s.Close()
			if !slices.Equal(to.pcm, codec.ULaw.Decode(nil, from.sent)) {
				t.Error("got other samples than were sent")
			}
			if got := s.Stats(); got.Packets != 41 || got.SenderReports != 1 || got.Dropped != [reasons]uint64{} {
				t.Errorf("got %+v, want 41 packets, 1 sender report and nothing dropped", got)
			}
		})
	}
}

func TestUnauthenticPacketsAreDropped(t *testing.T) {
	for _, suite := range allSuites {
		t.Run(suite, func(t *testing.T) {
			p := pool(t, 50)
			k := testKeys(t, suite, 1)
			s, from, to := open(t, p, func(s *timbre.Media) { s.Keys, s.LatchAny = k, true })
			attacker := newSender(t)
			attacker.to = from.to
			attacker.sendEncrypted(peerContext(t, testKeys(t, suite, 2)), 20) // the wrong key
			attacker.sendFrames(1)                                            // in the clear
			c := peerContext(t, k)
			again := from.sendEncrypted(c, 3)
			to.wait(t, 3)
			from.raw(again) // a replay
			tampered := bytes.Clone(again)
			tampered[len(tampered)-12]++
			tampered[3] += 9 // a new sequence number
			from.raw(tampered)
			from.raw(again[:14])
			from.sendEncrypted(c, 1)
			to.wait(t, 4)
			s.Close()
			if !slices.Equal(to.pcm, codec.ULaw.Decode(nil, from.sent)) {
				t.Error("got other samples than were sent")
			}
			got := s.Stats()
			if want := [reasons]uint64{Unauthentic: 23, Replayed: 1}; got.Dropped != want || got.Packets != 4 || got.Lost != 0 {
				t.Errorf("got %+v, want 4 packets, none lost, and %v dropped", got, want)
			}
			if n := testutil.ToFloat64(p.metrics.dropped[Unauthentic]); n != 23 {
				t.Errorf("got %v unauthentic packets counted, want 23", n)
			}
		})
	}
}

func TestUnauthenticPacketDoesNotLatch(t *testing.T) {
	k := testKeys(t, "AEAD_AES_128_GCM", 1)
	s, from, to := open(t, pool(t, 50), func(s *timbre.Media) { s.Keys, s.Remote = k, addr("127.0.0.1:9") })
	attacker := newSender(t) // on the signalled host
	attacker.to = from.to
	attacker.sendEncrypted(peerContext(t, testKeys(t, "AEAD_AES_128_GCM", 2)), 5)
	from.sendEncrypted(peerContext(t, k), 5)
	to.wait(t, 5)
	if got := s.Stats().Dropped[UnknownSource]; got != 0 {
		t.Errorf("got %d packets of the source dropped, want 0", got)
	}
}

func TestUpdateKeepsReplayStateOfSameKey(t *testing.T) {
	k := testKeys(t, "AES_CM_128_HMAC_SHA1_80", 1)
	s, from, to := open(t, pool(t, 50), func(s *timbre.Media) { s.Keys = k })
	c := peerContext(t, k)
	last := from.sendEncrypted(c, 20)
	to.wait(t, 20)
	if roc, _ := c.ROC(77); roc != 1 {
		t.Fatalf("got roll-over counter %d, want 1", roc)
	}
	s.Update(timbre.Media{Remote: from.addr(), Keys: testKeys(t, k.Suite, 1), Payloads: map[uint8]timbre.Codec{0: timbre.PCMU}})
	from.raw(last)
	from.sendEncrypted(c, 5)
	to.wait(t, 25)
	if got := s.Stats(); got.Dropped != [reasons]uint64{Replayed: 1} {
		t.Errorf("got %+v, want 1 replayed and nothing else dropped", got)
	}
}

func TestPreviousKeyIsAcceptedForAWhile(t *testing.T) {
	for _, next := range []string{"AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_32"} {
		k := testKeys(t, "AEAD_AES_256_GCM", 1)
		s, from, to := open(t, pool(t, 50), func(s *timbre.Media) { s.Keys = k })
		old := peerContext(t, k)
		from.sendEncrypted(old, 5)
		to.wait(t, 5)
		changed := testKeys(t, next, 2)
		s.Update(timbre.Media{Remote: from.addr(), Keys: changed, Payloads: map[uint8]timbre.Codec{0: timbre.PCMU}})
		from.sendEncrypted(old, 5) // in flight
		to.wait(t, 10)
		from.sendEncrypted(peerContext(t, changed), previousSourceLimit)
		to.wait(t, 10+previousSourceLimit)
		from.sendEncrypted(old, 3)
		from.sendFrames(1)
		s.Close()
		if got := s.Stats(); got.Dropped != [reasons]uint64{Unauthentic: 4} || got.Packets != 10+previousSourceLimit {
			t.Errorf("%s: got %+v, want %d packets and 4 unauthentic", next, got, 10+previousSourceLimit)
		}
	}
}

func TestUnusableNewKeysSilenceTheStream(t *testing.T) {
	k := testKeys(t, "AEAD_AES_256_GCM", 1)
	s, from, to := open(t, pool(t, 50), func(s *timbre.Media) { s.Keys = k })
	from.sendEncrypted(peerContext(t, k), 1)
	to.wait(t, 1)
	s.Update(timbre.Media{Remote: from.addr(), Keys: &timbre.SRTPKeys{Suite: k.Suite, Local: k.Local, Remote: k.Remote[:9]}})
	from.sendFrames(3)
	from.sendEncrypted(peerContext(t, k), 3)
	s.Close()
	if got := s.Stats(); got.Packets != 1 || got.Dropped[Unauthentic] != 6 {
		t.Errorf("got %+v, want 1 packet and 6 unauthentic", got)
	}
}

func TestUnusableKeysAreRefused(t *testing.T) {
	p := pool(t, 1)
	for _, k := range []*timbre.SRTPKeys{{}, {Suite: "AES_192_CM_HMAC_SHA1_80"}, {Suite: "AEAD_AES_128_GCM", Remote: make([]byte, 28), Local: make([]byte, 29)}} {
		if _, err := p.open(timbre.Media{Keys: k}, &recorder{}); err == nil || p.Free() != 1 {
			t.Errorf("keys %+v: got %v and %d free, want an error and 1", k, err, p.Free())
		}
	}
}

func TestMKIIsExpectedInEveryPacket(t *testing.T) {
	for _, suite := range allSuites {
		k := testKeys(t, suite, 1)
		k.MKI = []byte{0, 0, 0, 1}
		s, from, to := open(t, pool(t, 50), func(s *timbre.Media) { s.Keys = k })
		from.sendEncrypted(peerContext(t, k, srtp.MasterKeyIndicator(k.MKI)), 3)
		to.wait(t, 3)
		from.sendEncrypted(peerContext(t, k, srtp.MasterKeyIndicator([]byte{0, 0, 0, 2})), 3)
		s.Close()
		if got := s.Stats(); got.Packets != 3 || got.Dropped[Unauthentic]+got.Dropped[Replayed] != 3 {
			t.Errorf("%s: got %+v, want 3 packets and 3 dropped", suite, got)
		}
	}
}

func TestSSRCsOfAKeyAreBounded(t *testing.T) {
	k := testKeys(t, "AEAD_AES_128_GCM", 1)
	e, err := newCryptoContext(*k, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := peerContext(t, k)
	for ssrc := range uint32(2 * maxSSRCs) {
		plaintext, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: ssrc}, Payload: []byte{1}}).Marshal()
		b, err := c.EncryptRTP(nil, plaintext, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, why, ok := e.decrypt(b, ssrc); ok != (ssrc < maxSSRCs) || !ok && why != OutOfSequence {
			t.Errorf("source %d: got %v, %v, want it decrypted below %d and OutOfSequence from there", ssrc, ok, why, maxSSRCs)
		}
	}
}
