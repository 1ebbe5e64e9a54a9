package timbre

import (
	"strings"
	"testing"
)

func TestNameAddr(t *testing.T) {
	for value, want := range map[string]NameAddr{
		`"Ann" <sip:ann@example.com;user=phone>;tag=1`:                {"Ann", "sip:ann@example.com;user=phone", "tag=1"},
		`Ann Lee<sip:ann@example.com> ; tag = 1`:                      {"Ann Lee", "sip:ann@example.com", " tag = 1"},
		`Bell, Alexander <sip:ann@example.com>`:                       {"Bell, Alexander", "sip:ann@example.com", ""},
		" sip:ann@example.com ;tag=1":                                 {"", "sip:ann@example.com", "tag=1"},
		`< tel:+12065550100 >`:                                        {"", "tel:+12065550100", ""},
		`"<sip:bob@example.com>" <sip:ann@example.com>`:               {"<sip:bob@example.com>", "sip:ann@example.com", ""},
		`"a \"<sip:bob@example.com>, <x" <sip:ann@example.com>;tag=1`: {`a "<sip:bob@example.com>, <x`, "sip:ann@example.com", "tag=1"},
		`"C:\\" <sip:ann@example.com>`:                                {`C:\`, "sip:ann@example.com", ""},
		`"" <sip:ann@example.com>;x="<sip:bob@example.com>;tag=2"`:    {"", "sip:ann@example.com", `x="<sip:bob@example.com>;tag=2"`},
		`sip:ann@example.com;x="<sip:bob@example.com>"`:               {"", "sip:ann@example.com", `x="<sip:bob@example.com>"`},
		"7001": {"", "7001", ""},
		"":     {},
	} {
		t.Run(value, func(t *testing.T) {
			if got, err := ParseNameAddr(value); err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, value := range []string{
		`"open <sip:ann@example.com>`, "<sip:ann@example.com", "sip:ann@example.com>", "<sip:ann@example.com>, <sip:bob@example.com>",
		"<sip:ann@example.com> <sip:bob@example.com>", `"Ann" sip:ann@example.com`, `"Ann" Lee <sip:ann@example.com>`,
		`Ann "<sip:bob@example.com>" <sip:ann@example.com>`, "sip:ann@example.com sip:bob@example.com",
	} {
		t.Run(value, func(t *testing.T) {
			if got, err := ParseNameAddr(value); err == nil {
				t.Errorf("got %+v, want an error", got)
			}
		})
	}
}

func FuzzNameAddr(f *testing.F) {
	f.Add(`"a \"<sip:bob@example.com>" <sip:ann@example.com;lr>;tag=1`)
	f.Add("sip:ann@example.com;tag=1")
	f.Fuzz(func(t *testing.T, value string) {
		a, err := ParseNameAddr(value)
		if err == nil && len(a.Name)+len(a.URI)+len(a.Parameters) > len(value) {
			t.Errorf("got %+v, longer than %q", a, value)
		}
		if strings.Contains(a.URI, ">") {
			t.Errorf("got URI %q", a.URI)
		}
	})
}
