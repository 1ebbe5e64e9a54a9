package node

import "testing"

// What the console shows of a logged message to who may not see numbers, and GET /calls of parties.
func TestNumbersAreMaskedWhereverTheyStand(t *testing.T) {
	for text, want := range map[string]string{
		"P-Charge-Info: <sip:+12065550100@192.0.2.1>;npi=ISDN":           "P-Charge-Info: <sip:+*********00@192.0.2.1>;npi=ISDN",
		"Diversion: <tel:+1-206-555-0100>;reason=no-answer":              "Diversion: <tel:+*-***-***-**00>;reason=no-answer",
		"History-Info: <sip:2065550100@h?Reason=SIP%3Bcause%3D302>":      "History-Info: <sip:********00@h?Reason=SIP%3Bcause%3D302>",
		"Refer-To: <sip:b@h?Referred-By=%3Csip%3A%2B12065550100%40h%3E>": "Refer-To: <sip:b@h?Referred-By=%3Csip%3A%2B*********00%40h%3E>",
		"Refer-To: <sip:b@h?From=%3Csip%3A%31%32%3065550100%40h%3E>":     "Refer-To: <sip:b@h?From=%3Csip%3A*********00%40h%3E>",
		"x-farendaddr=2065550100":                                        "x-farendaddr=********00",
		"Call-Info: <tel:1-800-FLOWERS>":                                 "Call-Info: <tel:*-***-*****RS>",
		"<nameID aor=\"tel:+12065550100;phone-context=example.com\">":    "<nameID aor=\"tel:+*********00;phone-context=example.com\">",
		"o=+12065550100 1 1 IN IP4 192.0.2.1":                            "o=+*********** 1 1 IN IP4 192.0.2.1",
		"y: eyJhbGciOiJFUzI1NiJ9.eyJkZXN0Ijp7InRuIjpbXX19.c2lnbmVk;a=b":  "y: …;a=b",
		"X-ANI: 2065550100": "X-ANI: ********00",
	} {
		if got := masked(text); got != want {
			t.Errorf("got %q of %q, want %q", got, text, want)
		}
	}
}
