package sigv4_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"timbre"
	"timbre/api/sigv4"
	"timbre/environment"
)

type keys map[string]string

// Key gives AKIDSESSION a session token besides.
func (k keys) Key(id string) (timbre.Key, bool) {
	s, ok := k[id]
	return timbre.Key{ID: id, Secret: s, Session: map[string]string{"AKIDSESSION": "the token"}[id]}, ok
}

func (keys) Used(string) {}

var (
	now   = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	known = keys{"AKIDTEST": "a secret", "AKIDOTHER": "another secret", "AKIDSESSION": "a secret"}
	me    = aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "a secret"}
)

// newVerifier makes a Verifier that has seen no signature.
func newVerifier() *sigv4.Verifier {
	return sigv4.New(environment.Environment{Now: func() time.Time { return now }}, known)
}

// request is one as the server receives it.
func request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "timbre.example:8080"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.ContentLength = 0
	}
	return r
}

func hash(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

type option func(region, service *string, at *time.Time)

func sign(t testing.TB, r *http.Request, c aws.Credentials, body string, options ...option) {
	t.Helper()
	region, service, at := "eu-north-1", "chime", now
	for _, o := range options {
		o(&region, &service, &at)
	}
	if err := v4.NewSigner().SignHTTP(context.Background(), c, r, body, service, region, at); err != nil {
		t.Fatal(err)
	}
}

func at(when time.Time) option { return func(_, _ *string, a *time.Time) { *a = when } }

func check(r *http.Request) (string, error) {
	k, err := newVerifier().Check(r, func() ([]byte, error) { return io.ReadAll(r.Body) })
	return k.ID, err
}

func refused(t *testing.T, r *http.Request, status int, kind string) {
	t.Helper()
	_, err := check(r)
	var e *timbre.SignatureFault
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want %s", err, kind)
	}
	if e.Status != status || e.Type != kind {
		t.Errorf("got %d %s (%s), want %d %s", e.Status, e.Type, e.Message, status, kind)
	}
}

func accepted(t *testing.T, r *http.Request) {
	t.Helper()
	id, err := check(r)
	if err != nil || id != "AKIDTEST" {
		t.Errorf("got %q, %v", id, err)
	}
}

func TestSignedRequestIsAccepted(t *testing.T) {
	for name, r := range map[string]*http.Request{
		"get":           request("GET", "/voice-connectors", ""),
		"query":         request("GET", "/voice-profiles?voice-profile-domain-id=a%20b%2Fc&max-results=5", ""),
		"escaped label": request("GET", "/media-insights-pipeline-configurations/arn%3Aaws%3Achime%3Aus-east-1%3A1%3Aa%2Fb", ""),
		"root":          request("GET", "/", ""),
		"strange path":  request("GET", "/a~b/c+d/e%20f/%C3%A9", ""),
	} {
		t.Run(name, func(t *testing.T) {
			sign(t, r, me, hash(""))
			accepted(t, r)
		})
	}
}

func TestSignedBodyIsAccepted(t *testing.T) {
	r := request("POST", "/voice-connectors", `{"Name":"a"}`)
	sign(t, r, me, hash(`{"Name":"a"}`))
	accepted(t, r)
}

