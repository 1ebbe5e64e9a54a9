package trunk

import (
	"net/netip"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/sdp"
)

func TestALineThatIsLeftOutIsSwitchedOffAtTheOtherEnd(t *testing.T) {
	two := func(at string, port int) string { return audio(at, port) + "m=audio 7000 RTP/AVP 8\n" }
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(two(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.AnswerSDP(200, two(gw, 6000))
		a.answered(expect(t, a.invited, 200))
		a.ack("")
		<-a.returned
		wait(t, h.agent.ACKs)
		for i, x := range []*peer{a, a, gatewayOf(h, invite.Request)} { // twice, and then from the other end to the one that has left it out
			asked := x.ask("INVITE", audio(x.via, 4002+2*i))
			theirs := h.next(gosip.INVITE)
			if body := string(theirs.Request.Body()); x == a && !strings.Contains(body, "m=audio 0 RTP/AVP 8\r\n") || strings.Count(body, "m=audio") != map[bool]int{true: 2, false: 1}[x == a] {
				t.Errorf("%d: got\n%s\nwant the second line switched off", i, body)
			}
			theirs.AnswerSDP(200, audio(gw, 6002+2*i)) // an answer without it
			if body := string(expect(t, asked, 200).Body()); strings.Count(body, "m=audio") != 1 {
				t.Errorf("%d: got\n%s\nwant as many lines as were offered", i, body)
			}
			wait(t, h.agent.ACKs)
			x.ack("")
			if !h.media.spec(1, caller).Hold || !h.media.spec(1, callee).Hold || h.media.spec(0, caller).Hold {
				t.Errorf("%d: got the second line on, or the first one off", i)
			}
		}
		asked := a.ask("INVITE", two(ann, 4010))
		theirs := h.next(gosip.INVITE)
		theirs.AnswerSDP(200, audio(gw, 6010)) // which leaves it out
		if body := string(expect(t, asked, 200).Body()); !strings.Contains(body, "m=audio 0 RTP/AVP 8\r\n") {
			t.Errorf("got\n%s\nwant the second line refused", body)
		}
		wait(t, h.agent.ACKs)
		a.ack("")
	})
}

// FuzzLines pads a description like another one, and shortens it again.
func FuzzLines(f *testing.F) {
	f.Add([]byte(audio(ann, 4000)), []byte(audio(gw, 6000)+"m=audio 7000 RTP/AVP 8\n"))
	f.Add([]byte("v=0\r\nm=image 1 udptl t38\r\n"), []byte("v=0\nm=audio 1/2 RTP/AVP 0\nm=x 0 y z\na=b"))
	peer := netip.MustParseAddr(ann)
	count := func(raw []byte) int {
		d, err := sdp.Read(raw, peer)
		if err != nil {
			return -1
		}
		return len(d.Lines)
	}
	f.Fuzz(func(t *testing.T, raw, like []byte) {
		own, others := count(raw), count(like)
		if own < 0 || others < 0 {
			return
		}
		full := padded(raw, like)
		if got, want := count(full), max(own, others); got != want {
			t.Fatalf("got %d lines, want %d, in\n%q\nof\n%q\nlike\n%q", got, want, full, raw, like)
		}
		if got := count(shortened(full, own)); got != own {
			t.Fatalf("got %d lines, want %d again, of\n%q", got, own, full)
		}
	})
}
