package trunk

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/sdp"
)

// sealedAudio is a description whose stream has keys, by a=crypto lines.
func sealedAudio(address string, port int, cryptos ...sdp.Crypto) string {
	s := strings.Replace(audio(address, port), "RTP/AVP", "RTP/SAVP", 1)
	for _, c := range cryptos {
		s += "a=crypto:" + c.Value() + "\n"
	}
	return s
}

// cryptoOf are the keys in a message's description.
func cryptoOf(t *testing.T, body []byte) []sdp.Crypto {
	t.Helper()
	o, err := sdp.Read(body, netip.MustParseAddr(ann))
	if err != nil {
		t.Fatal(err)
	}
	return o.Lines[0].Crypto
}

func TestEachSideHasKeysOfItsOwn(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		hers, weak := sdp.NewCrypto("7", "AES_CM_128_HMAC_SHA1_80"), sdp.NewCrypto("8", "AES_CM_128_HMAC_SHA1_32")
		a := h.call(sealedAudio(ann, 4000, weak, hers))
		invite := h.next(gosip.INVITE)
		said(t, invite.req, "m=audio 30000 RTP/SAVP 0 101")
		offered := cryptoOf(t, invite.req.Body())
		if len(offered) != len(sdp.Suites()) || offered[0].Suite != sdp.Suites()[0] {
			t.Fatalf("%+v", offered)
		}
		for _, c := range offered {
			if bytes.Equal(c.Key, hers.Key) || bytes.Equal(c.Key, weak.Key) {
				t.Error("her key was passed on")
			}
		}
		early := h.media.spec(0, callee).Keys
		if early == nil {
			t.Error("before the gateway has told its key, anything is taken")
		}
		his := sdp.NewCrypto(offered[1].Tag, offered[1].Suite)
		invite.describe(200, sealedAudio(gw, 6000, his))
		ok := expect(t, a.invited, 200)
		answer := cryptoOf(t, ok.Body())
		if len(answer) != 1 || answer[0].Tag != "7" || answer[0].Suite != hers.Suite || bytes.Equal(answer[0].Key, hers.Key) {
			t.Fatalf("%+v", answer)
		}
		a.answered(ok)
		a.ack("")
		<-a.returned
		wait(t, h.agent.acks)
		for which, want := range []timbre.SRTPKeys{
			{Suite: hers.Suite, Local: answer[0].Key, Remote: hers.Key}, {Suite: his.Suite, Local: offered[1].Key, Remote: his.Key},
		} {
			if got := h.media.spec(0, which).Keys; got == nil || got.Suite != want.Suite || !bytes.Equal(got.Local, want.Local) || !bytes.Equal(got.Remote, want.Remote) {
				t.Errorf("side %d: %+v, want %+v", which, got, want)
			}
		}
		asked := a.ask("INVITE", sealedAudio(ann, 4010, hers)) // our keys stay
		theirs := h.next(gosip.INVITE)
		if again := cryptoOf(t, theirs.req.Body()); !bytes.Equal(again[1].Key, offered[1].Key) {
			t.Error("another key is offered")
		}
		theirs.describe(200, sealedAudio(gw, 6000, his))
		if again := cryptoOf(t, expect(t, asked, 200).Body()); !bytes.Equal(again[0].Key, answer[0].Key) {
			t.Error("another key is answered")
		}
		a.ack("")
		wait(t, h.agent.acks)
		asked = a.ask("INVITE", sealedAudio(ann, 4010, hers)+"a=sendonly\n")
		h.next(gosip.INVITE).describe(200, audio(gw, 6000)) // in the clear
		said(t, expect(t, asked, 200), "m=audio 0 RTP/AVP 0 101")
		a.ack("")
		if !h.media.spec(0, caller).Hold {
			t.Error("media goes on")
		}
	})
}

