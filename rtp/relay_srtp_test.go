package rtp

import (
	"bytes"
	"testing"

	"timbre"

	"github.com/pion/rtcp"
	"github.com/pion/srtp/v3"
)

// receiverContext decrypts what a stream encrypts with its own key.
func receiverContext(t testing.TB, k *timbre.SRTPKeys) *srtp.Context {
	t.Helper()
	c, err := newSRTPContext(k.Suite, k.Local)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRelayReencryptsWithKeysOfEachSide(t *testing.T) {
	for _, suite := range allSuites {
		t.Run(suite, func(t *testing.T) {
			a, b := openRelayed(t, pool(t, 50), discard{})
			keysA, keysB := testKeys(t, "AEAD_AES_256_GCM", 0x11), testKeys(t, suite, 0x22)
			a.stream.Update(timbre.Media{Local: loopback, Remote: a.addr(), RTCP: a.control.addr(), Keys: keysA})
			b.stream.Update(timbre.Media{Local: loopback, Remote: b.addr(), RTCP: b.control.addr(), Keys: keysB})
			for _, dir := range []struct {
				from, to      *relayEnd
				send, receive *timbre.SRTPKeys
			}{{a, b, keysA, keysB}, {b, a, keysB, keysA}} {
				encrypt, decrypt := peerContext(t, dir.send), receiverContext(t, dir.receive)
				for range 5 {
					plaintext := dir.from.nextPacket()
					ciphertext, _ := encrypt.EncryptRTP(nil, plaintext, nil)
					dir.from.raw(ciphertext)
					got := receiveFrom(t, dir.to.sender)
					if bytes.Equal(got, ciphertext) || bytes.Contains(got, plaintext[12:]) {
						t.Fatal("got the packet unchanged or in the clear, want it encrypted with the other key")
					}
					if got, err := decrypt.DecryptRTP(nil, got, nil); err != nil || !bytes.Equal(got, plaintext) {
						t.Fatalf("got % x, %v, want % x", got, err, plaintext)
					}
				}
				report, _ := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 77, PacketCount: 5}})
				ciphertext, _ := encrypt.EncryptRTCP(nil, report, nil)
				dir.from.control.raw(ciphertext)
				if got, err := decrypt.DecryptRTCP(nil, receiveFrom(t, dir.to.control), nil); err != nil || !bytes.Equal(got, report) {
					t.Fatalf("got % x, %v, want % x", got, err, report)
				}
			}
		})
	}
}

func TestUnauthenticPacketsAreNotRelayed(t *testing.T) {
	a, b := openRelayed(t, pool(t, 50), discard{})
	k := testKeys(t, "AES_CM_128_HMAC_SHA1_80", 0x11)
	a.stream.Update(timbre.Media{Local: loopback, Remote: a.addr(), Keys: k})
	a.sendFrames(1) // in the clear
	other := *k
	other.Remote = bytes.Repeat([]byte{0x12}, len(k.Remote))
	a.sendEncrypted(peerContext(t, &other), 1)
	ciphertext := a.sendEncrypted(peerContext(t, k), 1)
	a.raw(ciphertext) // a replay
	if got := receiveFrom(t, b.sender); !bytes.Equal(got[12:], a.sent[len(a.sent)-160:]) {
		t.Errorf("got % x, want the last packet sent", got)
	}
	a.sendEncrypted(peerContext(t, k), 1) // its roll-over counter starts again, but its sequence number is the next one
	if got := receiveFrom(t, b.sender); !bytes.Equal(got[12:], a.sent[len(a.sent)-160:]) {
		t.Errorf("got % x, want the last packet sent", got)
	}
	if n := a.stream.Stats().Dropped; n[Unauthentic] != 2 || n[Replayed] != 1 {
		t.Errorf("got dropped %v, want 2 unauthentic and 1 replayed", n)
	}
}

func TestRelayEncryptsWithHandshakeKeys(t *testing.T) {
	a, b := openRelayed(t, pool(t, 50), discard{})
	a.stream.Update(timbre.Media{Local: loopback, Remote: a.addr(), RTCP: a.control.addr(), DTLS: &timbre.DTLSParameters{Fingerprint: certificate().Fingerprint(), Active: true}})
	conn, out, err := peerHandshake(testContext(t), a.UDPConn, a.to, false, profiles()[0])
	if err != nil {
		t.Fatal(err)
	}
	cfg := srtp.Config{Profile: srtp.ProtectionProfile(profiles()[0])}
	state, _ := conn.ConnectionState()
	if err := cfg.ExtractSessionKeysFromDTLS(&state, false); err != nil {
		t.Fatal(err)
	}
	in, err := srtp.CreateContext(cfg.Keys.RemoteMasterKey, cfg.Keys.RemoteMasterSalt, cfg.Profile)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close() // nothing else may read the socket
	for a.stream.sealing() == nil {
		await(t)
	}
	a.sendEncrypted(out, 1)
	if got := receiveFrom(t, b.sender); !bytes.Equal(got[12:], a.sent) {
		t.Errorf("got % x, want the packet sent", got)
	}
	b.sendFrames(1)
	for {
		got := receiveFrom(t, a.sender)
		if isDTLS(got) { // the answer to a close_notify
			continue
		}
		if plaintext, err := in.DecryptRTP(nil, got, nil); err != nil || !bytes.Equal(plaintext[12:], b.sent) {
			t.Errorf("got % x, %v, want the packet sent, encrypted", got, err)
		}
		return
	}
}
