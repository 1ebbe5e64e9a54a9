package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// goAgain is again without waiting for anything.
func (a answered) goAgain(t *testing.T, method string, seq int, sdp string) *transaction {
	m, tx := a.in(method, seq), newTransaction()
	if m.body = sdp; sdp != "" {
		m.contentType = "application/sdp"
	}
	go a.handle(request(t, m.String()), tx)
	return tx
}

func heldLines(sdp string) string { return strings.ReplaceAll(sdp, "a=sendonly", "a=inactive") }

func TestTwoChangesAtOnceAreMadeInOrderOfCSeq(t *testing.T) {
	for name, methods := range map[string][2]string{"re-INVITEs": {"INVITE", "INVITE"}, "an UPDATE first": {"UPDATE", "INVITE"}, "UPDATEs": {"UPDATE", "UPDATE"}} {
		for _, turned := range []bool{false, true} {
			inCall(t, func(t *testing.T, a answered) {
				var first, second *transaction
				if turned { // by the network
					second = a.goAgain(t, methods[1], 3, twoLines)
					synctest.Wait()
					first = a.goAgain(t, methods[0], 2, heldLines(twoLines))
				} else {
					first, second = a.goAgain(t, methods[0], 2, heldLines(twoLines)), a.goAgain(t, methods[1], 3, twoLines)
				}
				synctest.Wait()
				for seq, tx := range map[int]*transaction{2: first, 3: second} {
					if res := tx.last(); res == nil || res.StatusCode != gosip.StatusOK {
						t.Errorf("%s, turned %v: got %v to CSeq %d, want 200", name, turned, res, seq)
					}
					a.ask(t, a.in("ACK", seq).String())
				}
				if specs := a.media.specs(1); len(specs) != 3 || !specs[1].Hold || specs[2].Hold {
					t.Errorf("%s, turned %v: got %+v, want hold and then its end", name, turned, specs)
				}
			})
		}
	}
}

func TestARequestWaitsOnlyShortlyForOneThatNeverComes(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		tx := a.goAgain(t, "UPDATE", 7, "")
		<-time.After(150 * time.Millisecond)
		if res := tx.last(); res == nil || res.StatusCode != gosip.StatusOK {
			t.Errorf("got %v, want 200", res)
		}
		if res := a.ask(t, a.in("UPDATE", 6).String()).last(); res.StatusCode != gosip.StatusInternalServerError || res.GetHeader("Retry-After") == nil {
			t.Errorf("got %v to one that is too late, want 500 with Retry-After", res)
		}
	})
}

func TestAChangeWaitsForTheAnswerToOurOffer(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		offered := a.goAgain(t, "INVITE", 2, "")
		synctest.Wait()
		early := a.goAgain(t, "UPDATE", 3, heldLines(twoLines))
		synctest.Wait()
		if res := early.last(); offered.last() == nil || res != nil {
			t.Errorf("got %v before the answer, want nothing", res)
		}
		ack := a.in("ACK", 2)
		ack.contentType, ack.body = "application/sdp", strings.Replace(twoLines, "30002", "31002", 1)
		a.ask(t, ack.String())
		synctest.Wait()
		specs := a.media.specs(1)
		if res := early.last(); res == nil || res.StatusCode != gosip.StatusOK || len(specs) != 3 || specs[1].Remote.Port() != 31002 || !specs[2].Hold {
			t.Errorf("got %v and %+v, want the answer and then the change", res, specs)
		}
		a.goAgain(t, "INVITE", 4, "")
		synctest.Wait()
		late := a.goAgain(t, "UPDATE", 5, twoLines)
		<-time.After(time.Second)
		if res := late.last(); res == nil || res.StatusCode != gosip.StatusInternalServerError || res.GetHeader("Retry-After") == nil {
			t.Errorf("got %v without an answer, want 500 with Retry-After", res)
		}
		a.ask(t, a.in("ACK", 4).String())
	})
}

func TestAClientThatLeavesTheRefreshToUsIsRefreshed(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		code    int
		method  gosip.RequestMethod
		end     string
	}{
		"by UPDATE":                       {[]string{"Supported: timer", "Session-Expires: 90;refresher=uas", "Allow: INVITE, ACK, BYE, UPDATE"}, 200, gosip.UPDATE, ""},
		"by a re-INVITE":                  {[]string{"k: timer", "x: 90 ; refresher = UAS"}, 200, gosip.INVITE, ""},
		"and does not say that it can":    {[]string{"Session-Expires: 90;refresher=uas"}, 200, gosip.INVITE, ""},
		"and knows nothing of it":         {[]string{"Session-Expires: 90;refresher=uas"}, 501, gosip.INVITE, ""},
		"and is busy with its own change": {[]string{"Session-Expires: 90;refresher=uas"}, 491, gosip.INVITE, ""},
		"and has forgotten the call":      {[]string{"Session-Expires: 90;refresher=uas"}, 481, gosip.INVITE, "end tx-1 the client knows of no such call"},
		"and is gone":                     {[]string{"Session-Expires: 90;refresher=uas"}, 408, gosip.INVITE, "end tx-1 the client does not answer"},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.answer = func(*gosip.Request) int { return c.code }
			m := recordingOf("call-1")
			m.headers = append(m.headers, c.headers...)
			a := b.call(t, m, true)
			expectEvents(t, b.calls, "begin tx-1")
			if h := a.tx.last().GetHeader("Session-Expires"); h == nil || h.Value() != "90;refresher=uas" {
				t.Errorf("%s: got %v, want the refresh taken over", name, h)
			}
			<-time.After(46 * time.Second)
			refresh := <-b.sent
			if refresh.Method != c.method || !strings.Contains(refresh.String(), "Session-Expires: 90;refresher=uac") {
				t.Errorf("%s: got\n%s\nwant %s", name, refresh, c.method)
			}
			if want := string(a.tx.last().Body()); c.method == gosip.INVITE && string(refresh.Body()) != want {
				t.Errorf("%s: got\n%s\nwant the last description\n%s", name, refresh.Body(), want)
			}
			if c.end != "" {
				synctest.Wait()
				expectEvents(t, b.calls, c.end)
				return
			}
			<-time.After(16 * time.Minute) // and again
			if again := <-b.sent; again.Method != c.method {
				t.Errorf("%s: got\n%s\nwant %s once more", name, again, c.method)
			}
			expectEvents(t, b.calls)
			b.close()
		})
	}
}
