package sts_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"timbre"
	"timbre/api/sts"
	"timbre/environment"
)

type keys struct{}

func (keys) Used(string) {}

func (keys) Key(id string) (timbre.Key, bool) {
	return timbre.Key{ID: id, Secret: "a secret", User: "terraform", Grants: []timbre.Grant{}}, id == "AKIDTEST"
}

func TestSignerIsToldWhoItIs(t *testing.T) {
	const ask = "Action=GetCallerIdentity&Version=2011-06-15"
	rest := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	service := sts.New(environment.Environment{Account: "111122223333", Region: "eu-central-1"}, sts.Deps{Keys: keys{}, Wait: func(string) time.Duration { return 0 }, Rest: rest})
	for name, c := range map[string]struct {
		path, body, key, scope string
		want                   int
		says                   string
	}{
		"a key without any right": {"/", ask, "AKIDTEST", "sts", 200, "<Arn>arn:aws:iam::111122223333:user/terraform</Arn><UserId>AKIDTEST</UserId><Account>111122223333</Account>"},
		"in the query":            {"/?" + ask, "", "AKIDTEST", "sts", 200, "<Account>111122223333</Account>"},
		"an unknown key":          {"/", ask, "AKIDNOBODY", "sts", 403, "<Code>InvalidClientTokenId</Code>"},
		"of another service":      {"/", ask, "AKIDTEST", "chime", 403, "<Code>InvalidSignatureException</Code>"},
		"not signed":              {"/", ask, "", "", 403, "<Code>MissingAuthenticationToken</Code>"},
		"another action":          {"/", "Action=AssumeRole&Version=2011-06-15", "AKIDTEST", "sts", 400, "<Code>InvalidAction</Code>"},
		"too long":                {"/", strings.Repeat("a", 70<<10), "AKIDTEST", "sts", 400, "<Code>InvalidRequest</Code>"},
		"another path":            {"/voice-connectors", "", "", "", http.StatusTeapot, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // it changes nothing, so it may be asked again by the same signature
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://timbre.example"+c.path, strings.NewReader(c.body))
				if c.key != "" {
					sum := sha256.Sum256([]byte(c.body))
					key := aws.Credentials{AccessKeyID: c.key, SecretAccessKey: "a secret"}
					if err := v4.NewSigner().SignHTTP(context.Background(), key, r, hex.EncodeToString(sum[:]), c.scope, "us-east-1", time.Now()); err != nil {
						t.Fatal(err)
					}
				}
				w := httptest.NewRecorder()
				service.ServeHTTP(w, r)
				if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
					t.Errorf("got %d %s, want %d with %s", w.Code, w.Body, c.want, c.says)
				}
			}
		})
	}
}

func TestAKeyAsksAsOftenAsItMay(t *testing.T) {
	asked := ""
	service := sts.New(environment.Environment{}, sts.Deps{Keys: keys{}, Wait: func(key string) time.Duration { asked = key; return time.Second }})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://timbre.example/", strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
	sum := sha256.Sum256([]byte("Action=GetCallerIdentity&Version=2011-06-15"))
	key := aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "a secret"}
	if err := v4.NewSigner().SignHTTP(t.Context(), key, r, hex.EncodeToString(sum[:]), "sts", "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	service.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "<Code>Throttling</Code>") || asked != "AKIDTEST" {
		t.Errorf("got %d %s for %q, want Throttling for the key", w.Code, w.Body, asked)
	}
}
