package trunk

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
)

func TestHoldIsRelayed(t *testing.T) {
	for _, method := range []gosip.RequestMethod{gosip.INVITE, gosip.UPDATE} {
		for which, name := range []string{"caller", "gateway"} {
			t.Run(string(method)+" of the "+name, func(t *testing.T) {
				in(t, Config{}, func(t *testing.T, h *bench) {
					a, b, _ := up(h, "Allow: INVITE, UPDATE")
					x, from, to, port := a, ann, gw, "30000"
					if which == callee {
						x, from, to, port = b, gw, ann, "20000"
					}
					for i, direction := range []string{"sendonly", "sendrecv"} {
						asked := x.ask(string(method), audio(from, 4000+10*i, "a="+direction), "X-Why: music")
						theirs := h.next(method)
						wantLines(t, theirs.Request, "m=audio "+port+" RTP/AVP 0 101", "a="+direction, "X-Why: music", "c=IN IP4 192.0.2.100")
						if !strings.Contains(theirs.Request.String(), " IN IP4 192.0.2.100\r\n") || strings.Contains(theirs.Request.String(), from+"\r\nt=") {
							t.Errorf("got\n%s\nwant no address of the peer", theirs.Request)
						}
						mirror := map[string]string{"sendonly": "recvonly", "sendrecv": "sendrecv"}[direction]
						theirs.AnswerSDP(200, audio(to, 6000+10*i, "a="+mirror))
						res := expect(t, asked, 200)
						wantLines(t, res, "a="+mirror)
						if method == gosip.INVITE {
							wait(t, h.agent.ACKs)
							x.ack("")
						}
						if held := h.media.spec(0, 1-which).Hold; held != (direction == "sendonly") {
							t.Errorf("%s: got hold %v, want %v", direction, held, !held)
						}
						if got := h.media.spec(0, which).Remote.Port(); int(got) != 4000+10*i {
							t.Errorf("got media expected from port %d, want %d", got, 4000+10*i)
						}
					}
					expect(t, a.ask("BYE", ""), 200)
					h.next(gosip.BYE).Answer(200)
				})
			})
		}
	}
}

func TestHoldByUnspecifiedAddressIsRelayed(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		asked := a.ask("INVITE", strings.Replace(audio(ann, 4000), "c=IN IP4 "+ann, "c=IN IP4 0.0.0.0", 1))
		theirs := h.next(gosip.INVITE)
		wantLines(t, theirs.Request, "m=audio 30000 RTP/AVP 0 101", "c=IN IP4 0.0.0.0")
		theirs.AnswerSDP(200, audio(gw, 6000))
		expect(t, asked, 200)
		a.ack("")
		if !h.media.spec(0, caller).Hold {
			t.Error("got a caller that is not on hold, want hold")
		}
	})
}

func TestRefusedChangeChangesNothing(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		for _, code := range []int{488, 491, 500, 606} {
			asked := a.ask("INVITE", audio(ann, 4444))
			h.next(gosip.INVITE).Answer(code, "Retry-After: 3")
			wantLines(t, expect(t, asked, code), "Retry-After: 3")
		}
		if got := h.media.spec(0, caller).Remote.Port(); got != 4000 {
			t.Errorf("got media expected from port %d, want 4000", got)
		}
		expect(t, a.ask("INVITE", "nonsense"), 400)
		none(t, h.agent.Sent)
	})
}

func TestRefusedChangeIsNotInTheWayOfTheNext(t *testing.T) {
	for name, c := range map[string]struct {
		code int
		sdp  string
		line string
	}{
		"too short a session": {422, audio(ann, 4010), "Session-Expires: 30"},
		"an unreadable body":  {400, "nonsense", "Subject: again"},
		"another type":        {415, "hello", "Content-Type: text/plain"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a, _, _ := up(h)
				expect(t, a.ask("INVITE", c.sdp, c.line), c.code)
				asked := a.ask("UPDATE", audio(ann, 4020))
				h.next(gosip.UPDATE).AnswerSDP(200, audio(gw, 6000))
				expect(t, asked, 200)
			})
		})
	}
}

