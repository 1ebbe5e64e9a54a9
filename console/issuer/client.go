package issuer

import (
	"net/http"
	"net/url"
	"time"
)

// What the issuer may take and send in one answer.
const (
	patience  = 10 * time.Second
	maxAnswer = 256 << 10
	maxHeader = 64 << 10
)

// newClient makes requests to an issuer.
func newClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forbidigo // a copy, for its proxy and dial settings
		t.MaxResponseHeaderBytes = maxHeader
		transport = t
	}
	return &http.Client{
		Transport: bounded{transport}, Timeout: patience,
		// A redirect may lead anywhere, so it counts as a wrong answer.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded bounds the bodies of answers.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, maxAnswer)
	}
	return answer, err
}

// asSecure says whether an endpoint is reached by TLS, unless the issuer itself, on this machine, is not.
func asSecure(endpoint, issuer string) bool {
	e, err := url.Parse(endpoint)
	if err != nil || e.Host == "" {
		return false
	}
	of, err := url.Parse(issuer)
	return err == nil && (e.Scheme == "https" || e.Scheme == of.Scheme && e.Hostname() == of.Hostname())
}
