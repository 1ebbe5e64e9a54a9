package httpsig

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// covered is what AudioHook signs.
var covered = []string{
	"@request-target", "@authority", "audiohook-organization-id", "audiohook-session-id", "audiohook-correlation-id", "x-api-key",
}

// audioHook is the example that the AudioHook protocol documents.
func audioHook() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/v1/voicebiometrics/ws", http.NoBody)
	r.Host = "audiohook.example.com"
	for name, value := range map[string]string{
		"Audiohook-Organization-Id": "d7934305-0972-4844-938e-9060eef73d05",
		"Audiohook-Session-Id":      "30b0e395-84d3-4570-ac13-9a62d8f514c0",
		"Audiohook-Correlation-Id":  "e160e428-53e2-487c-977d-96989bf5c99d",
		"X-Api-Key":                 "SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh",
		"Signature":                 "sig1=:NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=:",
		"Signature-Input": `sig1=("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id" "audiohook-correlation-id"` +
			` "x-api-key");keyid="SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh";nonce="VGhpc0lzQVVuaXF1ZU5vbmNl";alg="hmac-sha256";created=1641013200;expires=3282026430`,
	} {
		r.Header.Set(name, value)
	}
	return r
}

// secret is that of the example.
const secret = "MySuperSecretKeyTellNo-1!2@3#4$5"

func signs(key, base, mac []byte) bool {
	h := hmac.New(sha256.New, key)
	h.Write(base)
	return hmac.Equal(h.Sum(nil), mac)
}

func TestDocumentedExampleOfAudioHookIsRead(t *testing.T) {
	s, err := Read(audioHook(), covered)
	if err != nil {
		t.Fatal(err)
	}
	if !signs([]byte(secret), s.Base, s.MAC) {
		t.Errorf("got a base that the secret does not sign:\n%s", s.Base)
	}
	if s.KeyID != "SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh" || s.Nonce != "VGhpc0lzQVVuaXF1ZU5vbmNl" || s.Created.Unix() != 1641013200 || s.Expires.Unix() != 3282026430 {
		t.Errorf("got %+v", s)
	}
}

// The example of RFC 9421, B.2.5, has no nonce, which is required here: its base is compared.
func TestExampleOfTheRFCIsRead(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/foo?param=Value&Pet=dog", http.NoBody)
	r.Host = "example.com"
	r.Header.Set("Date", "Tue, 20 Apr 2021 02:07:55 GMT")
	r.Header.Set("Content-Type", "application/json")
	all, err := dictionary(`sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`, (*parser).input)
	if err != nil {
		t.Fatal(err)
	}
	base, err := all[0].value.base(r)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := base64.StdEncoding.DecodeString("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")
	mac, _ := base64.StdEncoding.DecodeString("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=")
	if !signs(key, base, mac) {
		t.Errorf("got a base that the secret does not sign:\n%s", base)
	}
}

func TestChangedRequestsAreNotWhatWasSigned(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"target":     func(r *http.Request) { r.RequestURI = "/api/v1/voicebiometrics/ws?x" },
		"host":       func(r *http.Request) { r.Host = "audiohook.example.org" },
		"port":       func(r *http.Request) { r.Host += ":8443" },
		"session":    func(r *http.Request) { r.Header.Set("Audiohook-Session-Id", "30b0e395-84d3-4570-ac13-9a62d8f514c1") },
		"two values": func(r *http.Request) { r.Header.Add("X-Api-Key", "another") },
		"expiry":     func(r *http.Request) { replace(r, "3282026430", "3282026431") },
		"order":      func(r *http.Request) { replace(r, `"@request-target" "@authority"`, `"@authority" "@request-target"`) },
		"parameter":  func(r *http.Request) { r.Header.Set("Signature-Input", r.Header.Get("Signature-Input")+`;tag="x"`) },
		"a zero":     func(r *http.Request) { replace(r, "created=", "created=0") },
		"bytes":      func(r *http.Request) { r.Header.Set("Signature", "sig1=:NZBw:") },
		"no bytes":   func(r *http.Request) { r.Header.Set("Signature", "sig1=::") },
	} {
		t.Run(name, func(t *testing.T) {
			r := audioHook()
			change(r)
			s, err := Read(r, covered)
			if err != nil {
				t.Fatal(err)
			}
			if signs([]byte(secret), s.Base, s.MAC) {
				t.Errorf("got a request that was signed:\n%s", s.Base)
			}
		})
	}
}

func replace(r *http.Request, from, to string) {
	r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), from, to, 1))
}

func TestSameRequestsAreWhatWasSigned(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"host in capitals":    func(r *http.Request) { r.Host = "AudioHook.example.COM" },
		"default port":        func(r *http.Request) { r.Host += ":80" },
		"default port of TLS": func(r *http.Request) { r.Host, r.TLS = r.Host+":443", &tls.ConnectionState{} },
		"white space around":  func(r *http.Request) { r.Header.Set("X-Api-Key", " SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh\t") },
		"another signature":   func(r *http.Request) { add(r, `proxy=("@authority");keyid="p"`, "proxy=:AAAA:") },
		"another header": func(r *http.Request) {
			r.Header.Add("Signature-Input", `proxy=("@authority")`)
			r.Header.Add("Signature", "proxy=:AAAA:")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := audioHook()
			change(r)
			s, err := Read(r, covered)
			if err != nil {
				t.Fatal(err)
			}
			if !signs([]byte(secret), s.Base, s.MAC) {
				t.Errorf("got a base that the secret does not sign:\n%s", s.Base)
			}
		})
	}
}

// add puts another signature before that of the request.
func add(r *http.Request, input, signature string) {
	r.Header.Set("Signature-Input", input+" ,\t"+r.Header.Get("Signature-Input"))
	r.Header.Set("Signature", signature+", "+r.Header.Get("Signature"))
}