func TestGlare(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, _ := up(h)
		asked := a.ask("INVITE", audio(ann, 4010))
		theirs := h.next(gosip.INVITE)
		expect(t, b.ask("INVITE", audio(gw, 6010)), 491)
		expect(t, b.ask("UPDATE", audio(gw, 6010)), 491)
		second := a.ask("UPDATE", audio(ann, 4020)) // before the first one is finished
		advance(claimTimeout)
		if res := expect(t, second, 500); res.GetHeader("Retry-After") == nil {
			t.Errorf("got\n%s\nwant Retry-After", res)
		}
		theirs.AnswerSDP(200, audio(gw, 6000))
		expect(t, asked, 200)
		expect(t, b.ask("INVITE", audio(gw, 6010)), 491) // until the ACK
		a.ack("")
		fourth := b.ask("INVITE", audio(gw, 6010))
		h.next(gosip.INVITE).AnswerSDP(200, audio(ann, 4010))
		expect(t, fourth, 200)
		b.ack("")
	})
}

func TestUPDATEIsRelayedAsReINVITE(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		_, b, _ := up(h, "Allow: INVITE, ACK, BYE, CANCEL")
		asked := b.ask("UPDATE", audio(gw, 6010))
		theirs := h.next(gosip.INVITE)
		theirs.AnswerSDP(200, audio(ann, 4000))
		wait(t, h.agent.ACKs) // that of the gateway's INVITE has been taken
		wantLines(t, expect(t, asked, 200), "m=audio 30000 RTP/AVP 0 101")
	})
}

func TestRefreshIsAnsweredLocally(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, _ := up(h)
		expect(t, a.ask("UPDATE", ""), 200)
		asked := a.ask("INVITE", audio(ann, 4000), "Session-Expires: 900;refresher=uac", "Supported: timer")
		wantLines(t, expect(t, asked, 200), "m=audio 20000 RTP/AVP 0 101", "Session-Expires: 900;refresher=uac", "Require: timer")
		a.ack("")
		asked = b.ask("INVITE", audio(gw, 6000))
		wantLines(t, expect(t, asked, 200), "m=audio 30000 RTP/AVP 0 101")
		b.ack("")
		none(t, h.agent.Sent)
	})
}

func TestReINVITEIsCancelled(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		asked := a.ask("INVITE", audio(ann, 4010))
		theirs := h.next(gosip.INVITE)
		theirs.Answer(180)
		synctest.Wait()
		asked.Cancel(nil)
		h.next(gosip.CANCEL).Answer(200)
		theirs.Answer(487)
		expect(t, asked, 487)
		again := a.ask("INVITE", audio(ann, 4010))
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		expect(t, again, 200)
		a.ack("")
	})
}

func TestCallEndsWhenTheOtherEndIsGone(t *testing.T) {
	for code, lose := range map[int]func(*dialogtest.ClientTx){
		481: func(tx *dialogtest.ClientTx) { tx.Answer(481) },
		408: func(tx *dialogtest.ClientTx) { tx.Lose(gosip.ErrTransactionTimeout) },
	} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a, _, _ := up(h)
				asked := a.ask("INVITE", audio(ann, 4010))
				lose(h.next(gosip.INVITE))
				expect(t, asked, code)
				h.next(gosip.BYE).Answer(200)
				h.next(gosip.BYE).Answer(481)
				synctest.Wait()
				h.wantCalls("1 begun, ended tx-1 the other end is gone")
			})
		})
	}
}

func TestOldCSeqIsRefused(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		a.seq = 0
		expect(t, a.ask("INFO", ""), 500)
	})
}

