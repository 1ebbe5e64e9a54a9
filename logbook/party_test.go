package logbook

import "testing"

func TestDisplayName(t *testing.T) {
	for value, want := range map[string]string{
		`"North Campus" <sip:+1@pbx>;tag=1`: "North Campus", `Ann <sip:a@x>`: "Ann", `<sip:a@x>`: "", `sip:a@x`: "", ``: "",
		`"a \"b\" \\ c" <sip:a@x>`: `a "b" \ c`, `"unclosed <sip:a@x>`: "", `"<sip:b@y>" <sip:a@x>`: "<sip:b@y>",
	} {
		if got := displayName(value); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
}

func TestCountry(t *testing.T) {
	for number, want := range map[string]string{
		"+12065550100": "US", "+442071838750": "GB", "+14165550123": "CA", "+999": "", "4444": "", "": "", "+": "", "+1": "",
	} {
		if got := country(number); got != want {
			t.Errorf("%s: got %q, want %q", number, got, want)
		}
	}
}

func TestAuthUser(t *testing.T) {
	for value, want := range map[string]string{`Digest username="bob"`: "bob", `Digest username="b\"ob"`: `b"ob`, "": "", "Digest": ""} {
		if got := authUser(map[string]string{"authorization": value}); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
}

func FuzzParty(f *testing.F) {
	f.Add(`"a" <sip:+12065550100@x>`, "+12065550100")
	f.Fuzz(func(t *testing.T, value, number string) {
		displayName(value)
		authUser(map[string]string{"authorization": value})
		if c := country(number); len(c) != 0 && len(c) != 2 && c != "001" {
			t.Errorf("got country %q", c)
		}
	})
}
