package timbre_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"timbre"
)

func TestKeyIsLimitedToItsGrants(t *testing.T) {
	const vc = "arn:aws:chime:us-east-1:000000000000:vc/abc"
	one := func(action, resource string) []timbre.Grant {
		return []timbre.Grant{{Action: action, Resource: resource}}
	}
	for name, c := range map[string]struct {
		grants           []timbre.Grant
		action, resource string
		want             bool
	}{
		"no restriction":                          {nil, "chime:DeleteVoiceProfile", "*", true},
		"no grants":                               {[]timbre.Grant{}, "chime:GetVoiceProfile", "*", false},
		"the granted action":                      {one("chime:GetVoiceConnector", "*"), "chime:GetVoiceConnector", vc, true},
		"action in another case":                  {one("chime:getvoiceCONNECTOR", "*"), "chime:GetVoiceConnector", vc, true},
		"another action":                          {one("chime:GetVoiceConnector", "*"), "chime:GetVoiceConnectorTermination", vc, false},
		"action prefix":                           {one("chime:Get*", "*"), "chime:GetVoiceConnectorTermination", vc, true},
		"star inside an action":                   {one("chime:*VoiceConnector", "*"), "chime:DeleteVoiceConnector", vc, true},
		"the granted resource":                    {one("chime:*", vc), "chime:GetVoiceConnector", vc, true},
		"resource prefix":                         {one("chime:*", "arn:aws:chime:*:*:vc/a*"), "chime:GetVoiceConnector", vc, true},
		"another resource":                        {one("chime:*", "arn:aws:chime:*:*:vc/b*"), "chime:GetVoiceConnector", vc, false},
		"resource in another case":                {one("chime:*", "arn:aws:chime:*:*:vc/ABC"), "chime:GetVoiceConnector", vc, false},
		"no resource":                             {one("chime:*", vc), "chime:ListVoiceConnectors", "*", false},
		"question mark":                           {one("*", "arn:aws:chime:*:*:vc/a?c"), "chime:GetVoiceConnector", vc, true},
		"question mark matches exactly one":       {one("*", "arn:aws:chime:*:*:vc/ab?c"), "chime:GetVoiceConnector", vc, false},
		"action and resource of different grants": {append(one("chime:Get*", "x"), one("chime:List*", "*")...), "chime:GetVoiceConnector", vc, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (timbre.Key{Grants: c.grants}).May(c.action, c.resource); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestKeyMayDoSomeOfWhatItIsGranted(t *testing.T) {
	k := timbre.Key{Grants: []timbre.Grant{{Action: "chime:get*", Resource: "arn:aws:chime:us-east-1:000000000000:vc/abc"}}}
	if !k.MaySome("chime:GetVoiceConnector") || k.MaySome("chime:ListVoiceConnectors") || !(timbre.Key{}).MaySome("chime:Any") {
		t.Error("got other rights than those of the grant, or of a key without grants")
	}
}

func FuzzGrant(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("**", "")
	f.Add("*a*a*a*b", "aaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 100 || len(s) > 1000 || strings.ContainsFunc(pattern+s, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return // patterns work on bytes, the regular expressions below on UTF-8
		}
		like := strings.NewReplacer(`\*`, "(?s:.*)", `\?`, "(?s:.)").Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile(`\A` + like + `\z`).MatchString(s)
		if got := (timbre.Key{Grants: []timbre.Grant{{Action: "*", Resource: pattern}}}).May("", s); got != want {
			t.Errorf("pattern %q on %q: got %v, want %v", pattern, s, got, want)
		}
	})
}
