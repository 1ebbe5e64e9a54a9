package admission

import "testing"

func TestADigestIsOfTheRequestURI(t *testing.T) {
	const asked = "sip:+12065550100@vc.voiceconnector.example.com"
	for uri, want := range map[string]bool{
		asked: true,
		"SIP:+12065550100@VC.voiceconnector.example.com":                      true,
		"sip:+12065550100@vc.voiceconnector.example.com:5060;transport=udp":   true,
		"sip:%2B12065550100@vc.voiceconnector.example.com":                    true,
		"sip:+12065550100@vc.voiceconnector.example.com?Subject=x":            true,
		"sips:+12065550100@vc.voiceconnector.example.com":                     false,
		"sip:+12065550100@vc.voiceconnector.example.com:5070":                 false,
		"sip:+12065550101@vc.voiceconnector.example.com":                      false,
		"sip:+12065550100;phone-context=x@vc.voiceconnector.example.com":      false,
		"sip:+12065550101@vc.voiceconnector.example.com;x=@vc.voiceconnector": false,
		"sip:vc.voiceconnector.example.com":                                   false,
		"tel:+12065550100":                                                    false,
		"":                                                                    false,
		"sip:%ZZ@":                                                            false,
	} {
		if got := sameURI(uri, asked); got != want {
			t.Errorf("%q for %q: got %t, want %t", uri, asked, got, want)
		}
	}
}
