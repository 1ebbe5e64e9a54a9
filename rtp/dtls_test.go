package rtp

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"timbre"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/environment"
	"timbre/rtp/codec"
)

// certificate is that of the peers in tests.
var certificate = sync.OnceValue(func() *Pool {
	p, err := New(environment.Environment{}, Config{First: 24000, Last: 24001})
	if err != nil {
		panic(err)
	}
	return p
})

// lent is a socket that outlives the association on it.
type lent struct{ net.PacketConn }

func (l lent) Close() error { return l.SetReadDeadline(time.Unix(1, 0)) }

// crossed is a peer that receives on one socket and sends from another.
type crossed struct {
	net.PacketConn
	out net.PacketConn
}

func (c crossed) WriteTo(b []byte, to net.Addr) (int, error) { return c.out.WriteTo(b, to) }

// peerHandshake is the peer's part of a handshake on a socket. It returns the context that encrypts its packets.
func peerHandshake(ctx context.Context, conn net.PacketConn, to netip.AddrPort, client bool, profile dtls.SRTPProtectionProfile) (*dtls.Conn, *srtp.Context, error) {
	return handshakeAs(ctx, conn, to, client, profile, certificate().certificate)
}

// handshakeAs is peerHandshake with another certificate.
func handshakeAs(ctx context.Context, conn net.PacketConn, to netip.AddrPort, client bool, profile dtls.SRTPProtectionProfile, own tls.Certificate) (*dtls.Conn, *srtp.Context, error) {
	options := []dtls.Option{dtls.WithCertificates(own), dtls.WithInsecureSkipVerify(true), dtls.WithSRTPProtectionProfiles(profile)}
	var c *dtls.Conn
	var err error
	conn = lent{conn}
	if remote := net.UDPAddrFromAddrPort(to); client {
		c, err = dtls.ClientWithOptions(conn, remote, options[0], options[1], options[2])
	} else {
		c, err = dtls.ServerWithOptions(conn, remote, options[0], options[1], options[2], dtls.WithClientAuth(dtls.RequireAnyClientCert))
	}
	if err != nil {
		return nil, nil, err
	}
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, nil, err
	}
	cfg := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	state, _ := c.ConnectionState()
	if err := cfg.ExtractSessionKeysFromDTLS(&state, client); err != nil {
		return nil, nil, err
	}
	out, err := srtp.CreateContext(cfg.Keys.LocalMasterKey, cfg.Keys.LocalMasterSalt, cfg.Profile)
	return c, out, err
}

