package dialog

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
)

func TestConfirmRepeatsThe2xxUntilItsACK(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		req := invite(t, "sip:x@h", "sip:a@192.0.2.1")
		d, tx := NewUAS(config(a), req), dialogtest.NewServerTx()
		go func() {
			<-time.After(10 * time.Second)
			d.acknowledged(request(t, "ACK", 7, "", nil, "sip:x@h")) // of another INVITE
			d.acknowledged(request(t, "ACK", 1, "", nil, "sip:x@h"))
			d.acknowledged(request(t, "ACK", 1, "", nil, "sip:x@h"))
		}()
		acked := 0
		ack, err := d.Confirm(Confirmation{Request: req, Response: d.Response(req, 200, "OK"), Tx: tx, Acked: func(*gosip.Request) { acked++ }})
		if err != nil || ack.CSeq().SeqNo != 1 || acked != 1 {
			t.Fatalf("got %v, %v, Acked called %d times, want the ACK of CSeq 1, once", ack, err, acked)
		}
		if got := len(tx.Responses); got != 5 { // at 0, 0.5, 1.5, 3.5 and 7.5 s
			t.Errorf("got %d responses, want 5", got)
		}
		synctest.Wait()
	})
}

func TestConfirmEndsWithoutAnACK(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*Dialog)
		cancel  bool
		want    error
	}{
		"nothing comes": {func(*Dialog) {}, false, ErrNoACK},
		"cancelled":     {func(*Dialog) {}, true, ErrCancelled},
		"over":          {func(d *Dialog) { d.End() }, false, ErrOver},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, a *dialogtest.Agent) {
				req := invite(t, "sip:x@h", "sip:a@192.0.2.1")
				d := NewUAS(config(a), req)
				c.prepare(d)
				_, err := d.Confirm(Confirmation{Request: req, Response: d.Response(req, 200, "OK"), Tx: dialogtest.NewServerTx(), Cancelled: func() bool { return c.cancel }})
				if !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
			})
		})
	}
}

func TestRepeated2xxIsAnsweredWithItsACK(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		d, tx, peer := call(t, a)
		res := peer.Response(200, "")
		peer.Repeat(res) // before there is an ACK
		if len(a.ACKs) != 0 {
			t.Fatal("got an ACK before the answer was taken, want none")
		}
		d.Established(res)
		for range 2 {
			if err := tx.Acknowledge(nil); err != nil {
				t.Fatal(err)
			}
		}
		peer.Repeat(res)
		synctest.Wait()
		if len(a.ACKs) != 2 {
			t.Fatalf("got %d ACKs, want one and its repetition", len(a.ACKs))
		}
		if first, second := <-a.ACKs, <-a.ACKs; first.String() != second.String() || first.CSeq().SeqNo != 1 || first.Recipient.String() != "sip:peer@192.0.2.2:5070" {
			t.Errorf("got ACKs\n%s\n%s\nwant the same one twice, to the Contact, with CSeq 1", first, second)
		}
	})
}

func TestAnswerOfASecondDeviceIsTakenBack(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		d, tx, peer := call(t, a)
		d.Established(peer.Response(200, ""))
		if err := tx.Acknowledge(nil); err != nil {
			t.Fatal(err)
		}
		<-a.ACKs
		peer.Repeat(peer.Response(200, "", "tag: second"))
		ack, bye := <-a.ACKs, <-a.Sent
		for _, req := range []*gosip.Request{ack, bye.Request} {
			if got := req.To().Params.GetOr("tag", ""); got != "second" {
				t.Errorf("%s: got tag %s, want second", req.Method, got)
			}
		}
		bye.Answer(200)
	})
}

// A gateway that answers with any number of tags, or again and again, makes no more work than a few devices would.
func TestAFloodOfAnswersIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		d, tx, peer := call(t, a)
		d.Established(peer.Response(200, ""))
		if err := tx.Acknowledge(nil); err != nil {
			t.Fatal(err)
		}
		<-a.ACKs
		for n := range 1000 {
			peer.Repeat(peer.Response(200, "", "tag: device-"+strconv.Itoa(n)))
		}
		synctest.Wait()
		if acks, byes := len(a.ACKs), len(a.Sent); acks != mostForks || byes != mostForks {
			t.Errorf("got %d ACKs and %d BYEs, want %d each", acks, byes, mostForks)
		}
		for range mostForks {
			<-a.ACKs
			(<-a.Sent).Answer(200)
		}
		peer.Repeat(peer.Response(200, "", "tag: device-3"))
		synctest.Wait()
		if acks, byes := len(a.ACKs), len(a.Sent); acks != 1 || byes != 0 {
			t.Errorf("got %d ACKs and %d BYEs to an answer that came again, want 1 and none", acks, byes)
		}
		bare := peer.Response(200, "")
		bare.RemoveHeader("To")
		peer.Repeat(bare)
	})
}

