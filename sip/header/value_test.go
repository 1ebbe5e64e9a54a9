package header

import (
	"slices"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

func TestElementsOfAllLines(t *testing.T) {
	m := message{gosip.NewHeader("k", "timer, 100rel,, "), gosip.NewHeader("Supported", " Replaces"), gosip.NewHeader("Require", "siprec")}
	if got, want := Elements(m, "supported"), []string{"timer", "100rel", "Replaces"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHasComparesWholeTokens(t *testing.T) {
	for value, want := range map[string]bool{
		"timer": true, "Timer": true, "100rel, timer": true, "x-notimers": false, "timers": false, "notimer, 100rel": false, "": false,
	} {
		t.Run(value, func(t *testing.T) {
			if got := Has(message{gosip.NewHeader("Supported", value)}, "supported", "timer"); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestURI(t *testing.T) {
	for value, want := range map[string]string{
		`"Ann" <sip:ann@example.com;user=phone>;tag=1`: "sip:ann@example.com;user=phone",
		" sip:ann@example.com ;tag=1":                  "sip:ann@example.com",
		"<sip:ann@example.com":                         "",
		"":                                             "",
		`"<sip:bob@example.com>" <sip:ann@example.com>`:               "sip:ann@example.com",
		`"a \"<sip:bob@example.com>, <x" <sip:ann@example.com>;tag=1`: "sip:ann@example.com",
		`"open <sip:ann@example.com>`:                                 "",
	} {
		t.Run(value, func(t *testing.T) {
			if got := URI(value); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestParameter(t *testing.T) {
	const address = `"x;a=0 <y>" <sip:5555@192.0.2.1;x-nearend;X-RefCI=1>;tag="a;b"; Q = "say \"hi\""`
	for _, c := range []struct {
		value, name, want string
		ok                bool
	}{
		{address, "x-nearend", "", true},
		{address, "x-refci", "1", true},
		{address, "tag", "a;b", true},
		{address, "q", `say "hi"`, true},
		{address, "a", "", false},
		{address, "sip", "", false},
		{"1800;refresher=uas", "refresher", "uas", true},
		{"1800;Refresher = UAS ", "refresher", "UAS", true},
		{"refresher=uas", "refresher", "", false},
		{`multipart/mixed;boundary="open`, "boundary", "open", true},
		{"", "x", "", false},
	} {
		t.Run(c.value+" "+c.name, func(t *testing.T) {
			if got, ok := Parameter(c.value, c.name); got != c.want || ok != c.ok {
				t.Errorf("got %q, %v, want %q, %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func FuzzParameter(f *testing.F) {
	f.Add(`"x" <sip:5555@192.0.2.1;x-nearend>;tag="a;b\"`, "tag")
	f.Add("multipart/mixed;boundary=a", "boundary")
	f.Fuzz(func(t *testing.T, value, name string) {
		got, ok := Parameter(value, name)
		if len(got) > len(value) || !ok && got != "" {
			t.Errorf("got %q, %v", got, ok)
		}
		if ok && !strings.ContainsAny(value, ";<>") {
			t.Errorf("got a parameter of %q", value)
		}
	})
}
