package advisory

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// An address that a header names must not be fetched: CVE-2022-26499, AST-2022-002, and CVE-2022-26498, AST-2022-001 (Asterisk,
// certificates of STIR/SHAKEN).
func TestAddressesInHeadersAreNotFetched(t *testing.T) {
	var fetched atomic.Int64
	bait := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
	defer bait.Close()
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	ann := s.peer(t, "udp", "127.0.0.1")
	call := ann.recording(c)
	call.headers = append(call.headers,
		"Identity: eyJhbGciOiJFUzI1NiJ9.e30.c2ln;info=<"+bait.URL+"/cert.pem>;alg=ES256;ppt=shaken",
		"Call-Info: <"+bait.URL+"/card>;purpose=icon", "Alert-Info: <"+bait.URL+"/ring.wav>", "Error-Info: <"+bait.URL+"/error>",
		"Content-Type: multipart/mixed;boundary=b")
	call.body = strings.Join([]string{
		"--b", "Content-Type: application/sdp", "", offer(ann.host, 40000), "--b", "Content-Type: application/rs-metadata+xml", "",
		`<!DOCTYPE r SYSTEM "` + bait.URL + `/x.dtd"><recording xmlns="urn:ietf:params:xml:ns:recording:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a ` + bait.URL + `/x.xsd"/>`,
		"--b", "Content-Type: message/external-body; access-type=URL; URL=\"" + bait.URL + "/body\"", "", "", "--b--", "",
	}, "\r\n")
	answer := ann.ask(call)
	if status(answer) == 200 {
		ann.bye(call, answer)
	}
	s.answersCalls(t, c)
	if n := fetched.Load(); n > 0 {
		t.Errorf("got %d requests at an address that headers name, want none", n)
	}
}
