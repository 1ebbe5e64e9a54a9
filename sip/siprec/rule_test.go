package siprec

import (
	"slices"
	"strings"
	"testing"

	"timbre"
)

const (
	agent    = "sip:7001@pbx.example.com"
	customer = "sip:+12065550101@pstn.example.com"
)

func TestRulesTakePrecedenceOverMetadata(t *testing.T) {
	const asIs, turned = "0 caller " + agent + ", 1 callee " + customer, "0 callee " + agent + ", 1 caller " + customer
	byRole := session(false, agent, "1", customer, "2")
	hinted := Parse(`<recording><participant participant_id="a"><nameID aor="` + agent + `"/></participant><participant participant_id="c"><nameID aor="` + customer + `"/></participant>` +
		`<stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream><participantstreamassoc participant_id="a"><send>s1</send></participantstreamassoc>` +
		`<participantstreamassoc participant_id="c"><send>s2</send></participantstreamassoc><x><callingPartyNumber>7001</callingPartyNumber></x></recording>`)
	for name, c := range map[string]struct {
		m    *Metadata
		k    Known
		want string
		warn string
	}{
		"none":                        {byRole, Known{}, asIs, ""},
		"swapped":                     {byRole, Known{Rules: Rules{Swap: true}}, turned, ""},
		"swapped, an extension":       {hinted, Known{Rules: Rules{Swap: true}}, turned, ""},
		"a header, by address":        {byRole, Known{Rules: Rules{Header: "X-Caller"}, Named: `"C" <` + customer + `>;tag=1`}, turned, ""},
		"a header, by number":         {byRole, Known{Named: "2065550101"}, turned, ""},
		"a header, by label":          {byRole, Known{Named: "label=2"}, turned, ""},
		"a header, by m-line":         {byRole, Known{Named: "Index = 1"}, turned, ""},
		"a header over an extension":  {hinted, Known{Named: "label=2"}, turned, ""},
		"a header is not swapped":     {byRole, Known{Rules: Rules{Swap: true}, Named: "label=1"}, asIs, ""},
		"a header of another party":   {byRole, Known{Rules: Rules{Header: "X-Caller"}, Named: "sip:cy@x"}, asIs, "X-Caller names none"},
		"a header of no label":        {byRole, Known{Named: "label=9"}, asIs, "names no m-line"},
		"a header of no m-line":       {byRole, Known{Named: "index=x"}, asIs, "names no m-line"},
		"a header of nothing":         {byRole, Known{Named: "label="}, asIs, "names no m-line"},
		"a pattern of users":          {byRole, Known{Rules: Rules{Callers: []string{"+1*"}}}, turned, ""},
		"a pattern of users, hinted":  {hinted, Known{Rules: Rules{Callers: []string{"+1*"}}}, turned, ""},
		"a pattern of hosts":          {byRole, Known{Rules: Rules{Callers: []string{"x", "*@pstn.example.com"}}}, turned, ""},
		"a pattern of length":         {byRole, Known{Rules: Rules{Callers: []string{"????"}}}, asIs, ""},
		"a pattern is not swapped":    {byRole, Known{Rules: Rules{Swap: true, Callers: []string{"7*"}}}, asIs, ""},
		"a header over a pattern":     {byRole, Known{Rules: Rules{Callers: []string{"7*"}}, Named: "index=1"}, turned, ""},
		"a pattern of both":           {byRole, Known{Rules: Rules{Callers: []string{"*"}}}, asIs, "fits 2 of the 2"},
		"a pattern of neither":        {byRole, Known{Rules: Rules{Callers: []string{"8*"}}}, asIs, "fits 0 of the 2"},
		"without metadata":            {nil, Known{}, "0 caller -, 1 callee -", "no metadata"},
		"without metadata, swapped":   {nil, Known{Rules: Rules{Swap: true}}, "0 callee -, 1 caller -", "no metadata"},
		"without, a header":           {nil, Known{Named: "index=1"}, "0 callee -, 1 caller -", ""},
		"without, an address":         {nil, Known{Named: customer}, "0 caller -, 1 callee -", "names none"},
		"without, a pattern":          {nil, Known{Rules: Rules{Callers: []string{"+1*"}}}, "0 caller -, 1 callee -", "no metadata"},
		"without, mixed":              {nil, Known{Rules: Rules{Mixed: true, Swap: true}}, "0 mixed -, 1 mixed -", ""},
		"without, mixed and a header": {nil, Known{Rules: Rules{Mixed: true}, Named: "label=2"}, "0 callee -, 1 caller -", ""},
		"by headers, a pattern":       {FromHeaders("", []string{"7001;media-index=0, " + customer + ";media-index=1"}), Known{Rules: Rules{Callers: []string{"+1*"}}}, "0 callee 7001, 1 caller " + customer, "is assumed to be the caller"},
		"of a mix":                    {Parse(`<recording><participant id="a"><send>s</send></participant><participant id="b"><send>s</send></participant><stream id="s"><label>1</label></stream></recording>`), Known{Named: "label=1"}, "0 mixed -, 1 mixed -", "names no m-line"},
		"no sender, a header":         {Parse(`<recording><participant id="a"><nameID aor="` + agent + `"/></participant><participant id="c"><nameID aor="` + customer + `"/></participant></recording>`), Known{Named: "index=1"}, "0 callee " + agent + ", 1 caller " + customer, ""},
		"no sender, a pattern":        {Parse(`<recording><participant id="a"><nameID aor="` + agent + `"/></participant><participant id="c"><nameID aor="` + customer + `"/></participant></recording>`), Known{Rules: Rules{Callers: []string{"+1*"}}}, "0 caller " + customer + ", 1 callee " + agent, "first audio stream"},
	} {
		t.Run(name, func(t *testing.T) {
			legs, warnings := Map(two, c.m, c.k)
			if c.m != nil {
				warnings = append(warnings, c.m.Warnings...)
			}
			if got := written(legs); got != c.want {
				t.Errorf("got %s, want %s; warnings %q", got, c.want, warnings)
			}
			all := strings.Join(warnings, "\n")
			if !strings.Contains(all, c.warn) || c.warn == "" && all != "" {
				t.Errorf("got warnings %q, want one of %q", warnings, c.warn)
			}
		})
	}
}

