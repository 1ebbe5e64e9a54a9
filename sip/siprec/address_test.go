package siprec

import "testing"

func TestANumberComesFromTheURIAlone(t *testing.T) {
	for value, want := range map[string]string{
		`"+15550199 <sip:+15550199@x>" <sip:+12065550100@example.com>;tag=1`: "+12065550100",
		`"a \"<tel:+15550199>, b" <tel:+12065550100>`:                        "+12065550100",
		`Ann <sip:ann@example.com>`:                                          "ann",
	} {
		if got := User(value); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
}
