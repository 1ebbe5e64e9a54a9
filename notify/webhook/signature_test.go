package webhook_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/notify/webhook"
)

// The first vector is the one that the libraries of standard-webhooks are tested with; the others were computed with
// Python's hmac and with openssl.
var vectors = []struct{ secret, id, body, signature string }{
	{
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`,
		"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	},
	{
		"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "Id-6f0c1d2e", ready,
		"v1,h0myJD2HEsVJaHqiIjjoUht2VyrgewuxPuac99ZtwcA=",
	},
	{"a-long-secret", "Id-6f0c1d2e", ready, "v1,CQzFB8ygx0ZY2cPV1WTXlwD+mqBmFxWv/w5QXzahiYM="},
}

const ready = `{"version":"0","id":"Id-6f0c1d2e","detail":{"detailStatus":"AnalyticsReady"}}`

var times = []time.Time{time.Unix(1614265330, 0), time.Unix(1767323045, 0), time.Unix(1767323045, 0)}

func signed(i int) http.Header {
	h := http.Header{}
	h.Set("webhook-id", vectors[i].id)
	h.Set("webhook-timestamp", []string{"1614265330", "1767323045", "1767323045"}[i])
	h.Set("webhook-signature", vectors[i].signature)
	return h
}

func TestSignatureVectors(t *testing.T) {
	for i, v := range vectors {
		key, err := webhook.Key(v.secret)
		if err != nil {
			t.Fatal(err)
		}
		if got := webhook.Signature(key, v.id, times[i], []byte(v.body)); got != v.signature {
			t.Errorf("%s: got %s, want %s", v.id, got, v.signature)
		}
		if err := webhook.Verify(v.secret, signed(i), []byte(v.body), times[i]); err != nil {
			t.Errorf("%s: got %v, want no error", v.id, err)
		}
	}
}

func TestVerifyAcceptsOneOfSeveralSignatures(t *testing.T) {
	h := signed(0)
	h.Set("webhook-signature", "v1,AAAA v2,"+vectors[0].signature[3:]+" "+vectors[0].signature)
	if err := webhook.Verify(vectors[0].secret, h, []byte(vectors[0].body), times[0].Add(299*time.Second)); err != nil {
		t.Error(err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	change := func(name, value string) http.Header {
		h := signed(0)
		h.Set(name, value)
		return h
	}
	v, at := vectors[0], times[0]
	for name, c := range map[string]struct {
		secret string
		header http.Header
		body   string
		now    time.Time
		kind   timbre.Kind
	}{
		"another body":      {v.secret, signed(0), v.body + " ", at, timbre.Unauthorized},
		"another secret":    {"whsec_AAAA", signed(0), v.body, at, timbre.Unauthorized},
		"another id":        {v.secret, change("webhook-id", "msg_2"), v.body, at, timbre.Unauthorized},
		"another time":      {v.secret, change("webhook-timestamp", "1614265331"), v.body, at, timbre.Unauthorized},
		"no time":           {v.secret, change("webhook-timestamp", "now"), v.body, at, timbre.Unauthorized},
		"another version":   {v.secret, change("webhook-signature", "v1a"+v.signature[2:]), v.body, at, timbre.Unauthorized},
		"no headers":        {v.secret, http.Header{}, v.body, at, timbre.Unauthorized},
		"old":               {v.secret, signed(0), v.body, at.Add(301 * time.Second), timbre.Unauthorized},
		"from the future":   {v.secret, signed(0), v.body, at.Add(-301 * time.Second), timbre.Unauthorized},
		"a broken secret":   {"whsec_!", signed(0), v.body, at, timbre.Invalid},
		"an empty secret":   {"", signed(0), v.body, at, timbre.Invalid},
		"an empty key":      {"whsec_", signed(0), v.body, at, timbre.Invalid},
		"no signature":      {v.secret, change("webhook-signature", ""), v.body, at, timbre.Unauthorized},
		"far off the scale": {v.secret, change("webhook-timestamp", "9223372036854775807"), v.body, at, timbre.Unauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			if err := webhook.Verify(c.secret, c.header, []byte(c.body), c.now); err == nil || timbre.KindOf(err) != c.kind {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzVerifyRefusesWhatWasNotSigned(f *testing.F) {
	f.Add("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,AAAA", "{}")
	f.Add("", "-1", "v1, v1", strings.Repeat(" ", 100))
	f.Fuzz(func(t *testing.T, id, at, signature, body string) {
		h := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {at}, "Webhook-Signature": {signature}}
		if webhook.Verify("a secret that the fuzzer does not know", h, []byte(body), times[0]) == nil {
			t.Errorf("got no error for %q, want one", h)
		}
	})
}