func TestContentLengthMayBeUnsigned(t *testing.T) {
	const body = `{"Name":"a"}`
	r := request("POST", "/voice-connectors", body)
	r.ContentLength = 0 // as clients do that sign only content-type, host and date
	sign(t, r, me, hash(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", "12")
	accepted(t, r)
}

func TestSignedContentLengthMustMatchTheBody(t *testing.T) {
	r := request("POST", "/voice-connectors", "{}")
	sign(t, r, me, hash("{}"))
	r.ContentLength = 3
	refused(t, r, 403, "InvalidSignatureException")
}

func TestHeadersAreCheckedInCanonicalForm(t *testing.T) {
	r := request("GET", "/voice-connectors", "")
	r.Header["X-Amz-Meta"] = []string{"  two   spaces ", "and a second"}
	sign(t, r, me, hash(""))
	accepted(t, r)
	r.Header["X-Amz-Meta"][1] = "and another"
	refused(t, r, 403, "InvalidSignatureException")
}

func TestSessionTokenIsSignedAndOtherwiseIgnored(t *testing.T) {
	c := me
	c.SessionToken = "whatever"
	r := request("GET", "/voice-connectors", "")
	sign(t, r, c, hash(""))
	accepted(t, r)
	r.Header.Set("X-Amz-Security-Token", "something else")
	refused(t, r, 403, "InvalidSignatureException")
}

func TestKeyWithSessionTokenRequiresIt(t *testing.T) {
	with := func(secret, token string) *http.Request {
		r := request("GET", "/voice-connectors", "")
		sign(t, r, aws.Credentials{AccessKeyID: "AKIDSESSION", SecretAccessKey: secret, SessionToken: token}, hash(""))
		return r
	}
	presigned := func(token string) *http.Request {
		c := aws.Credentials{AccessKeyID: "AKIDSESSION", SecretAccessKey: "a secret", SessionToken: token}
		return presign(t, c, "GET", "/voice-connectors", "", hash(""), 60, now)
	}
	r := with("a secret", "the token")
	if id, err := check(r); err != nil || id != "AKIDSESSION" {
		t.Errorf("got %s and error %v", id, err)
	}
	if id, err := check(presigned("the token")); err != nil || id != "AKIDSESSION" {
		t.Errorf("presigned: got %s and error %v", id, err)
	}
	refused(t, with("a secret", ""), 403, "InvalidClientTokenId")
	refused(t, presigned(""), 403, "InvalidClientTokenId")
	refused(t, presigned("another"), 403, "InvalidSignatureException")

	_, token := check(with("a secret", "another"))
	_, secret := check(with("another", "the token"))
	_, both := check(with("another", "another"))
	if token == nil || secret == nil || both == nil || token.Error() != secret.Error() || both.Error() != secret.Error() {
		t.Errorf("got distinguishable messages, want one:\n%v\n%v\n%v", token, secret, both)
	}
	r.Header.Set("X-Amz-Security-Token", "the token ")
	refused(t, r, 403, "InvalidSignatureException")
	r.Header["X-Amz-Security-Token"] = []string{"the token", "the token"}
	refused(t, r, 403, "InvalidClientTokenId")
}

func TestPayloadHash(t *testing.T) {
	const body = `{"Name":"a"}`
	for name, c := range map[string]struct {
		said, signed string
		ok           bool
	}{
		"right":         {hash(body), hash(body), true},
		"left out":      {"", hash(body), true},
		"of other body": {hash("x"), hash("x"), false},
		"unsigned":      {"UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", false},
		"streaming":     {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := request("POST", "/voice-connectors/"+url.PathEscape(name), body)
			if c.said != "" {
				r.Header.Set("X-Amz-Content-Sha256", c.said)
			}
			sign(t, r, me, c.signed)
			if c.ok {
				accepted(t, r)
			} else {
				refused(t, r, 403, "InvalidSignatureException")
			}
		})
	}
}

func TestClockSkewIsFifteenMinutes(t *testing.T) {
	for offset, ok := range map[time.Duration]bool{
		15 * time.Minute: true, 15*time.Minute + time.Second: false, 0: true,
		-15 * time.Minute: true, -15*time.Minute - time.Second: false, 24 * time.Hour: false,
	} {
		r := request("GET", "/voice-connectors", "")
		sign(t, r, me, hash(""), at(now.Add(offset)))
		if ok {
			accepted(t, r)
		} else {
			refused(t, r, 400, "RequestExpired")
		}
	}
}

func TestRefusals(t *testing.T) {
	const (
		incomplete, mismatch = "IncompleteSignature", "InvalidSignatureException"
		credential           = "Credential=AKIDTEST/20260304/us-east-1/chime/aws4_request"
		headers              = "SignedHeaders=host;x-amz-date"
	)
	signature := "Signature=" + strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		header string
		status int
		kind   string
	}{
		"none":            {"", 403, "MissingAuthenticationToken"},
		"other scheme":    {"Basic YTpi", 400, incomplete},
		"other algorithm": {"AWS4-ECDSA-P256-SHA256 " + credential, 400, incomplete},
		"no parts":        {"AWS4-HMAC-SHA256", 400, incomplete},
		"no signature":    {"AWS4-HMAC-SHA256 " + credential + ", " + headers, 400, incomplete},
		"no credential":   {"AWS4-HMAC-SHA256 " + headers + ", " + signature, 400, incomplete},
		"no headers":      {"AWS4-HMAC-SHA256 " + credential + ", " + signature, 400, incomplete},
		"a part twice":    {"AWS4-HMAC-SHA256 " + credential + ", " + credential + ", " + headers + ", " + signature, 400, incomplete},
		"a part too many": {"AWS4-HMAC-SHA256 A=b, " + credential + ", " + headers + ", " + signature, 400, incomplete},
		"short scope":     {"AWS4-HMAC-SHA256 Credential=AKIDTEST/20260304/us-east-1, " + headers + ", " + signature, 400, incomplete},
		"other service":   {"AWS4-HMAC-SHA256 Credential=AKIDTEST/20260304/us-east-1/s3/aws4_request, " + headers + ", " + signature, 403, mismatch},
		"other day":       {"AWS4-HMAC-SHA256 Credential=AKIDTEST/20260303/us-east-1/chime/aws4_request, " + headers + ", " + signature, 403, mismatch},
		"unknown key":     {"AWS4-HMAC-SHA256 Credential=AKIDNONE/20260304/us-east-1/chime/aws4_request, " + headers + ", " + signature, 403, "InvalidClientTokenId"},
		"host unsigned":   {"AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=x-amz-date, " + signature, 400, incomplete},
		"date unsigned":   {"AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host, " + signature, 400, incomplete},
		"out of order":    {"AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=x-amz-date;host, " + signature, 400, incomplete},
		"upper case":      {"AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=X-A;host;x-amz-date, " + signature, 400, incomplete},
		"unsignable":      {"AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host;user-agent;x-amz-date, " + signature, 400, incomplete},
		"absent header":   {"AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host;x-amz-date;x-other, " + signature, 403, mismatch},
		"short signature": {"AWS4-HMAC-SHA256 " + credential + ", " + headers + ", Signature=00", 400, incomplete},
		"zeros":           {"AWS4-HMAC-SHA256 " + credential + ", " + headers + ", " + signature, 403, mismatch},
	} {
		t.Run(name, func(t *testing.T) {
			r := request("GET", "/voice-connectors", "")
			r.Header.Set("X-Amz-Date", "20260304T120000Z")
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			refused(t, r, c.status, c.kind)
		})
	}
}