func TestAbandonedInvite(t *testing.T) {
	for name, c := range map[string]struct {
		answers []int
		want    []gosip.RequestMethod
	}{
		"cancelled once it is known to have arrived": {[]int{180, 487}, []gosip.RequestMethod{gosip.CANCEL}},
		"answered after all":                         {[]int{180, 200}, []gosip.RequestMethod{gosip.CANCEL, gosip.BYE}},
		"answered at once":                           {[]int{200}, []gosip.RequestMethod{gosip.CANCEL, gosip.BYE}[1:]},
		"refused":                                    {[]int{486}, nil},
		"silent":                                     {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, a *dialogtest.Agent) {
				_, tx, peer := call(t, a)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				a.Do(func() { tx.Abandon(ctx) })
				got := []gosip.RequestMethod{}
				for _, code := range c.answers {
					peer.Answer(code)
					synctest.Wait()
					for len(a.Sent) > 0 {
						next := <-a.Sent
						got = append(got, next.Request.Method)
						next.Answer(200)
					}
				}
				a.Wait()
				if len(got) != len(c.want) {
					t.Fatalf("got %v, want %v", got, c.want)
				}
				for i := range got {
					if got[i] != c.want[i] {
						t.Errorf("got %v, want %v", got, c.want)
					}
				}
			})
		})
	}
}

func TestAskAnswersAChallengeOnce(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		cfg := config(a)
		cfg.Authorize = func(*gosip.Request, *gosip.Response) gosip.Header { return gosip.NewHeader("Authorization", "proof") }
		d := NewUAS(cfg, invite(t, "sip:x@h", "sip:a@192.0.2.1"))
		a.Do(func() {
			first := <-a.Sent
			first.Answer(401)
			second := <-a.Sent
			if got := second.Request.GetHeader("Authorization"); got == nil || got.Value() != "proof" || second.Request.CSeq().SeqNo != first.Request.CSeq().SeqNo+1 {
				t.Errorf("got\n%s\nwant the proof and the next CSeq", second.Request)
			}
			second.Answer(401)
		})
		if _, res := d.Ask(t.Context(), d.Request(gosip.BYE), nil); res.StatusCode != gosip.StatusUnauthorized {
			t.Errorf("got %d, want 401", res.StatusCode)
		}
	})
}

func TestAskMakesAResponseWhereNoneComes(t *testing.T) {
	for name, c := range map[string]struct {
		fail func(*dialogtest.Agent)
		want int
	}{
		"unreachable": {func(a *dialogtest.Agent) { a.Fail["192.0.2.1:5060"] = errors.New("unreachable") }, 503},
		"timeout": {func(a *dialogtest.Agent) {
			a.Do(func() { (<-a.Sent).Lose(gosip.ErrTransactionTimeout) })
		}, 408},
		"transport": {func(a *dialogtest.Agent) {
			a.Do(func() { (<-a.Sent).Lose(errors.New("broken")) })
		}, 503},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, a *dialogtest.Agent) {
				c.fail(a)
				d := NewUAS(config(a), invite(t, "sip:x@h", "sip:a@192.0.2.1"))
				if _, res := d.Ask(t.Context(), d.Request(gosip.BYE), nil); res.StatusCode != c.want {
					t.Errorf("got %d, want %d", res.StatusCode, c.want)
				}
			})
		})
	}
}

func TestAskRefreshesTheTarget(t *testing.T) {
	bubble(t, func(t *testing.T, a *dialogtest.Agent) {
		d := NewUAS(config(a), invite(t, "sip:x@h", "sip:a@192.0.2.1"))
		a.Do(func() { (<-a.Sent).Answer(200, "Allow: INVITE, UPDATE") })
		d.Ask(t.Context(), d.Request(gosip.UPDATE), nil)
		if got, want := d.Request(gosip.BYE).Recipient.String(), "sip:peer@192.0.2.2:5070"; got != want || !d.TakesUpdate() {
			t.Errorf("got target %s, UPDATE %v, want %s, true", got, d.TakesUpdate(), want)
		}
	})
}

func TestSilenceIsMeasuredFromTheLastPacket(t *testing.T) {
	var s Silence
	start := time.Unix(1000, 0)
	for i, c := range []struct {
		at      int
		packets uint64
		excused bool
		want    int
	}{{0, 0, false, 0}, {10, 0, false, 10}, {20, 5, false, 0}, {50, 5, false, 30}, {60, 5, true, 0}, {70, 5, false, 10}} {
		if got := s.Observe(start.Add(time.Duration(c.at)*time.Second), c.packets, c.excused); got != time.Duration(c.want)*time.Second {
			t.Errorf("look %d: got %v, want %d s", i, got, c.want)
		}
	}
	s.Restart(start.Add(100 * time.Second))
	if got := s.Observe(start.Add(101*time.Second), 5, false); got != time.Second {
		t.Errorf("after Restart: got %v, want 1s", got)
	}
}
