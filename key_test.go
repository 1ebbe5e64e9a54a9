package timbre_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"timbre"
)

func TestAKeyMayDoWhatItsGrantsSay(t *testing.T) {
	const vc = "arn:aws:chime:us-east-1:000000000000:vc/abc"
	one := func(action, resource string) []timbre.Grant {
		return []timbre.Grant{{Action: action, Resource: resource}}
	}
	for name, c := range map[string]struct {
		grants           []timbre.Grant
		action, resource string
		want             bool
	}{
		"without grants, everything":      {nil, "chime:DeleteVoiceProfile", "*", true},
		"with none of them, nothing":      {[]timbre.Grant{}, "chime:GetVoiceProfile", "*", false},
		"its action":                      {one("chime:GetVoiceConnector", "*"), "chime:GetVoiceConnector", vc, true},
		"in any case":                     {one("chime:getvoiceCONNECTOR", "*"), "chime:GetVoiceConnector", vc, true},
		"not another one":                 {one("chime:GetVoiceConnector", "*"), "chime:GetVoiceConnectorTermination", vc, false},
		"all that begin alike":            {one("chime:Get*", "*"), "chime:GetVoiceConnectorTermination", vc, true},
		"a star in the middle":            {one("chime:*VoiceConnector", "*"), "chime:DeleteVoiceConnector", vc, true},
		"on its resource":                 {one("chime:*", vc), "chime:GetVoiceConnector", vc, true},
		"on resources that begin alike":   {one("chime:*", "arn:aws:chime:*:*:vc/a*"), "chime:GetVoiceConnector", vc, true},
		"not on another resource":         {one("chime:*", "arn:aws:chime:*:*:vc/b*"), "chime:GetVoiceConnector", vc, false},
		"not in another case":             {one("chime:*", "arn:aws:chime:*:*:vc/ABC"), "chime:GetVoiceConnector", vc, false},
		"not where there is no resource":  {one("chime:*", vc), "chime:ListVoiceConnectors", "*", false},
		"a question mark":                 {one("*", "arn:aws:chime:*:*:vc/a?c"), "chime:GetVoiceConnector", vc, true},
		"a question mark is one":          {one("*", "arn:aws:chime:*:*:vc/ab?c"), "chime:GetVoiceConnector", vc, false},
		"action and resource of one line": {append(one("chime:Get*", "x"), one("chime:List*", "*")...), "chime:GetVoiceConnector", vc, false},
	} {
		if got := (timbre.Key{Grants: c.grants}).May(c.action, c.resource); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzGrant(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("**", "")
	f.Add("*a*a*a*b", "aaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 100 || len(s) > 1000 || strings.ContainsFunc(pattern+s, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return // a character is a byte here, and the expressions below know UTF-8 alone
		}
		like := strings.NewReplacer(`\*`, "(?s:.*)", `\?`, "(?s:.)").Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile(`\A` + like + `\z`).MatchString(s)
		if got := (timbre.Key{Grants: []timbre.Grant{{Action: "*", Resource: pattern}}}).May("", s); got != want {
			t.Errorf("%q on %q: %v", pattern, s, got)
		}
	})
}
