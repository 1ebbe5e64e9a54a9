package sigv4_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"timbre/api/sigv4"
	"timbre/environment"
)

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
			refused := (*sigv4.Error)(nil)
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