func TestDateFormat(t *testing.T) {
	for _, date := range []string{"", "2026-03-04T12:00:00Z", "20260304T120000.0Z", "Wed, 04 Mar 2026 12:00:00 GMT"} {
		r := request("GET", "/voice-connectors", "")
		sign(t, r, me, hash(""))
		r.Header.Set("X-Amz-Date", date)
		refused(t, r, 400, "IncompleteSignature")
	}
}

func TestWrongSecretIsRefused(t *testing.T) {
	r := request("GET", "/voice-connectors", "")
	sign(t, r, aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "another secret"}, hash(""))
	refused(t, r, 403, "InvalidSignatureException")
}

func TestBodyIsNotReadForUnknownKeys(t *testing.T) {
	r := request("POST", "/voice-connectors", "{}")
	sign(t, r, aws.Credentials{AccessKeyID: "AKIDNONE", SecretAccessKey: "x"}, hash("{}"))
	_, err := newVerifier().Check(r, func() ([]byte, error) { t.Error("the body was read"); return nil, nil })
	if err == nil {
		t.Error("got no error, want one")
	}
}

// presign gives the request that a holder of a presigned URL makes.
func presign(t testing.TB, c aws.Credentials, method, target, body, payload string, expires int, when time.Time) *http.Request {
	t.Helper()
	r := request(method, target, body)
	q := r.URL.Query()
	q.Set("X-Amz-Expires", strconv.Itoa(expires))
	r.URL.RawQuery = q.Encode()
	signed, header, err := v4.NewSigner().PresignHTTP(context.Background(), c, r, payload, "chime", "us-west-2", when)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	again := request(method, u.RequestURI(), body)
	for k, v := range header {
		if k != "Host" && k != "Content-Length" {
			again.Header[k] = v
		}
	}
	return again
}

