package sigv4_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"timbre"
	"timbre/api/sigv4"
	"timbre/environment"
)

// uses are keys whose uses are counted.
type uses struct {
	keys
	of map[string]int
}

func (u uses) Used(id string) { u.of[id]++ }

// Whatever is signed, the use of its key is noted where the signature is verified, and nowhere else: that of a request which is refused is none.
func TestUseOfAKeyIsNotedForEachService(t *testing.T) {
	env := environment.Environment{Now: func() time.Time { return now }}
	for service, verifier := range map[string]func(timbre.Keys) *sigv4.Verifier{
		"chime":        func(k timbre.Keys) *sigv4.Verifier { return sigv4.New(env, k) },
		"sts":          func(k timbre.Keys) *sigv4.Verifier { return sigv4.NewReading(env, k, "sts") },
		"kinesisvideo": func(k timbre.Keys) *sigv4.Verifier { return sigv4.NewStreaming(env, k, "kinesisvideo") },
	} {
		t.Run(service, func(t *testing.T) {
			u := uses{known, map[string]int{}}
			v := verifier(u)
			check := v.CheckHead
			if service != "kinesisvideo" {
				check = func(r *http.Request) (timbre.Key, error) {
					return v.Check(r, func() ([]byte, error) { return nil, nil })
				}
			}
			for _, signer := range []string{"a secret", "a guess"} {
				r := request("POST", "/", "")
				me := aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: signer}
				sign(t, r, me, hash(""), func(_, s *string, _ *time.Time) { *s = service })
				if _, err := check(r); (err == nil) != (signer == "a secret") {
					t.Errorf("got %v for %s", err, signer)
				}
			}
			if len(u.of) != 1 || u.of["AKIDTEST"] != 1 {
				t.Errorf("got uses %v, want one of AKIDTEST", u.of)
			}
		})
	}
}

// The signature of a request whose body is streamed covers its head, and not its body.
func TestHeadOfARequestIsSigned(t *testing.T) {
	const unsigned = "UNSIGNED-PAYLOAD"
	video := func(_, service *string, _ *time.Time) { *service = "kinesisvideo" }
	for name, c := range map[string]struct {
		hash   string
		option option
		change func(*http.Request)
		want   string // type of the error
	}{
		"with its payload unsigned":     {unsigned, video, nil, ""},
		"with the hash of no body":      {hash(""), video, nil, ""},
		"with the hash of another body": {hash("media"), video, nil, "InvalidSignatureException"},
		"for another service":           {unsigned, func(_, _ *string, _ *time.Time) {}, nil, "InvalidSignatureException"},
		"for another stream":            {unsigned, video, func(r *http.Request) { r.Header.Set("X-Amzn-Stream-Name", "other") }, "InvalidSignatureException"},
		"long ago":                      {unsigned, func(_, s *string, at *time.Time) { *s, *at = "kinesisvideo", now.Add(-time.Hour) }, nil, "RequestExpired"},
		"by nobody":                     {unsigned, video, func(r *http.Request) { r.Header.Del("Authorization") }, "MissingAuthenticationToken"},
	} {
		t.Run(name, func(t *testing.T) {
			v := sigv4.NewStreaming(environment.Environment{Now: func() time.Time { return now }}, known, "kinesisvideo")
			r := request("POST", "/putMedia", "")
			r.Header.Set("X-Amzn-Stream-Name", "stream")
			r.ContentLength = -1
			sign(t, r, me, c.hash, c.option)
			if c.change != nil {
				c.change(r)
			}
			key, err := v.CheckHead(r)
			refused := (*timbre.SignatureFault)(nil)
			switch {
			case c.want == "" && (err != nil || key.ID != "AKIDTEST"):
				t.Errorf("got %v and %v, want the key", key.ID, err)
			case c.want != "" && (!errors.As(err, &refused) || refused.Type != c.want):
				t.Errorf("got %v, want %s", err, c.want)
			case c.want == "":
				if _, err := v.CheckHead(r); err == nil {
					t.Error("got the signature taken again, want it refused")
				}
			}
		})
	}
}
