package rtp

import (
	"bytes"
	"testing"

	"timbre"

	"github.com/pion/rtcp"
	"github.com/pion/srtp/v3"
)

// opener opens what a stream seals with its own key.
func opener(t testing.TB, k *timbre.SRTPKeys) *srtp.Context {
	t.Helper()
	c, err := newSRTPContext(k.Suite, k.Local)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARelayOpensAndSealsWithTheKeysOfEachSide(t *testing.T) {
	for _, suite := range all {
		t.Run(suite, func(t *testing.T) {
			a, b := joined(t, pool(t, 50), deaf{})
			hers, his := agreed(t, "AEAD_AES_256_GCM", 0x11), agreed(t, suite, 0x22)
			a.stream.Update(timbre.Media{Local: loopback, Remote: a.addr(), RTCP: a.control.addr(), Keys: hers})
			b.stream.Update(timbre.Media{Local: loopback, Remote: b.addr(), RTCP: b.control.addr(), Keys: his})
			for _, dir := range []struct {
				from, to       *end
				sealed, opened *timbre.SRTPKeys
			}{{a, b, hers, his}, {b, a, his, hers}} {
				seal, open := sealer(t, dir.sealed), opener(t, dir.opened)
				for range 5 {
					plain := dir.from.said()
					cipher, _ := seal.EncryptRTP(nil, plain, nil)
					dir.from.raw(cipher)
					got := heardOf(t, dir.to.sender)
					if bytes.Equal(got, cipher) || bytes.Contains(got, plain[12:]) {
						t.Fatal("the packet was passed on as it came, or in the clear")
					}
					if got, err := open.DecryptRTP(nil, got, nil); err != nil || !bytes.Equal(got, plain) {
						t.Fatalf("%v: % x, want % x", err, got, plain)
					}
				}
				report, _ := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 77, PacketCount: 5}})
				cipher, _ := seal.EncryptRTCP(nil, report, nil)
				dir.from.control.raw(cipher)
				if got, err := open.DecryptRTCP(nil, heardOf(t, dir.to.control), nil); err != nil || !bytes.Equal(got, report) {
					t.Fatalf("%v: % x, want % x", err, got, report)
				}
			}
		})
	}
}

func TestWhatIsNotAuthenticIsNotRelayed(t *testing.T) {
	a, b := joined(t, pool(t, 50), deaf{})
	k := agreed(t, "AES_CM_128_HMAC_SHA1_80", 0x11)
	a.stream.Update(timbre.Media{Local: loopback, Remote: a.addr(), Keys: k})
	a.say(1) // in the clear
	other := *k
	other.Remote = bytes.Repeat([]byte{0x12}, len(k.Remote))
	a.sealed(sealer(t, &other), 1)
	cipher := a.sealed(sealer(t, k), 1)
	a.raw(cipher) // a replay
	if got := heardOf(t, b.sender); !bytes.Equal(got[12:], a.sent[len(a.sent)-160:]) {
		t.Errorf("received % x", got)
	}
	a.sealed(sealer(t, k), 1) // its counter begins anew, but its number is the next one
	if got := heardOf(t, b.sender); !bytes.Equal(got[12:], a.sent[len(a.sent)-160:]) {
		t.Errorf("received % x", got)
	}
	if n := a.stream.Stats().Dropped; n[Unauthentic] != 2 || n[Replayed] != 1 {
		t.Errorf("dropped %v", n)
	}
}

func TestARelaySealsWithTheKeysOfAHandshake(t *testing.T) {
	a, b := joined(t, pool(t, 50), deaf{})
	a.stream.Update(timbre.Media{Local: loopback, Remote: a.addr(), RTCP: a.control.addr(), DTLS: &timbre.DTLSParameters{Fingerprint: certificate().Fingerprint(), Active: true}})
	conn, out, err := shake(limited(t), a.UDPConn, a.to, false, profiles()[0])
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
	_ = conn.Close() // nothing else reads the socket
	for a.stream.sealing() == nil {
		await(t)
	}
	a.sealed(out, 1)
	if got := heardOf(t, b.sender); !bytes.Equal(got[12:], a.sent) {
		t.Errorf("received % x", got)
	}
	b.say(1)
	for {
		got := heardOf(t, a.sender)
		if isDTLS(got) { // its farewell is answered
			continue
		}
		if plain, err := in.DecryptRTP(nil, got, nil); err != nil || !bytes.Equal(plain[12:], b.sent) {
			t.Errorf("%v: % x", err, got)
		}
		return
	}
}