func TestAConnectorThatRequiresEncryption(t *testing.T) {
	key := sdp.NewCrypto("1", "AES_CM_128_HMAC_SHA1_80")
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "encrypted", "routes: TCP/"+gw)
		expect(t, a.invited, 488)
		a = h.call(sealedAudio(ann, 4000, key), "encrypted", "routes: UDP/"+gw)
		expect(t, a.invited, 503)
		none(t, h.agent.sent)
		a = h.call(sealedAudio(ann, 4000, key), "encrypted", "routes: TCP/"+gw)
		invite := h.next(gosip.INVITE)
		if to := invite.req.Destination(); to != gw+":5061" || invite.req.Transport() != "TLS" {
			t.Errorf("by %s to %s", invite.req.Transport(), to)
		}
		said(t, invite.req, "INVITE sip:+12065550100@198.51.100.1;transport=tls SIP/2.0", "m=audio 30000 RTP/SAVP 0 101")
		invite.describe(200, sealedAudio(gw, 6000, cryptoOf(t, invite.req.Body())[0]))
		a.answered(expect(t, a.invited, 200))
		a.ack("")
		<-a.returned
		wait(t, h.agent.acks)
		a.network = "TCP"
		expect(t, a.ask("BYE", ""), 403)
		a.network = "TLS"
		expect(t, a.ask("BYE", ""), 200)
		h.next(gosip.BYE).answer(200)
	})
}

func TestAHandshakeOnOneSideIsKeysOfTheSignallingOnTheOther(t *testing.T) {
	fingerprint := "a=fingerprint:sha-256 " + strings.TrimSuffix(strings.Repeat("0A:", 32), ":") + "\n"
	shaking := func(port int, setup string) string {
		return strings.Replace(audio(ann, port), "RTP/AVP", "UDP/TLS/RTP/SAVPF", 1) + fingerprint + "a=setup:" + setup + "\n"
	}
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(shaking(4000, "actpass"))
		if got := h.media.spec(0, caller); got.DTLS != nil || got.Keys == nil {
			t.Errorf("before the answer: %+v", got)
		}
		invite := h.next(gosip.INVITE)
		said(t, invite.req, "m=audio 30000 RTP/SAVPF 0 101")
		if strings.Contains(invite.req.String(), "a=setup") || strings.Contains(invite.req.String(), "0A:0A") {
			t.Errorf("the caller's handshake is passed on:\n%s", invite.req)
		}
		his := cryptoOf(t, invite.req.Body())[0]
		sealed := strings.Replace(sealedAudio(gw, 6000, his), "RTP/SAVP", "RTP/SAVPF", 1)
		invite.describe(200, sealed)
		ok := expect(t, a.invited, 200)
		said(t, ok, "m=audio 20000 UDP/TLS/RTP/SAVPF 0 101", "a=fingerprint:sha-256 AB:CD", "a=setup:active")
		a.answered(ok)
		a.ack("")
		<-a.returned
		wait(t, h.agent.acks)
		if got := h.media.spec(0, caller); got.DTLS == nil || !got.DTLS.Active || got.Keys != nil || got.Mux {
			t.Errorf("%+v", got)
		}
		if got := h.media.spec(0, callee); got.DTLS != nil || got.Keys == nil {
			t.Errorf("%+v", got)
		}
		b := gatewayOf(h, invite.req)
		asked := b.ask("INVITE", sealed+"a=sendonly\n")
		theirs := h.next(gosip.INVITE)
		said(t, theirs.req, "m=audio 20000 UDP/TLS/RTP/SAVPF 0 101", "a=fingerprint:sha-256 AB:CD", "a=setup:actpass", "a=sendonly")
		if strings.Contains(theirs.req.String(), "a=crypto") {
			t.Errorf("%s", theirs.req)
		}
		theirs.describe(200, shaking(4000, "passive")+"a=recvonly\n")
		said(t, expect(t, asked, 200), "m=audio 30000 RTP/SAVPF 0 101", "a=recvonly")
		b.ack("")
		if got := h.media.spec(0, caller); got.DTLS == nil || !got.DTLS.Active {
			t.Errorf("%+v", got)
		}
	})
}
