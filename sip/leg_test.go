package sip

import (
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
	"timbre/sip/siprec"
)

func TestRulesFindTheCaller(t *testing.T) {
	const asIs, turned = "0 caller sip:ann@example.com, 1 callee sip:bob@example.com", "0 callee sip:ann@example.com, 1 caller sip:bob@example.com"
	for name, c := range map[string]struct {
		set    siprec.Rules
		tags   map[string]string
		header string
		want   string
		warn   string
	}{
		"nothing":                    {siprec.Rules{}, nil, "X-Caller: bob", asIs, ""},
		"swap":                       {siprec.Rules{Swap: true}, nil, "", turned, ""},
		"swap, but not here":         {siprec.Rules{Swap: true}, map[string]string{timbre.LegsSwapTag: "false"}, "", asIs, ""},
		"a pattern":                  {siprec.Rules{Callers: []string{"b*"}}, nil, "", turned, ""},
		"a pattern of the connector": {siprec.Rules{Callers: []string{"a*"}}, map[string]string{timbre.LegsCallerTag: "b*@example.com"}, "", turned, ""},
		"a header":                   {siprec.Rules{Header: "x-caller"}, nil, `X-Caller: "B" <sip:bob@example.com>`, turned, ""},
		"a header with a label":      {siprec.Rules{}, map[string]string{timbre.LegsCallerHeaderTag: "X-CALLER"}, "X-Caller: label=2", turned, ""},
		"a header that is not there": {siprec.Rules{Header: "X-Caller"}, nil, "", asIs, ""},
		"a header of nobody":         {siprec.Rules{Header: "X-Caller"}, nil, "X-Caller: cy", asIs, "X-Caller names none"},
		"a tag of nonsense":          {siprec.Rules{}, map[string]string{timbre.LegsCallerTag: "["}, "", asIs, timbre.LegsCallerTag},
	} {
		t.Run(name, inBubble(func(t *testing.T) {
			b := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) { cfg.Legs = c.set })
			b.dir.connectors[connectorID] = timbre.Connector{ID: connectorID, Tags: c.tags}
			m := recordingOf("call-1")
			if c.header != "" {
				m.headers = append(m.headers, c.header)
			}
			a := b.call(t, m, true)
			got := b.calls.call(0)
			if written(got.Legs) != c.want || !strings.Contains(strings.Join(got.Warnings, "\n"), c.warn) || len(got.Warnings) > 0 != (c.warn != "") {
				t.Errorf("got %s, want %s; warnings %q", written(got.Legs), c.want, got.Warnings)
			}
			a.again(t, "UPDATE", 2, mixed, both("", annAndBob), "")
			if u := a.updates()[0]; u.Legs != nil || len(u.Warnings) != len(got.Warnings) {
				t.Errorf("got %s with warnings %q after an update, want no change", written(u.Legs), u.Warnings)
			}
			b.close()
		}))
	}
}

func TestAHeaderOfAnUpdateFindsTheCaller(t *testing.T) {
	inCallWith(t, func(cfg *Config) { cfg.Legs.Header = "P-Asserted-Identity" }, func(t *testing.T, a answered) {
		m := a.in("UPDATE", 2)
		m.contentType, m.body, m.headers = mixed, both("", annAndBob), []string{"P-Asserted-Identity: <sip:bob@192.0.2.1>"}
		a.ask(t, m.String())
		if u := a.updates()[0]; written(u.Legs) != "0 callee sip:ann@example.com, 1 caller sip:bob@example.com" {
			t.Errorf("got %s", written(u.Legs))
		}
	})
}

// Some systems make two calls of a transfer: the first ends, and another of its group begins.
func TestTransferredCallsShareTheirGroup(t *testing.T) {
	inBubble(func(t *testing.T) {
		b := newBench(t)
		grouped := func(callID, seq, doc string) message {
			m := recordingOf(callID)
			m.body = both(twoLines, strings.Replace(doc, "<participant ", `<group group_id="g-1"/><x:ext xmlns:x="urn:x"><groupSeq>`+seq+`</groupSeq></x:ext><participant `, 1))
			return m
		}
		a := b.call(t, grouped("call-1", "0", annAndBob), true)
		if res := b.ask(t, a.in("BYE", 2).String()).last(); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
		transferred := strings.NewReplacer("ann@", "cy@", "<send>s1", "<send>s2", "<send>s2", "<send>s1").Replace(annAndBob)
		res := b.call(t, grouped("call-2", "1", transferred), false).tx.last()
		first, second := b.calls.call(0), b.calls.call(1)
		if first.Group != "g-1" || second.Group != "g-1" || first.CallID == second.CallID || res.GetHeader(TransactionHeader).Value() != "tx-2" {
			t.Errorf("got %+v\n%+v", first, second)
		}
		if written(second.Legs) != "0 callee sip:bob@example.com, 1 caller sip:cy@example.com" || !strings.Contains(second.Metadata, "<groupSeq>1<") {
			t.Errorf("got %s, want nothing of the first call in the second", written(second.Legs))
		}
		expectEvents(t, b.calls, "begin tx-1", "end tx-1", "begin tx-2")
		b.close()
	})(t)
}