func TestPresignedRequest(t *testing.T) {
	get := func(expires int, when time.Time) *http.Request {
		return presign(t, me, "GET", "/voice-profiles?voice-profile-domain-id=d", "", hash(""), expires, when)
	}
	t.Run("is accepted", func(t *testing.T) { accepted(t, get(3600, now)) })
	t.Run("until it expires", func(t *testing.T) { accepted(t, get(3600, now.Add(-time.Hour))) })
	t.Run("not after", func(t *testing.T) { refused(t, get(3599, now.Add(-time.Hour)), 400, "RequestExpired") })
	t.Run("not from the future", func(t *testing.T) { refused(t, get(3600, now.Add(16*time.Minute)), 400, "RequestExpired") })
	t.Run("not for over a week", func(t *testing.T) { refused(t, get(604801, now), 400, "IncompleteSignature") })
	t.Run("with a body", func(t *testing.T) {
		accepted(t, presign(t, me, "POST", "/voice-connectors", "{}", hash("{}"), 60, now))
	})
	t.Run("with an unsigned body", func(t *testing.T) {
		accepted(t, presign(t, me, "POST", "/voice-connectors?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD", "{}", "UNSIGNED-PAYLOAD", 60, now))
	})
	t.Run("with another body", func(t *testing.T) {
		r := presign(t, me, "POST", "/voice-connectors", "{}", hash("{}"), 60, now)
		r.Body = io.NopCloser(strings.NewReader("[]"))
		refused(t, r, 403, "InvalidSignatureException")
	})
	t.Run("with a parameter more", func(t *testing.T) {
		r := get(3600, now)
		r.URL.RawQuery += "&max-results=1"
		refused(t, r, 403, "InvalidSignatureException")
	})
	t.Run("with a signature's part twice", func(t *testing.T) {
		r := get(3600, now)
		r.URL.RawQuery += "&X-Amz-Date=20260304T120000Z"
		refused(t, r, 400, "IncompleteSignature")
	})
	t.Run("and signed in its header too", func(t *testing.T) {
		r := get(3600, now)
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a")
		refused(t, r, 400, "IncompleteSignature")
	})
}

