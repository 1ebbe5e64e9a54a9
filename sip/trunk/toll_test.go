package trunk

import (
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// fakeTolls admits every call, unless it has been told why not.
type fakeTolls struct {
	denial   *timbre.TollDenial
	asked    []timbre.TollCall
	answered []func()
	over     int
}

func (f *fakeTolls) Admit(c timbre.TollCall) (timbre.Toll, error) {
	if err := f.Transfer(c); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *fakeTolls) Transfer(c timbre.TollCall) error {
	f.asked = append(f.asked, c)
	if f.denial != nil {
		return f.denial
	}
	return nil
}

func (f *fakeTolls) Answered(cut func()) { f.answered = append(f.answered, cut) }

func (f *fakeTolls) Over() { f.over++ }

func TestTheTollGuardRefusesACall(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		h.tolls.denial = &timbre.TollDenial{Reason: timbre.TollRegion, Detail: "not there"}
		a := h.call(audio(ann, 4000))
		wantLines(t, expect(t, a.invited, 403), "SIP/2.0 403 Forbidden", `Warning: 399 timbre "not there"`)
		none(t, h.agent.Sent)
		if got := h.tolls.asked[0]; got.Number != "+12065550100" || got.From != "+12065550101" || got.CallID != a.callID {
			t.Errorf("got %+v, want the numbers of the call", got)
		}
	})
}

func TestTheTollGuardIsToldOfACall(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		if len(h.tolls.answered) != 1 || h.tolls.over != 0 {
			t.Errorf("got %d answered and %d over, want 1 and 0", len(h.tolls.answered), h.tolls.over)
		}
		expect(t, a.ask("BYE", ""), 200)
		h.next(gosip.BYE).Answer(200)
		synctest.Wait()
		if h.tolls.over != 1 {
			t.Errorf("got %d over, want 1", h.tolls.over)
		}
	})
}

func TestTheTollGuardCutsACall(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		up(h)
		h.tolls.answered[0]()
		for range 2 { // both ends
			h.next(gosip.BYE).Answer(200)
		}
		synctest.Wait()
		h.wantCalls("1 begun, ended tx-1 the caller has used its minutes of the day")
	})
}

func TestTheTollGuardRefusesATransfer(t *testing.T) {
	in(t, Config{Refer: true}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		h.tolls.denial = &timbre.TollDenial{Reason: timbre.TollRegion, Detail: "not there"}
		expect(t, a.ask("REFER", "", "Refer-To: <sip:+37190000000@198.51.100.1>"), 403)
		none(t, h.agent.Sent)
		if got := h.tolls.asked[len(h.tolls.asked)-1].Number; got != "+37190000000" {
			t.Errorf("got number %q, want that of Refer-To", got)
		}
	})
}

func TestACallerKnownByAPasswordAssertsNoIdentity(t *testing.T) {
	for name, want := range map[string]bool{"": true, "ann": false} {
		in(t, Config{}, func(t *testing.T, h *bench) {
			h.access = timbre.Access{Username: name}
			h.call(audio(ann, 4000), "P-Asserted-Identity: <sip:+15550100@x>", "Remote-Party-ID: <sip:+15550100@x>", "diversion: <sip:+15550100@x>", "X-Account: 17")
			invite := h.next(gosip.INVITE)
			wantLines(t, invite.Request, "X-Account: 17")
			for _, header := range []string{"P-Asserted-Identity", "Remote-Party-ID", "Diversion"} {
				if got := invite.Request.GetHeader(header) != nil; got != want {
					t.Errorf("user %q: got %s %v, want %v", name, header, got, want)
				}
			}
			invite.Answer(486)
		})
	}
}
