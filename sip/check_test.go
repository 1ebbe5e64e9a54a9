package sip

import (
	"maps"
	"strings"
	"testing"

	"timbre/sip/header"
)

func TestRequestsThatBreakARuleAreRefused(t *testing.T) {
	good := recordingOf("call-1").String()
	swap := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not there", old)
		}
		return strings.Replace(good, old, with, 1)
	}
	for name, c := range map[string]struct {
		text string
		code int
	}{
		"as it should be":        {good, 0},
		"an unknown extension":   {swap("Require: siprec", "Require: made-up"), 420},
		"another SIP version":    {swap("SIP/2.0", "SIP/3.0"), 505},
		"CSeq of another method": {swap("CSeq: 1 INVITE", "CSeq: 1 OPTIONS"), 400},
		"no CSeq":                {swap("CSeq: 1 INVITE", "X-CSeq: 1"), 400},
		"no tag":                 {swap(";tag=theirs", ""), 400},
		"no From":                {swap("From:", "X-From:"), 400},
		"no To":                  {swap("To:", "X-To:"), 400},
		"no Call-ID":             {swap("Call-ID:", "X-Call-ID:"), 400},
		"no Contact":             {swap("Contact:", "X-Contact:"), 400},
		"Contact: *":             {swap("Contact: <sip:src@127.0.0.1:5099>;+sip.src", "Contact: *"), 400},
		"a second one":           {swap("Require: siprec", "m:  *"), 400},
		"two Call-IDs":           {swap("Call-ID: call-1", "Call-ID: call-1\r\ni: call-2"), 400},
		"two lengths":            {swap("Require: siprec", "Content-Length: 5"), 400},
		"two types":              {swap("Require: siprec", "c: application/sdp"), 400},
		"another scheme":         {swap("INVITE sip:", "INVITE tel:"), 416},
		"all that are known":     {swap("Require: siprec", "Require: timer, siprec, 100rel"), 0},
		"an unknown one beside":  {swap("Require: siprec", "Require: 100rel, siprec, made-up"), 420},
		"two of them":            {swap("Require: siprec", "Require: one\r\nRequire: siprec , two"), 420},
		"an empty one":           {swap("Require: siprec", "Require: ,"), 0},
	} {
		r := check(request(t, c.text))
		if r == nil && c.code != 0 || r != nil && r.Code != c.code {
			t.Errorf("%s: got %v", name, r)
		}
		if r != nil && r.Code == 420 && name == "two of them" && r.Headers[0].Value() != "one, two" {
			t.Errorf("got headers %v, want Unsupported: one, two", r.Headers)
		}
	}
}

func TestHeadersHaveNoSecret(t *testing.T) {
	const secret = "6629fae49393a05397450978507c4ef1"
	req := request(t, strings.Replace(recordingOf("call-1").String(), "Require: siprec", `Authorization: Digest realm="x", Username="b\"ob", nonce="n", response="`+secret+"\"\r\n"+
		"Proxy-Authorization: Basic "+secret+"\r\nauthorization: Digest response=\""+secret+`"`, 1))
	got := header.All(req)
	for name, value := range got {
		if strings.Contains(value, secret) {
			t.Errorf("%s: got %q, want no secret", name, value)
		}
	}
	if want := `Digest Username="b\"ob"`; got["authorization"] != want {
		t.Errorf("got credentials %q, want %q", got["authorization"], want)
	}
	if got, is := got["proxy-authorization"]; is {
		t.Errorf("got credentials %q, want none without a user name", got)
	}
}

func TestHeaderNamesAreLowerCaseAndLong(t *testing.T) {
	req := request(t, strings.Replace(recordingOf("call-1").String(), "Require: siprec", "X-Two: a\r\nx-two: b\r\nk: timer\r\ns: hello\r\nX-Bad: \xff", 1))
	got := header.All(req)
	for name, want := range map[string]string{
		"x-two": "a, b", "supported": "timer", "subject": "hello", "call-id": "call-1", "cseq": "1 INVITE", "x-bad": "\ufffd",
		"from": `"Ann" <sip:+12065550101@127.0.0.1:5099>;tag=theirs`, "content-type": mixed,
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	for name := range maps.Keys(got) {
		if name != strings.ToLower(name) || len(name) == 1 {
			t.Errorf("got header name %q, want its long form in lower case", name)
		}
	}
}
