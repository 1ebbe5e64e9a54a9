package trunk

import (
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

func TestSIPSAddressIsAnsweredWithSIPSContact(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.callOf("sips:+12065550100@abc.voiceconnector.example.com", audio(ann, 4000), "over TLS")
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		ok := expect(t, a.invited, 200)
		if got, want := ok.Contact().Address.String(), "sips:timbre@192.0.2.100:5060"; got != want {
			t.Errorf("got Contact %s, want %s", got, want)
		}
		a.answered(ok)
		a.ack("")
		<-a.returned
	})
}

func TestOptionTagsAreComparedWhole(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "Session-Expires: 600;refresher=uac", "Supported: x-notimers")
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		ok := expect(t, a.invited, 200)
		wantLines(t, ok, "Session-Expires: 600;refresher=uas") // the caller does not know how to refresh
		wantNone(t, ok, "require")
		a.answered(ok)
		a.ack("")
		<-a.returned
	})
}
