package sigv4_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"timbre"
)

// FuzzAuthorization puts any header and any query before the verifier: it refuses in one of its five ways and does not panic.
func FuzzAuthorization(f *testing.F) {
	r := request("GET", "/voice-connectors", "")
	forged := aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "a guess"}
	sign(f, r, forged, hash(""))
	f.Add(r.Header.Get("Authorization"), r.Header.Get("X-Amz-Date"), "")
	f.Add("", "", presign(f, forged, "GET", "/voice-connectors", "", hash(""), 60, now).URL.RawQuery)
	f.Add("AWS4-HMAC-SHA256 Credential=////,SignedHeaders=;;host;x-amz-date,Signature=", "20260304T120000Z", "a=%zz")
	f.Add("AWS4-HMAC-SHA256 Credential=AKIDTEST/20260304/r/chime/aws4_request,SignedHeaders=content-length;host;x-amz-date,"+
		"Signature=0000000000000000000000000000000000000000000000000000000000000000", "20260304T120000Z", "")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := request("GET", "/voice-connectors", "")
		r.URL.RawQuery = query
		if authorization != "" {
			r.Header["Authorization"] = []string{authorization}
		}
		if date != "" {
			r.Header["X-Amz-Date"] = []string{date}
		}
		_, err := check(r)
		var e *timbre.SignatureFault
		if !errors.As(err, &e) {
			t.Fatalf("got error %v, want *timbre.SignatureFault", err)
		}
		if e.Status != 400 && e.Status != 403 {
			t.Errorf("got status %d", e.Status)
		}
	})
}