// alterations change the meaning or the sender of a signed request.
var alterations = []func(*rand.Rand, *http.Request){
	func(_ *rand.Rand, r *http.Request) {
		r.Method = map[string]string{"GET": "DELETE", "POST": "PUT"}[r.Method]
	},
	func(x *rand.Rand, r *http.Request) {
		i := 1 + x.IntN(len(r.URL.Path)-1)
		r.URL.Path = r.URL.Path[:i] + string(rune('a'+x.IntN(26))) + r.URL.Path[i:]
		r.URL.RawPath = ""
	},
	func(x *rand.Rand, r *http.Request) {
		q := r.URL.Query()
		q.Add("max-results", strconv.Itoa(x.IntN(100)))
		r.URL.RawQuery = q.Encode()
	},
	func(_ *rand.Rand, r *http.Request) { r.Host += ".evil.example" },
	func(x *rand.Rand, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		i := x.IntN(len(body) + 1)
		body = append(body[:i:i], append([]byte{byte(x.IntN(256))}, body[i:]...)...)
		r.Body = io.NopCloser(bytes.NewReader(body))
	},
	func(x *rand.Rand, r *http.Request) {
		r.Header.Set("X-Amz-Date", now.Add(time.Duration(1+x.IntN(600))*time.Second).Format("20060102T150405Z"))
	},
	func(x *rand.Rand, r *http.Request) { // any one character of the Authorization header becomes another
		h := []byte(r.Header.Get("Authorization"))
		i := x.IntN(len(h))
		c := byte(' ' + x.IntN(95))
		for c == h[i] || h[i] == ' ' || h[i] == ',' {
			i, c = x.IntN(len(h)), byte(' '+x.IntN(95))
		}
		h[i] = c
		r.Header.Set("Authorization", string(h))
	},
	func(_ *rand.Rand, r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "AKIDTEST", "AKIDOTHER", 1))
	},
	func(_ *rand.Rand, r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "host;", "", 1))
	},
	func(x *rand.Rand, r *http.Request) { r.Header.Set("X-Amz-Meta", strconv.Itoa(x.Int())) },
}

func TestAlteredRequestsAreRefused(t *testing.T) {
	x := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		method, body := "GET", ""
		if x.IntN(2) == 0 {
			method, body = "POST", `{"Name":"`+strconv.Itoa(x.Int())+`"}`
		}
		r := request(method, "/voice-connectors/"+strconv.Itoa(x.Int())+"?a=b", body)
		r.Header.Set("X-Amz-Meta", "signed")
		sign(t, r, me, hash(body))
		if i%100 == 0 { // the request is valid before it is altered
			if _, err := check(r); err != nil {
				t.Fatal(err)
			}
			r.Body = io.NopCloser(strings.NewReader(body))
		}
		alteration := x.IntN(len(alterations))
		alterations[alteration](x, r)
		if id, err := check(r); err == nil {
			t.Fatalf("alteration %d: got key %s for %s %s %v, want an error", alteration, id, r.Method, r.URL, r.Header)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	r := request("GET", "/voice-connectors/abcdefghijklmnopqrstuv", "")
	sign(b, r, me, hash(""))
	b.ReportAllocs()
	verifier := newVerifier()
	for b.Loop() {
		if _, err := verifier.Check(r, func() ([]byte, error) { return nil, nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// restricted is a key with an end and networks.
type restricted struct{}

func (restricted) Key(id string) (timbre.Key, bool) {
	return timbre.Key{ID: id, Secret: "a secret", Expires: now.Add(time.Minute), Sources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, true
}

func (restricted) Used(string) {}

func TestRestrictedKeyIsRefusedInTimeAndFromElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		clock  time.Time
		source string
		want   string
	}{
		"in time, from its network": {now, "192.0.2.7:40000", ""},
		"mapped":                    {now, "[::ffff:192.0.2.7]:40000", ""},
		"from another network":      {now, "198.51.100.1:40000", "AccessDeniedException"},
		"from nowhere":              {now, "@", "AccessDeniedException"},
		"after its end":             {now.Add(time.Minute), "192.0.2.7:40000", "ExpiredTokenException"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request("GET", "http://timbre.example:8080/voice-connectors", "")
			r.RemoteAddr = c.source
			sign(t, r, me, hash(""))
			v := sigv4.New(environment.Environment{Now: func() time.Time { return c.clock }}, restricted{})
			key, err := v.Check(r, func() ([]byte, error) { return nil, nil })
			got := ""
			if e := (*timbre.SignatureFault)(nil); errors.As(err, &e) {
				got = e.Type
			}
			if got != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if (key.ID == "AKIDTEST") != (c.want == "" || c.want == "AccessDeniedException") {
				t.Errorf("got key %q with %v: the log names the key only if its signature is right", key.ID, err)
			}
		})
	}
}