func TestSwitchToFax(t *testing.T) {
	const fax = "v=0\no=- 2 2 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\nm=image 6100 udptl t38\na=T38FaxVersion:0\na=T38MaxBitRate:14400\n"
	in(t, Config{}, func(t *testing.T, h *bench) {
		_, b, _ := up(h)
		asked := b.ask("INVITE", fax)
		theirs := h.next(gosip.INVITE)
		wantLines(t, theirs.Request, "m=image 20000 udptl t38", "a=T38FaxVersion:0", "a=T38MaxBitRate:14400")
		if strings.Contains(theirs.Request.String(), "a=rtcp") {
			t.Errorf("got\n%s\nwant no RTCP", theirs.Request)
		}
		theirs.AnswerSDP(200, strings.NewReplacer(gw, ann, "6100", "4100").Replace(fax))
		wantLines(t, expect(t, asked, 200), "m=image 30000 udptl t38")
		b.ack("")
		for which, port := range []uint16{4100, 6100} {
			if got := h.media.spec(0, which); !got.Opaque || got.Remote.Port() != port {
				t.Errorf("side %d: got %+v, want opaque media at port %d", which, got, port)
			}
		}
		asked = b.ask("INVITE", audio(gw, 6000, "a=x-again"))
		h.next(gosip.INVITE).AnswerSDP(200, audio(ann, 4000))
		expect(t, asked, 200)
		b.ack("")
		if got := h.media.spec(0, caller); got.Opaque {
			t.Errorf("got %+v, want media that is not opaque", got)
		}
	})
}

func TestRefusedLineIsEnabledLater(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000) + "m=video 4002 RTP/AVP 96\na=rtpmap:96 H264/90000\n")
		invite := h.next(gosip.INVITE)
		wantLines(t, invite.Request, "m=audio 30000 RTP/AVP 0 101", "m=video 30002 RTP/AVP 96")
		invite.AnswerSDP(200, audio(gw, 6000)+"m=video 0 RTP/AVP 96\n")
		ok := expect(t, a.invited, 200)
		wantLines(t, ok, "m=audio 20000 RTP/AVP 0 101", "m=video 0 RTP/AVP 96")
		a.answered(ok)
		a.ack("")
		<-a.returned
		wait(t, h.agent.ACKs)
		if !h.media.spec(1, caller).Hold || !h.media.spec(1, caller).Opaque {
			t.Errorf("got %+v, want opaque media on hold", h.media.spec(1, caller))
		}
		asked := a.ask("INVITE", audio(ann, 4000)+"m=video 4002 RTP/AVP 96\n")
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000)+"m=video 6002 RTP/AVP 96\n")
		wantLines(t, expect(t, asked, 200), "m=video 20002 RTP/AVP 96")
		a.ack("")
		if got := h.media.spec(1, callee); got.Hold || got.Remote.Port() != 6002 {
			t.Errorf("got %+v, want media at port 6002", got)
		}
	})
}

func TestTwoChangesOfASideAreRelayedInOrderOfCSeq(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		first := a.request("INVITE", audio(ann, 4010))
		second := a.request("INVITE", audio(ann, 4020))
		txs := [2]*dialogtest.ServerTx{dialogtest.NewServerTx(), dialogtest.NewServerTx()}
		h.agent.Do(func() { h.Request(second, txs[1]) }) // overtakes the first one
		none(t, h.agent.Sent)
		h.agent.Do(func() { h.Request(first, txs[0]) })
		for i, port := range []string{"4010", "4020"} {
			relayed := h.next(gosip.INVITE)
			relayed.AnswerSDP(200, audio(gw, 6000))
			expect(t, txs[i], 200)
			wait(t, h.agent.ACKs)
			if got := h.media.spec(0, caller).Remote.String(); got != ann+":"+port {
				t.Errorf("got media of %s after change %d, want port %s", got, i, port)
			}
			a.lastInvite = int([]uint32{first.CSeq().SeqNo, second.CSeq().SeqNo}[i])
			a.ack("")
		}
	})
}
