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

// encryptedAudio is a description whose stream has keys, by a=crypto lines.
func encryptedAudio(address string, port int, cryptos ...sdp.Crypto) string {
	s := strings.Replace(audio(address, port), "RTP/AVP", "RTP/SAVP", 1)
	for _, c := range cryptos {
		s += "a=crypto:" + c.Value() + "\n"
	}
	return s
}

// cryptoIn are the keys in a message's description.
func cryptoIn(t *testing.T, body []byte) []sdp.Crypto {
	t.Helper()
	o, err := sdp.Read(body, netip.MustParseAddr(ann))
	if err != nil {
		t.Fatal(err)
	}
	return o.Lines[0].Crypto
}

func TestEachSideHasItsOwnSDESKeys(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		callerKey, weak := sdp.NewCrypto("7", "AES_CM_128_HMAC_SHA1_80"), sdp.NewCrypto("8", "AES_CM_128_HMAC_SHA1_32")
		a := h.call(encryptedAudio(ann, 4000, weak, callerKey))
		invite := h.next(gosip.INVITE)
		wantLines(t, invite.Request, "m=audio 30000 RTP/SAVP 0 101")
		offered := cryptoIn(t, invite.Request.Body())
		if len(offered) != len(sdp.Suites()) || offered[0].Suite != sdp.Suites()[0] {
			t.Fatalf("got %+v, want every suite, the strongest first", offered)
		}
		for _, c := range offered {
			if bytes.Equal(c.Key, callerKey.Key) || bytes.Equal(c.Key, weak.Key) {
				t.Error("got the caller's key offered to the gateway, want local keys")
			}
		}
		early := h.media.spec(0, callee).Keys
		if early == nil {
			t.Error("got no keys before the answer, want pending ones")
		}
		gatewayKey := sdp.NewCrypto(offered[1].Tag, offered[1].Suite)
		invite.AnswerSDP(200, encryptedAudio(gw, 6000, gatewayKey))
		ok := expect(t, a.invited, 200)
		answer := cryptoIn(t, ok.Body())
		if len(answer) != 1 || answer[0].Tag != "7" || answer[0].Suite != callerKey.Suite || bytes.Equal(answer[0].Key, callerKey.Key) {
			t.Fatalf("got %+v, want a local key for the stronger suite, with its tag", answer)
		}
		a.answered(ok)
		a.ack("")
		<-a.returned
		wait(t, h.agent.ACKs)
		for which, want := range []timbre.SRTPKeys{
			{Suite: callerKey.Suite, Local: answer[0].Key, Remote: callerKey.Key}, {Suite: gatewayKey.Suite, Local: offered[1].Key, Remote: gatewayKey.Key},
		} {
			if got := h.media.spec(0, which).Keys; got == nil || got.Suite != want.Suite || !bytes.Equal(got.Local, want.Local) || !bytes.Equal(got.Remote, want.Remote) {
				t.Errorf("side %d: got %+v, want %+v", which, got, want)
			}
		}
		asked := a.ask("INVITE", encryptedAudio(ann, 4010, callerKey)) // our keys stay
		theirs := h.next(gosip.INVITE)
		if again := cryptoIn(t, theirs.Request.Body()); !bytes.Equal(again[1].Key, offered[1].Key) {
			t.Error("got another key offered, want the same")
		}
		theirs.AnswerSDP(200, encryptedAudio(gw, 6000, gatewayKey))
		if again := cryptoIn(t, expect(t, asked, 200).Body()); !bytes.Equal(again[0].Key, answer[0].Key) {
			t.Error("got another key in the answer, want the same")
		}
		a.ack("")
		wait(t, h.agent.ACKs)
		asked = a.ask("INVITE", encryptedAudio(ann, 4010, callerKey)+"a=sendonly\n")
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000)) // in the clear
		wantLines(t, expect(t, asked, 200), "m=audio 0 RTP/AVP 0 101")
		a.ack("")
		if !h.media.spec(0, caller).Hold {
			t.Error("got a stream that is not on hold, want hold")
		}
	})
}

