package siprec

import (
	"slices"
	"strings"
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
		legs, warnings := Map(lines, nil, "")
		if written(legs) != want || len(warnings) == 0 {
			t.Errorf("%d lines: %s %q", n, written(legs), warnings)
		}
	}
	legs, _ := Map([]Line{{Index: 2, Party: "1001"}, {Index: 4}}, nil, "")
	if written(legs) != "2 caller 1001, 4 callee -" {
		t.Error(written(legs))
	}
}

func TestTheCallerStaysTheCaller(t *testing.T) {
	turned := session(false, bob, "2", ann, "1")
	if legs, _ := Map(two, turned, ""); written(legs) != "0 callee "+ann+", 1 caller "+bob {
		t.Error(written(legs))
	}
	if legs, _ := Map(two, turned, ann); written(legs) != "0 caller "+ann+", 1 callee "+bob {
		t.Error(written(legs))
	}
	if legs, _ := Map(two, turned, "sip:gone@example.com"); written(legs) != "0 callee "+ann+", 1 caller "+bob {
		t.Error(written(legs))
	}
}

func TestNoLabelIsNotALabel(t *testing.T) {
	m := Parse(`<recording><participant id="a"><nameID aor="` + bob + `"/><send>s</send></participant><stream id="s"/></recording>`)
	legs, warnings := Map([]Line{{Index: 0}, {Index: 1}}, m, "")
	if written(legs) != "0 caller -, 1 callee -" || len(warnings) == 0 {
		t.Error(written(legs), warnings)
	}
}

func TestAMixBesideAnUnknownStreamMakesNoCaller(t *testing.T) {
	m := Parse(`<recording><participant id="a"><send>s</send></participant><participant id="b"><send>s</send></participant>
		<stream id="s"><label>1</label></stream></recording>`)
	legs, warnings := Map(two, m, "")
	if written(legs) != "0 mixed -, 1 mixed -" || len(warnings) == 0 {
		t.Error(written(legs), warnings)
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
		"no association keeps the old": {Parse(`<recording><participant participant_id="p` + bob + `"><nameID aor="x"/></participant><stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream></recording>`),
			"0 caller -, 1 callee -"},
		"streams alone keep parties": {Parse(`<recording><stream stream_id="s1"><label>2</label></stream><stream stream_id="s2"><label>1</label></stream></recording>`), "0 callee sip:dummy@example.com, 1 caller " + ann},
		"who has left sends nothing": {Parse(`<recording><datamode>partial</datamode><participantsessionassoc participant_id="psip:dummy@example.com"><disassociate-time>x</disassociate-time></participantsessionassoc></recording>`),
			"0 caller " + ann + ", 1 callee -"},
	} {
		if legs, _ := Map(two, c.after.After(before), ""); written(legs) != c.want {
			t.Errorf("%s: %s", name, written(legs))
		}
	}
	if m := session(true, ann, "1"); m.After(nil) != m {
		t.Error("with nothing before, the new is all")
	}
}

func TestUserParts(t *testing.T) {
	for in, want := range map[string]string{
		"sip:+12065550101@192.0.2.1:5080": "+12065550101", `"A; B" <sips:ann@example.com;x=y>;tag=1`: "ann", "tel:+12065550101;ext=1": "+12065550101",
		"Extension-7@example.com": "Extension-7", "1001": "1001", "sip:192.0.2.1": "", "sip:ann:secret@example.com": "ann", "": "", "TEL:1": "1",
	} {
		if got := User(in); got != want {
			t.Errorf("%s: %q", in, got)
		}
	}
}

func TestNumbersAreOneWithAndWithoutCountryCode(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"+12065550101", "2065550101", true}, {"02071838750", "+442071838750", true}, {"(206) 555-0101", "+1.206.555.0101", true},
		{"1001", "1001", false}, {"+12065550101", "+12065550102", false}, {"ann", "ann", false}, {"", "", false},
	} {
		if sameNumber(c.a, c.b) != c.same || sameNumber(c.b, c.a) != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, !c.same)
		}
	}
}

func TestHeadersNameTheParties(t *testing.T) {
	for name, c := range map[string]struct {
		from    string
		headers []string
		want    map[int]string
	}{
		"one a header":   {"", []string{`sip:7300@192.0.2.1;media-index="1"`, `<sip:7301@192.0.2.1>;media-index=0`}, map[int]string{1: "sip:7300@192.0.2.1", 0: "sip:7301@192.0.2.1"}},
		"two in one":     {"", []string{`sip:a@x;media-index="0", sip:b@x; media-index="1"`}, map[int]string{0: "sip:a@x", 1: "sip:b@x"}},
		"the near end":   {`<sip:5555@192.0.2.1;x-nearend;x-refci=1;x-nearendaddr=5555;x-farendaddr=6666>;tag=1`, nil, map[int]string{0: "5555"}},
		"the far end":    {`<sip:5555@192.0.2.1;x-farend;x-nearendaddr=5555;x-farendaddr=6666>;tag=1`, nil, map[int]string{0: "6666"}},
		"nothing useful": {"<sip:a@x>", []string{"sip:a@x", `;media-index="0"`, "media-index=999"}, map[int]string{}},
	} {
		got := Parties(c.from, c.headers)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", name, got)
		}
		for i, w := range c.want {
			if got[i] != w {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}

func FuzzMap(f *testing.F) {
	for _, v := range vectors(f) {
		if b, err := Read(v.contentType, v.body); err == nil {
			f.Add(b.Metadata, "1", "2", uint8(2), ann)
		}
	}
	f.Fuzz(func(t *testing.T, doc, label1, label2 string, n uint8, known string) {
		lines := []Line{{0, label1, ""}, {1, label2, ""}, {3, "x", known}}[:n%4]
		before := session(false, ann, "1", bob, "2")
		m := Parse(doc)
		for _, m := range []*Metadata{m, m.After(before), before.After(m)} {
			legs, warnings := Map(lines, m, known)
			if len(legs) != len(lines) {
				t.Fatalf("%d legs for %d lines", len(legs), len(lines))
			}
			for i, l := range legs {
				if l.Index != lines[i].Index || l.Label != lines[i].Label || l.Side > timbre.Callee {
					t.Errorf("leg %d: %+v", i, l)
				}
				if l.Side == timbre.Mixed && l.Party != "" && l.Party != lines[i].Party {
					t.Errorf("a mix has the name %q", l.Party)
				}
			}
			again, said := Map(lines, m, known)
			if !slices.Equal(again, legs) || !slices.Equal(said, warnings) {
				t.Error("two answers to one question")
			}
			if len(legs) > 0 && len(m.Participants) == 0 && !strings.Contains(strings.Join(warnings, " "), "taken for") && legs[0].Side != timbre.Mixed {
				t.Errorf("a silent guess: %s", written(legs))
			}
		}
	})
}