func TestRequestsWithoutAUsableSignature(t *testing.T) {
	input := func(from, to string) func(*http.Request) { return func(r *http.Request) { replace(r, from, to) } }
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   string
	}{
		"no Signature-Input":       {func(r *http.Request) { r.Header.Del("Signature-Input") }, "missing"},
		"no Signature":             {func(r *http.Request) { r.Header.Del("Signature") }, "missing"},
		"another label":            {func(r *http.Request) { r.Header.Set("Signature", "sig2=:AAAA:") }, "lacks"},
		"too little covered":       {input(` "x-api-key")`, `)`), "does not cover x-api-key"},
		"covered twice":            {input(`"x-api-key"`, `"x-api-key" "x-api-key"`), "twice"},
		"unknown component":        {input(`"x-api-key"`, `"x-api-key" "@query"`), "unknown"},
		"header not there":         {input(`"x-api-key"`, `"x-api-key" "date"`), "not in the request"},
		"the signature itself":     {input(`"x-api-key"`, `"x-api-key" "@signature-params"`), "unknown"},
		"component parameter":      {input(`"x-api-key"`, `"x-api-key";bs`), "without parameters"},
		"two spaces":               {input(`" "@authority`, `"  "@authority`), "quoted text"},
		"list without an end":      {input(`)`, ``), "without parameters"},
		"another algorithm":        {input(`hmac-sha256`, `rsa-pss-sha512`), "algorithm"},
		"algorithm as a number":    {input(`"hmac-sha256"`, `256`), "algorithm"},
		"no nonce":                 {input(`;nonce="VGhpc0lzQVVuaXF1ZU5vbmNl"`, ``), "nonce"},
		"nonce without a value":    {input(`nonce="VGhpc0lzQVVuaXF1ZU5vbmNl"`, `nonce`), "nonce"},
		"no key":                   {input(`keyid=`, `key=`), "keyid"},
		"no time":                  {input(`created=1641013200;`, ``), "created"},
		"time as a text":           {input(`created=1641013200`, `created="1641013200"`), "created"},
		"expiry as a text":         {input(`expires=3282026430`, `expires="1"`), "expires"},
		"negative time":            {input(`created=`, `created=-`), "parse"},
		"time without an end":      {input(`created=`, `created=99999999999999999999`), "range"},
		"two of a parameter":       {input(`created=`, `created=1;created=`), "two parameters"},
		"comma at the end":         {func(r *http.Request) { r.Header.Set("Signature", r.Header.Get("Signature")+",") }, "ends with a comma"},
		"two of a member":          {func(r *http.Request) { r.Header.Add("Signature", "sig1=:AAAA:") }, "two members"},
		"many members":             {func(r *http.Request) { r.Header.Add("Signature", "a=::,b=::,c=::,d=::,e=::") }, "more than 4"},
		"no comma":                 {func(r *http.Request) { r.Header.Set("Signature", "a=:: b=::") }, "comma"},
		"no value":                 {func(r *http.Request) { r.Header.Set("Signature", "sig1") }, "no value"},
		"no name":                  {func(r *http.Request) { r.Header.Set("Signature", "=::") }, "name"},
		"a name of digits":         {func(r *http.Request) { r.Header.Set("Signature", "1=::") }, "name"},
		"bytes not base64":         {func(r *http.Request) { r.Header.Set("Signature", "sig1=:a b:") }, "base64"},
		"bytes without an end":     {func(r *http.Request) { r.Header.Set("Signature", "sig1=:AAAA") }, "end"},
		"a text for bytes":         {func(r *http.Request) { r.Header.Set("Signature", `sig1="AAAA"`) }, "colons"},
		"text without an end":      {input(`=3282026430`, `="1`), "end"},
		"other escapes":            {input(`=3282026430`, `="\n"`), "backslash"},
		"other characters":         {input(`=3282026430`, `="ä"`), "ASCII"},
		"a long header":            {func(r *http.Request) { r.Header.Set("Signature", strings.Repeat("a", maxField+1)) }, "bytes"},
		"bytes for what is signed": {func(r *http.Request) { r.Header.Set("Signature-Input", "sig1=:AAAA:") }, "components"},
	} {
		t.Run(name, func(t *testing.T) {
			r := audioHook()
			c.change(r)
			s, err := Read(r, covered)
			if s != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v and %v, want an error with %q", s, err, c.want)
			}
		})
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	if s, err := Read(r, covered); s != nil || err != nil {
		t.Errorf("not signed: got %v and %v, want neither", s, err)
	}
}

func TestSignaturesHaveTheirTime(t *testing.T) {
	now := time.Unix(2_000_000_000, 0)
	for _, c := range []struct {
		name             string
		created, expires time.Duration // from now; expires 0: not said
		want             bool
	}{
		{"fresh", 0, 30 * time.Second, true},
		{"without expiry", 0, 0, true},
		{"clock ahead", Skew, 30 * time.Second, true},
		{"clock far ahead", Skew + time.Second, 30 * time.Second, false},
		{"just expired", -40 * time.Second, -Skew, true},
		{"expired", -40 * time.Second, -Skew - time.Second, false},
		{"old, expires late", -Life - Skew - time.Second, time.Hour, false},
		{"old, without expiry", -Life - Skew - time.Second, 0, false},
		{"at the end", -Life - Skew, 0, true},
	} {
		s := &Signature{Created: now.Add(c.created)}
		if c.expires != 0 {
			s.Expires = now.Add(c.expires)
		}
		if err := s.Current(now); (err == nil) != c.want {
			t.Errorf("%s: got %v, want current %v", c.name, err, c.want)
		}
	}
}