func TestConnectorThatRequiresEncryption(t *testing.T) {
	key := sdp.NewCrypto("1", "AES_CM_128_HMAC_SHA1_80")
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "encrypted", "routes: TCP/"+gw)
		expect(t, a.invited, 488)
		a = h.call(encryptedAudio(ann, 4000, key), "encrypted", "routes: UDP/"+gw)
		expect(t, a.invited, 503)
		none(t, h.agent.Sent)
		a = h.call(encryptedAudio(ann, 4000, key), "encrypted", "routes: TCP/"+gw)
		invite := h.next(gosip.INVITE)
		if to := invite.Request.Destination(); to != gw+":5061" || invite.Request.Transport() != "TLS" {
			t.Errorf("got %s to %s, want TLS to %s:5061", invite.Request.Transport(), to, gw)
		}
		wantLines(t, invite.Request, "INVITE sip:+12065550100@198.51.100.1;transport=tls SIP/2.0", "m=audio 30000 RTP/SAVP 0 101")
		invite.AnswerSDP(200, encryptedAudio(gw, 6000, cryptoIn(t, invite.Request.Body())[0]))
		a.answered(expect(t, a.invited, 200))
		a.ack("")
		<-a.returned
		wait(t, h.agent.ACKs)
		a.network = "TCP"
		expect(t, a.ask("BYE", ""), 403)
		a.network = "TLS"
		a.seq-- // what may be forged does not count
		expect(t, a.ask("BYE", ""), 200)
		h.next(gosip.BYE).Answer(200)
	})
}

func TestDTLSOnOneSideAndSDESOnTheOther(t *testing.T) {
	fingerprint := "a=fingerprint:sha-256 " + strings.TrimSuffix(strings.Repeat("0A:", 32), ":") + "\n"
	dtlsAudio := func(port int, setup string) string {
		return strings.Replace(audio(ann, port), "RTP/AVP", "UDP/TLS/RTP/SAVPF", 1) + fingerprint + "a=setup:" + setup + "\n"
	}
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(dtlsAudio(4000, "actpass"))
		if got := h.media.spec(0, caller); got.DTLS != nil || got.Keys == nil {
			t.Errorf("got %+v before the answer, want pending keys and no DTLS", got)
		}
		invite := h.next(gosip.INVITE)
		wantLines(t, invite.Request, "m=audio 30000 RTP/SAVPF 0 101")
		if strings.Contains(invite.Request.String(), "a=setup") || strings.Contains(invite.Request.String(), "0A:0A") {
			t.Errorf("got\n%s\nwant nothing of the caller's DTLS", invite.Request)
		}
		gatewayKey := cryptoIn(t, invite.Request.Body())[0]
		sealed := strings.Replace(encryptedAudio(gw, 6000, gatewayKey), "RTP/SAVP", "RTP/SAVPF", 1)
		invite.AnswerSDP(200, sealed)
		ok := expect(t, a.invited, 200)
		wantLines(t, ok, "m=audio 20000 UDP/TLS/RTP/SAVPF 0 101", "a=fingerprint:sha-256 AB:CD", "a=setup:active")
		a.answered(ok)
		a.ack("")
		<-a.returned
		wait(t, h.agent.ACKs)
		if got := h.media.spec(0, caller); got.DTLS == nil || !got.DTLS.Active || got.Keys != nil || got.Mux {
			t.Errorf("caller: got %+v, want active DTLS alone", got)
		}
		if got := h.media.spec(0, callee); got.DTLS != nil || got.Keys == nil {
			t.Errorf("gateway: got %+v, want SDES keys alone", got)
		}
		b := gatewayOf(h, invite.Request)
		asked := b.ask("INVITE", sealed+"a=sendonly\n")
		theirs := h.next(gosip.INVITE)
		wantLines(t, theirs.Request, "m=audio 20000 UDP/TLS/RTP/SAVPF 0 101", "a=fingerprint:sha-256 AB:CD", "a=setup:actpass", "a=sendonly")
		if strings.Contains(theirs.Request.String(), "a=crypto") {
			t.Errorf("got\n%s\nwant no crypto attribute", theirs.Request)
		}
		theirs.AnswerSDP(200, dtlsAudio(4000, "passive")+"a=recvonly\n")
		wantLines(t, expect(t, asked, 200), "m=audio 30000 RTP/SAVPF 0 101", "a=recvonly")
		b.ack("")
		if got := h.media.spec(0, caller); got.DTLS == nil || !got.DTLS.Active {
			t.Errorf("got %+v, want active DTLS", got)
		}
	})
}