// openDTLS opens a stream that expects a handshake, and its peer.
func openDTLS(t *testing.T, p *Pool, active bool, change func(*timbre.Media)) (*Stream, *sender, *liveRecorder) {
	t.Helper()
	return open(t, p, func(s *timbre.Media) {
		s.DTLS, s.Mux = &timbre.DTLSParameters{Fingerprint: certificate().Fingerprint(), Active: active}, true
		if change != nil {
			change(s)
		}
	})
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestHandshakeGivesKeys(t *testing.T) {
	for _, active := range []bool{true, false} {
		for _, profile := range profiles() {
			t.Run(profileName(profile), func(t *testing.T) {
				p := pool(t, 50)
				s, from, to := openDTLS(t, p, active, nil)
				conn, out, err := peerHandshake(testContext(t), from, from.to, !active, profile)
				if err != nil {
					t.Fatal(err)
				}
				from.sendEncrypted(out, maxPreKeyPackets) // perhaps before the stream has the key
				to.wait(t, maxPreKeyPackets)
				from.sendEncrypted(out, 30-maxPreKeyPackets)
				to.wait(t, 30)
				s.Update(s.media) // a session refresh changes nothing
				from.sendEncrypted(out, 5)
				to.wait(t, 35)
				from.sendFrames(1)
				s.Close()
				_ = conn.Close()
				if got := s.Stats(); got.Packets != 35 || got.Dropped != [reasons]uint64{Unauthentic: 1} {
					t.Errorf("got %+v, want 35 packets and 1 unauthentic", got)
				}
				if !slices.Equal(to.pcm, codec.ULaw.Decode(nil, from.sent[:35*160])) {
					t.Error("got other samples than were sent")
				}
			})
		}
	}
}

func TestPeerWithOtherCertificateIsRejected(t *testing.T) {
	for _, active := range []bool{true, false} {
		p := pool(t, 50)
		s, from, _ := openDTLS(t, p, active, func(s *timbre.Media) {
			s.DTLS.Fingerprint = p.Fingerprint() // not that of the peer
		})
		if _, out, err := peerHandshake(testContext(t), from, from.to, !active, profiles()[0]); err == nil { // the peer may not know yet
			from.sendEncrypted(out, 3)
		}
		s.Close()
		if got := s.Stats(); got.Packets != 0 || s.crypto[onMedia] != nil {
			t.Errorf("active %v: got %+v, want no packets and no keys", active, got)
		}
	}
}

func TestRTCPPortHasItsOwnHandshake(t *testing.T) {
	for _, active := range []bool{true, false} {
		p := pool(t, 50)
		control := newSender(t)
		s, from, to := openDTLS(t, p, active, func(s *timbre.Media) { s.Mux, s.RTCP = false, control.addr() })
		control.to = netip.AddrPortFrom(loopback, uint16(s.Port()+1))
		_, out, err := peerHandshake(testContext(t), from, from.to, !active, profiles()[1])
		if err != nil {
			t.Fatal(err)
		}
		from.sendEncrypted(out, 3)
		to.wait(t, 3) // the source of the media is known; RTCP comes from another port
		if _, _, err = peerHandshake(testContext(t), control, control.to, !active, profiles()[2]); err != nil {
			t.Fatal(err)
		}
		for s.sealedReports() == nil {
			await(t)
		}
		s.Close()
		if e := s.crypto[onControl]; e == nil || e.keys.Suite != profileName(profiles()[2]) {
			t.Errorf("active %v: got keys %+v, want those of the RTCP port", active, e)
		}
	}
}

// Packets of a DTLS server may overtake the end of its handshake.
func TestPreKeyPacketsAreDecodedInOrder(t *testing.T) {
	p := pool(t, 50)
	s, from, to := openDTLS(t, p, false, nil)
	k := testKeys(t, "AEAD_AES_128_GCM", 1)
	c := peerContext(t, k)
	from.sendEncrypted(c, maxPreKeyPackets+3)
	for s.Stats().Dropped[Unauthentic] < 3 {
		await(t)
	}
	s.mu.Lock()
	a := s.startAssociation(onMedia, from.addr())
	a.begin(from.addr(), nil)
	begun := a.candidates[from.addr()]
	s.mu.Unlock()
	s.handshakeDone(begun, *k, nil)
	to.wait(t, maxPreKeyPackets)
	from.sendEncrypted(c, 1)
	s.Close()
	if got := s.Stats(); got.Packets != maxPreKeyPackets+1 || got.Lost != 3 {
		t.Errorf("got %+v, want %d packets and 3 lost", got, maxPreKeyPackets+1)
	}
}

// A key that came while a packet is received would let that packet overtake those that have waited for the key.
func TestNoKeyComesWhileAPacketIsReceived(t *testing.T) {
	s, from, to := openDTLS(t, pool(t, 50), false, nil)
	k := testKeys(t, "AEAD_AES_128_GCM", 1)
	c := peerContext(t, k)
	s.mu.Lock()
	a := s.startAssociation(onMedia, from.addr())
	a.begin(from.addr(), nil)
	begun := a.candidates[from.addr()]
	s.mu.Unlock()
	s.receiving.Lock()
	first, err := c.EncryptRTP(nil, from.nextPacket(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.take(first, from.addr())
	done := make(chan struct{})
	go func() { defer close(done); s.handshakeDone(begun, *k, nil) }()
	for range 10_000 { // without the lock, the key is there after a few
		runtime.Gosched()
	}
	second, err := c.EncryptRTP(nil, from.nextPacket(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.handlePacket(second, from.addr(), s.pool.env.Steady())
	s.receiving.Unlock()
	<-done
	to.wait(t, 2)
	s.Close()
	if got := s.Stats(); got.Packets != 2 || got.Late != 0 {
		t.Errorf("got %+v, want two packets in time", got)
	}
}

// The handshake of RTCP waits for that of the media, because some peers send audio as soon as they have any keys.
func TestHandshakeOfRTCPWaitsForThatOfTheMedia(t *testing.T) {
	control := newSender(t)
	s, from, _ := openDTLS(t, pool(t, 50), true, func(s *timbre.Media) { s.Mux, s.RTCP = false, control.addr() })
	begun := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.associations[onControl] != nil
	}
	if begun() {
		t.Error("got a handshake of RTCP before the media has keys")
	}
	if _, _, err := peerHandshake(testContext(t), from, from.to, false, profiles()[0]); err != nil {
		t.Fatal(err)
	}
	for !begun() {
		await(t)
	}
}

func TestNewClientHelloRestartsHandshake(t *testing.T) {
	s, from, to := openDTLS(t, pool(t, 50), false, nil)
	_, out, err := peerHandshake(testContext(t), from, from.to, true, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	from.sendEncrypted(out, 2)
	to.wait(t, 2)
	other := newSender(t)
	other.to, other.seq, other.ts = from.to, from.seq, from.ts
	s.Update(timbre.Media{Remote: other.addr(), DTLS: s.media.DTLS, Mux: true, Payloads: s.media.Payloads})
	_, again, err := peerHandshake(testContext(t), other, other.to, true, profiles()[1])
	if err != nil {
		t.Fatal(err)
	}
	other.sendEncrypted(again, 2)
	to.wait(t, 4)
	s.Close()
	if got := s.Stats(); got.Packets != 4 {
		t.Errorf("got %+v, want 4 packets", got)
	}
}

func TestNewFingerprintStartsNewAssociation(t *testing.T) {
	p := pool(t, 50)
	s, from, to := openDTLS(t, p, true, nil)
	if _, _, err := peerHandshake(testContext(t), from, from.to, false, profiles()[0]); err != nil {
		t.Fatal(err)
	}
	next := newSender(t)
	next.to = from.to
	s.Update(timbre.Media{
		Remote: next.addr(), DTLS: &timbre.DTLSParameters{Fingerprint: certificateFingerprint("sha-1", certificate().certificate.Certificate[0]), Active: true},
		Mux: true, Payloads: s.media.Payloads,
	})
	_, out, err := peerHandshake(testContext(t), next, next.to, false, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	next.sendEncrypted(out, 2)
	to.wait(t, 2)
	s.Update(timbre.Media{Remote: next.addr(), Payloads: s.media.Payloads}) // without encryption
	next.sendFrames(1)
	to.wait(t, 3)
}

func TestUnexpectedRecordsAreCounted(t *testing.T) {
	record := append(make([]byte, 100), 0)
	record[0] = 22
	hello := slices.Clone(record)
	hello[13] = 1
	inClear, from, _ := open(t, pool(t, 50), nil)
	from.raw(record)
	inClear.Close()
	passive, from, _ := openDTLS(t, pool(t, 50), false, nil)
	unknown := newSender(t)
	unknown.to = from.to
	from.raw(record) // without a handshake
	from.raw(hello)
	for passive.handshake() == nil {
		await(t)
	}
	passive.Update(timbre.Media{Remote: addr("192.0.2.1:9"), Source: addr("192.0.2.1:9").Addr(), DTLS: passive.media.DTLS, Mux: true})
	unknown.raw(hello)
	passive.Close()
	got := [2][reasons]uint64{inClear.Stats().Dropped, passive.Stats().Dropped}
	if want := [2][reasons]uint64{{Malformed: 1}, {OutOfSequence: 1, UnknownSource: 1}}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A forged ClientHello neither ends the keys nor makes the stream send a close_notify.
func TestForgedClientHelloKeepsKeys(t *testing.T) {
	s, from, to := openDTLS(t, pool(t, 50), false, nil)
	conn, out, err := peerHandshake(testContext(t), from, from.to, true, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	from.sendEncrypted(out, 2)
	to.wait(t, 2)
	other := newSender(t)
	other.to = from.to
	s.Update(timbre.Media{Remote: other.addr(), DTLS: s.media.DTLS, Mux: true, Payloads: s.media.Payloads})
	hello := make([]byte, 80)
	hello[0], hello[1], hello[2], hello[12], hello[13] = 22, 254, 253, 67, 1
	other.raw(hello)
	for !s.trying() {
		await(t)
	}
	from.sendEncrypted(out, 3)
	to.wait(t, 5)
	if _, err := conn.Write([]byte("still there")); err != nil {
		t.Errorf("got %v, want the association to go on", err)
	}
}

func TestHandshakeFollowsMovedPeer(t *testing.T) {
	s, from, to := openDTLS(t, pool(t, 50), true, func(s *timbre.Media) { s.Remote = addr("127.0.0.1:9") })
	s.Update(timbre.Media{Remote: from.addr(), DTLS: s.media.DTLS, Mux: true, Payloads: s.media.Payloads})
	_, out, err := peerHandshake(testContext(t), from, from.to, false, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	from.sendEncrypted(out, 2)
	to.wait(t, 2)
	s.Close()
}

// handshake is the association on the media port.
func (s *Stream) handshake() *association {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.associations[onMedia]
}

// trying reports whether a handshake goes on on the media port.
func (s *Stream) trying() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.associations[onMedia]
	return a != nil && a.trying()
}

// sealedReports is the context of reports.
func (s *Stream) sealedReports() *cryptoContext {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crypto[onControl]
}

func TestFingerprintsOfKnownHashes(t *testing.T) {
	for like, want := range map[string]string{
		"SHA-1 x":   "sha-1 A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D",
		"sha-256":   "sha-256 BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD",
		"sha-384 x": "sha-384 CB:00:75:3F:45:A3:5E:8B:B5:A0:3D:69:9A:C6:50:07:27:2C:32:AB:0E:DE:D1:63:1A:8B:60:5A:43:FF:5B:ED:80:86:07:2B:A1:E7:CC:23:58:BA:EC:A1:34:C8:25:A7",
		"sha-512 x": "sha-512 DD:AF:35:A1:93:61:7A:BA:CC:41:73:49:AE:20:41:31:12:E6:FA:4E:89:A9:7E:A2:0A:9E:EE:E6:4B:55:D3:9A:21:92:99:2A:27:4F:C1:A8:36:BA:3C:23:A3:FE:EB:BD:45:4D:44:23:64:3C:E8:0E:2A:9A:C9:4F:A5:4C:A4:9F",
		"md5 x":     "",
	} {
		if got := certificateFingerprint(like, []byte("abc")); got != want {
			t.Errorf("%s: got %s, want %s", like, got, want)
		}
	}
}

func TestCloseEndsUnansweredHandshake(t *testing.T) {
	for _, mux := range []bool{true, false} {
		p := pool(t, 50)
		s, from, _ := openDTLS(t, p, true, func(s *timbre.Media) { s.Mux = mux })
		hello := make([]byte, maxDatagram)
		n, err := from.Read(hello)
		if random, _ := parseHandshake(hello[:n]); err != nil || random == nil {
			t.Fatalf("got %x, %v, want a ClientHello", hello[:n], err)
		}
		s.Close()
		if n := testutil.ToFloat64(p.metrics.handshakes.WithLabelValues("failed")); n != 0 {
			t.Errorf("got %v failed handshakes, want 0: it was only ended", n)
		}
	}
}

func TestLostFlightIsRetransmitted(t *testing.T) {
	s, from, to := openDTLS(t, pool(t, 50), true, nil)
	if _, err := from.Read(make([]byte, maxDatagram)); err != nil { // lost
		t.Fatal(err)
	}
	_, out, err := peerHandshake(testContext(t), from, from.to, false, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	from.sendEncrypted(out, 2)
	to.wait(t, 2)
	s.Close()
}

func TestUpdateRetriesFailedHandshake(t *testing.T) {
	p := pool(t, 50)
	p.handshakeTimeout = 10 * time.Millisecond
	s, from, to := openDTLS(t, p, true, nil)
	for testutil.ToFloat64(p.metrics.handshakes.WithLabelValues("failed")) == 0 {
		await(t)
	}
	if _, err := from.Read(make([]byte, maxDatagram)); err != nil { // the first ClientHello
		t.Fatal(err)
	}
	p.handshakeTimeout = 20 * time.Second
	s.Update(s.media)
	_, out, err := peerHandshake(testContext(t), from, from.to, false, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	from.sendEncrypted(out, 2)
	to.wait(t, 2)
	s.Close()
}

// profileName is the suite that a protection profile of DTLS is.
func profileName(p dtls.SRTPProtectionProfile) string {
	for _, s := range timbre.SRTPSuites() {
		if s.Profile == uint16(p) {
			return s.Name
		}
	}
	return ""
}
