package siprec

import (
	"testing"

	"timbre"
)

const (
	ann = "sip:ann@example.com"
	bob = "sip:bob@example.com"
)

var two = []Line{{Index: 0, Label: "1"}, {Index: 1, Label: "2"}}

// session is metadata in which each participant sends the stream of the label beside it; none for an empty label.
func session(partial bool, who ...string) *Metadata {
	mode := "complete"
	if partial {
		mode = "partial"
	}
	s := "<recording><datamode>" + mode + "</datamode>"
	for i := 0; i < len(who); i += 2 {
		id := "p" + who[i]
		s += `<participant participant_id="` + id + `"><nameID aor="` + who[i] + `"/></participant>`
		if label := who[i+1]; label != "" {
			s += `<stream stream_id="s` + label + `"><label>` + label + `</label></stream>` +
				`<participantstreamassoc participant_id="` + id + `"><send>s` + label + `</send></participantstreamassoc>`
		}
	}
	return Parse(s + "</recording>")
}

func TestWithoutMetadataTheFirstLineIsTheCaller(t *testing.T) {
	for n, want := range map[int]string{
		1: "0 caller -", 2: "0 caller -, 1 callee -", 3: "0 caller -, 1 callee -, 2 mixed -",
	} {
		var lines []Line
		for i := range n {
			lines = append(lines, Line{Index: i})
		}
		legs, warnings := Map(lines, nil, Known{})
		if got := written(legs); got != want || len(warnings) == 0 {
			t.Errorf("%d lines: got %s with warnings %q, want %s", n, got, warnings, want)
		}
	}
	legs, _ := Map([]Line{{Index: 2}, {Index: 4}}, FromHeaders("", []string{`1001;media-index="2"`}), Known{})
	if got, want := written(legs), "2 caller 1001, 4 callee -"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheCallerStaysTheCallerByAddress(t *testing.T) {
	turned := session(false, bob, "2", ann, "1")
	if legs, _ := Map(two, turned, Known{}); written(legs) != "0 callee "+ann+", 1 caller "+bob {
		t.Errorf("got %s", written(legs))
	}
	if legs, _ := Map(two, turned, Known{Before: []timbre.Leg{{Side: timbre.Caller, Party: ann}}}); written(legs) != "0 caller "+ann+", 1 callee "+bob {
		t.Errorf("got %s", written(legs))
	}
	gone := []timbre.Leg{{Side: timbre.Caller, Party: "sip:gone@example.com"}}
	if legs, warnings := Map(two, turned, Known{Before: gone}); written(legs) != "0 caller "+ann+", 1 callee "+bob || len(warnings) != 1 {
		t.Errorf("got %s with warnings %q", written(legs), warnings)
	}
	gone[0].Party = "" // it was assumed
	if legs, _ := Map(two, turned, Known{Before: gone}); written(legs) != "0 callee "+ann+", 1 caller "+bob {
		t.Errorf("got %s", written(legs))
	}
}

func TestSidesStayWithTheirLines(t *testing.T) {
	const hidden = "sip:anonymous@anonymous.invalid"
	first, _ := Map(two, session(false, ann, "1", bob, "2"), Known{})
	hiding := Parse(`<recording><participant participant_id="a"><nameID aor="` + hidden + `"/><send>s1</send></participant>
		<participant participant_id="b"><nameID aor="` + hidden + `"/><send>s2</send></participant>
		<stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream></recording>`)
	anonymous, _ := Map(two, hiding, Known{})
	turned := *hiding
	turned.Participants = []Participant{hiding.Participants[1], hiding.Participants[0]}
	for name, c := range map[string]struct {
		m        *Metadata
		before   []timbre.Leg
		want     string
		warnings int
	}{
		"both share an address, and the list is turned": {&turned, anonymous, "0 caller " + hidden + ", 1 callee " + hidden, 1},
		"both are replaced, the callee listed first":    {session(false, "sip:x", "2", "sip:y", "1"), first, "0 caller sip:y, 1 callee sip:x", 1},
		"the callee is left alone":                      {session(false, bob, "2"), first, "0 caller -, 1 callee " + bob, 2},
		"the callee is left alone, by another address":  {session(false, "sip:x", "2"), first, "0 caller -, 1 callee sip:x", 3},
		"the caller is left alone":                      {session(false, ann, "1"), first, "0 caller " + ann + ", 1 callee -", 2},
		"they change lines":                             {session(false, bob, "1", ann, "2"), first, "0 callee " + bob + ", 1 caller " + ann, 0},
	} {
		t.Run(name, func(t *testing.T) {
			legs, warnings := Map(two, c.m, Known{Before: c.before})
			if got := written(legs); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if len(warnings) != c.warnings {
				t.Errorf("got warnings %q, want %d", warnings, c.warnings)
			}
		})
	}
}

func TestNoLabelIsNotALabel(t *testing.T) {
	m := Parse(`<recording><participant id="a"><nameID aor="` + bob + `"/><send>s</send></participant><stream id="s"/></recording>`)
	legs, warnings := Map([]Line{{Index: 0}, {Index: 1}}, m, Known{})
	if written(legs) != "0 caller -, 1 callee -" || len(warnings) == 0 {
		t.Errorf("got %s with warnings %q", written(legs), warnings)
	}
}

func TestAMixBesideAnUnknownStreamMakesNoCaller(t *testing.T) {
	m := Parse(`<recording><participant id="a"><send>s</send></participant><participant id="b"><send>s</send></participant>
		<stream id="s"><label>1</label></stream></recording>`)
	legs, warnings := Map(two, m, Known{})
	if written(legs) != "0 mixed -, 1 mixed -" || len(warnings) == 0 {
		t.Errorf("got %s with warnings %q", written(legs), warnings)
	}
}

func TestLaterMetadataIsMergedWithEarlier(t *testing.T) {
	before := session(false, ann, "1", "sip:dummy@example.com", "2")
	for name, c := range map[string]struct {
		after *Metadata
		want  string
	}{
		"complete replaces":             {session(false, bob, "1", ann, "2"), "0 caller " + bob + ", 1 callee " + ann},
		"partial adds":                  {session(true, bob, "2"), "0 caller " + ann + ", 1 mixed -"}, // two send on label 2 now
		"participants alone keep lines": {session(false, ann, "", "sip:dummy@example.com", ""), "0 caller " + ann + ", 1 callee sip:dummy@example.com"},
		"no association keeps the old": {
			Parse(`<recording><participant participant_id="p` + bob + `"><nameID aor="x"/></participant><stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream></recording>`),
			"0 caller -, 1 callee -",
		},
		"streams alone keep parties": {Parse(`<recording><stream stream_id="s1"><label>2</label></stream><stream stream_id="s2"><label>1</label></stream></recording>`), "0 callee sip:dummy@example.com, 1 caller " + ann},
		"a participant that has left sends nothing": {
			Parse(`<recording><datamode>partial</datamode><participantsessionassoc participant_id="psip:dummy@example.com"><disassociate-time>x</disassociate-time></participantsessionassoc></recording>`),
			"0 caller " + ann + ", 1 callee -",
		},
	} {
		t.Run(name, func(t *testing.T) {
			legs, _ := Map(two, c.after.After(before), Known{})
			if got := written(legs); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if m := session(true, ann, "1"); m.After(nil) != m {
		t.Errorf("got %+v after nothing, want %+v", m.After(nil), m)
	}
}

func TestUserParts(t *testing.T) {
	for in, want := range map[string]string{
		"sip:+12065550101@192.0.2.1:5080": "+12065550101", `"A; B" <sips:ann@example.com;x=y>;tag=1`: "ann", "tel:+12065550101;ext=1": "+12065550101",
		"Extension-7@example.com": "Extension-7", "1001": "1001", "sip:192.0.2.1": "", "sip:ann:secret@example.com": "ann", "": "", "TEL:1": "1",
	} {
		if got := User(in); got != want {
			t.Errorf("got user %q of %s, want %q", got, in, want)
		}
	}
}

func TestNumbersAreTheSameWithAndWithoutCountryCode(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"+12065550101", "2065550101", true},
		{"02071838750", "+442071838750", true},
		{"(206) 555-0101", "+1.206.555.0101", true},
		{"1001", "1001", false},
		{"+12065550101", "+12065550102", false},
		{"ann", "ann", false},
		{"", "", false},
	} {
		if sameDigits(digits(c.a), digits(c.b)) != c.same || sameDigits(digits(c.b), digits(c.a)) != c.same {
			t.Errorf("got %v for %s and %s, want %v", !c.same, c.a, c.b, c.same)
		}
	}
}

func TestHeadersNameTheParties(t *testing.T) {
	for name, c := range map[string]struct {
		from    string
		headers []string
		want    string // of two lines
	}{
		"one a header": {"", []string{`sip:7300@192.0.2.1;media-index="1"`, `<sip:7301@192.0.2.1>;media-index=0`}, "0 caller sip:7301@192.0.2.1, 1 callee sip:7300@192.0.2.1"},
		"two in one":   {"", []string{`sip:a@x;media-index="0", sip:b@x; media-index="1"`}, "0 caller sip:a@x, 1 callee sip:b@x"},
		"one of two":   {"", []string{`sip:a@x;media-index="1"`}, "0 callee -, 1 caller sip:a@x"},
		"the near end": {`<sip:5555@192.0.2.1;x-nearend;x-refci=1;x-nearendaddr=5555;x-farendaddr=6666>;tag=1`, nil, "0 callee 5555, 1 callee 5555"},
		"the far end":  {`<sip:5555@192.0.2.1;x-farend;x-nearendaddr=5555;x-farendaddr=6666>;tag=1`, nil, "0 caller 6666, 1 caller 6666"},
	} {
		t.Run(name, func(t *testing.T) {
			legs, _ := Map([]Line{{Index: 0}, {Index: 1}}, FromHeaders(c.from, c.headers), Known{})
			if got := written(legs); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	for _, from := range []string{"<sip:a@x>", "<sip:a@x;x-nearend;x-farend>"} {
		if m := FromHeaders(from, []string{"sip:a@x", `;media-index="0"`, "media-index=999"}); m != nil {
			t.Errorf("got %+v of %s, want none", m, from)
		}
	}
}