func TestASinglePartyIsTheCallerByPattern(t *testing.T) {
	far := `<sip:7001@192.0.2.1;x-farend;x-nearendaddr=7001;x-farendaddr=+12065550101>;tag=1`
	for name, c := range map[string]struct {
		m       *Metadata
		callers string
		want    string
	}{
		"it matches":               {session(false, customer, "1"), "+*", "0 caller " + customer},
		"it does not match":        {session(false, agent, "1"), "+*", "0 callee " + agent},
		"the other party matches":  {FromHeaders(strings.Replace(far, "x-farend;", "x-nearend;", 1), nil), "+*", "0 callee 7001"},
		"the other party does not": {FromHeaders(far, nil), "+*", "0 caller +12065550101"},
		"the near end does":        {FromHeaders(strings.Replace(far, "x-farend;", "x-nearend;", 1), nil), "7*", "0 caller 7001"},
	} {
		t.Run(name, func(t *testing.T) {
			legs, _ := Map(two[:1], c.m, Known{Rules: Rules{Callers: []string{c.callers}}})
			if got := written(legs); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Legs that a rule has turned stay so through updates, whatever the order of parties.
func TestRulesHoldThroughUpdates(t *testing.T) {
	for name, r := range map[string]Rules{"swap": {Swap: true}, "pattern": {Callers: []string{"+1*"}}} {
		var before []timbre.Leg
		for i, m := range []*Metadata{session(false, agent, "1", customer, "2"), session(false, customer, "2", agent, "1"), session(false, agent, "1", customer, "2")} {
			legs, warnings := Map(two, m, Known{Rules: r, Before: before})
			if written(legs) != "0 callee "+agent+", 1 caller "+customer || len(warnings) > 0 {
				t.Errorf("%s, step %d: got %s with warnings %q", name, i, written(legs), warnings)
			}
			before = legs
		}
		late, _ := Map([]Line{{Index: 0}, {Index: 1}}, nil, Known{Rules: r, Before: []timbre.Leg{{Side: timbre.Callee, Index: 0}}})
		if written(late) != "0 callee -, 1 caller -" {
			t.Errorf("%s, an added line: got %s", name, written(late))
		}
	}
}

func TestTagsOfAConnectorOverrideTheRules(t *testing.T) {
	all := Rules{Swap: true, Header: "X-Caller", Callers: []string{"+1*"}}
	if r, doubts := all.With(map[string]string{"other": "x"}); !equal(r, all) || doubts != nil {
		t.Errorf("got %+v with warnings %q", r, doubts)
	}
	r, doubts := all.With(map[string]string{timbre.LegsSwapTag: "false", timbre.LegsCallerHeaderTag: " P-Caller ", timbre.LegsCallerTag: "7*, A?n@*", timbre.LegsUnknownTag: "mixed"})
	if want := (Rules{Header: "P-Caller", Callers: []string{"7*", "a?n@*"}, Mixed: true}); !equal(r, want) || doubts != nil {
		t.Errorf("got %+v with warnings %q", r, doubts)
	}
	if r, _ := all.With(map[string]string{timbre.LegsCallerHeaderTag: "", timbre.LegsCallerTag: "", timbre.LegsUnknownTag: "caller"}); !equal(r, Rules{Swap: true}) {
		t.Errorf("got %+v for empty tags, want the rules off", r)
	}
	if r, doubts := all.With(map[string]string{timbre.LegsSwapTag: "perhaps", timbre.LegsCallerTag: "[", timbre.LegsUnknownTag: "callee"}); !equal(r, all) || len(doubts) != 3 {
		t.Errorf("got %+v with warnings %q for malformed tags, want %+v with 3", r, doubts, all)
	}
}

func equal(a, b Rules) bool {
	return a.Swap == b.Swap && a.Header == b.Header && a.Mixed == b.Mixed && slices.Equal(a.Callers, b.Callers)
}
