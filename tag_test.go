package timbre_test

import (
	"strings"
	"testing"

	"timbre"
)

func TestCheckTag(t *testing.T) {
	for _, c := range []struct{ name, key, value, refusal string }{
		{"any other tag", "team", "support", ""},
		{"a prefix without its colon", "timbre", "x", ""},
		{"a threshold", timbre.ThresholdTag, "0.95", ""},
		{"a threshold with an exponent", timbre.ThresholdTag, "5e-1", ""},
		{"everybody would match", timbre.ThresholdTag, "0", "above 0 and below 1"},
		{"nobody would match", timbre.ThresholdTag, "1", "above 0 and below 1"},
		{"below 0", timbre.ThresholdTag, "-0.1", "above 0 and below 1"},
		{"not a number", timbre.ThresholdTag, "NaN", "above 0 and below 1"},
		{"no number", timbre.ThresholdTag, "high", "above 0 and below 1"},
		{"swap", timbre.LegsSwapTag, "true", ""},
		{"malformed swap", timbre.LegsSwapTag, "perhaps", "true or false"},
		{"caller header", timbre.LegsCallerHeaderTag, " P-Asserted-Identity ", ""},
		{"caller header switched off", timbre.LegsCallerHeaderTag, "", ""},
		{"malformed caller header", timbre.LegsCallerHeaderTag, "P: Caller", "name of a SIP header"},
		{"callers", timbre.LegsCallerTag, "+1*, a?n@*", ""},
		{"malformed callers", timbre.LegsCallerTag, "+1*,[", "address patterns"},
		{"unknown parties", timbre.LegsUnknownTag, "mixed", ""},
		{"malformed unknown parties", timbre.LegsUnknownTag, "callee", "caller or mixed"},
		{"a misspelt key", "timbre:treshold", "0.9", "The nearest tag is timbre:threshold."},
		{"a key without its section", "timbre:caller", "+1*", "The nearest tag is timbre:legs.caller."},
		{"a key in capitals", "Timbre:Threshold", "0.9", "The nearest tag is timbre:threshold."},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := timbre.CheckTag(c.key, c.value)
			if c.refusal == "" {
				if err != nil {
					t.Errorf("got error %v, want none", err)
				}
				return
			}
			if err == nil || timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), c.refusal) {
				t.Errorf("got error %v, want Invalid with %q", err, c.refusal)
			}
		})
	}
}

func TestNearestCountsEdits(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"api.lisen", "api.listen"},
		{"listen", "api.listen"},
		{"sitting", "kitten"},
		{"", "kitten"},
	} {
		t.Run(c.word, func(t *testing.T) {
			if got := timbre.Nearest(c.word, []string{"api.listen", "kitten", "search.threshold"}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAddressPatterns(t *testing.T) {
	got, err := timbre.AddressPatterns([]string{" +1* ", "", "A?n@*"})
	if want := "+1* a?n@*"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("got %q and error %v, want %q", got, err, want)
	}
	if _, err := timbre.AddressPatterns([]string{"["}); timbre.KindOf(err) != timbre.Invalid || err == nil {
		t.Errorf("got error %v, want Invalid", err)
	}
}
