package trunk

import (
	"sync/atomic"
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
	over     atomic.Int32
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

func (f *fakeTolls) Over() { f.over.Add(1) }

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
		if len(h.tolls.answered) != 1 || h.tolls.over.Load() != 0 {
			t.Errorf("got %d answered and %d over, want 1 and 0", len(h.tolls.answered), h.tolls.over.Load())
		}
		expect(t, a.ask("BYE", ""), 200)
		h.next(gosip.BYE).Answer(200)
		synctest.Wait()
		if h.tolls.over.Load() != 1 {
			t.Errorf("got %d over, want 1", h.tolls.over.Load())
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
		expect(t, a.ask("REFER", "", `r: "<sip:+12065550199@x>" <sip:+37190000000@198.51.100.1>`), 403)
		none(t, h.agent.Sent)
		for _, asked := range h.tolls.asked[1:] {
			if got := asked.Number; got != "+37190000000" {
				t.Errorf("got number %q, want that of Refer-To", got)
			}
		}
		h.tolls.denial = nil
		for _, two := range []string{"Refer-To: <sip:+12065550199@x>, <sip:+37190000000@x>", "Refer-To: <sip:+12065550199@x>\r\nr: <sip:+37190000000@x>", `Refer-To: "x" sip:+37190000000@x`, "Refer-To: <sip:+12065550199@x@+37190000000>"} {
			expect(t, a.ask("REFER", "", two), 400)
			none(t, h.agent.Sent)
		}
	})
}

func TestTheTollGuardIsAskedForAllThatAGatewayMayDial(t *testing.T) {
	for uri, want := range map[string]string{
		"sip:+12065550199@x":                            "+12065550199",
		"sip:+12065550199;rn=+37190000000@x;user=phone": "+12065550199;rn=+37190000000",
		"SIPS:190;phone-context=+37@x":                  "190;phone-context=+37",
		"sip:+12065550199:37190000000@x":                "+12065550199:37190000000",
		"tel:+12065550199;rn=+37190000000":              "+12065550199;rn=+37190000000",
		"TEL:+1-900-CALL-NOW":                           "+1-900-CALL-NOW",
		"sip:+37190000000;transport=tcp":                "+37190000000",
		"sip:37190000000?Replaces=a%40b":                "37190000000",
		"sip:37190000000:5060":                          "37190000000",
		"sip:1-900-555-0100":                            "1-900-555-0100",
		"sip:+1.900.555.0100;transport=tcp":             "+1.900.555.0100",
		"sip:+1.900.555.0100.":                          "+1.900.555.0100.",
		"sip:1-900-CALL-NOW:5060":                       "1-900-CALL-NOW",
		"sip:%2B37190000000":                            "%2B37190000000",
		"sip:@37190000000":                              "37190000000",
		"sip:[37190000000]:5060":                        "37190000000",
		"sip:198.51.100.1:5060":                         "",
		"sip:[2001:db8::1234]:5060;lr":                  "",
		"sip:[2001:db8::1234]":                          "",
		"sip:3cx.example.com.:5060":                     "",
		"sip:PBX-12065550100":                           "",
		"sip:pbx.example.com;lr":                        "",
		"sip:bob@pbx.example.com?Replaces=a@b":          "bob",
	} {
		if got, ok := transferred(uri); got != want || !ok {
			t.Errorf("got %q (%t) of %s, want %q", got, ok, uri, want)
		}
	}
}
