package test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"timbre/conformance"
)

// faultyProxy is one thing that a server between the suite and a good one does wrong, and the area that must notice.
type faultyProxy struct {
	says, area string
	ask        func(*http.Request)           // before it is passed on
	answer     func(*http.Response, *[]byte) // before it comes back
}

var epoch = regexp.MustCompile(`"(\w+Timestamp)":"[^"]+"`)

var crooks = []faultyProxy{
	{says: "answers with zeroes", area: "wire", answer: func(_ *http.Response, body *[]byte) { clear(*body) }},
	{says: "has no request ids", area: "wire", answer: func(r *http.Response, _ *[]byte) { r.Header.Del("X-Amzn-Requestid") }},
	{says: "names its exceptions in the body alone", area: "wire", answer: func(r *http.Response, _ *[]byte) { r.Header.Del("X-Amzn-Errortype") }},
	{says: "creates with 200", area: "wire", answer: func(r *http.Response, _ *[]byte) {
		if r.StatusCode == http.StatusCreated {
			r.StatusCode = http.StatusOK
		}
	}},
	{says: "counts time in seconds", area: "wire", answer: func(_ *http.Response, body *[]byte) { *body = epoch.ReplaceAll(*body, []byte(`"$1":1764063000`)) }},
	{says: "tells all errors as bad requests", area: "domains", answer: func(r *http.Response, _ *[]byte) {
		if r.StatusCode >= 400 {
			r.StatusCode = http.StatusBadRequest
			r.Header.Set("X-Amzn-Errortype", "BadRequestException")
		}
	}},
	{says: "does not say which member is wrong", area: "validation", answer: func(r *http.Response, body *[]byte) {
		if r.StatusCode >= 400 {
			*body = []byte(`{"Code":"BadRequest","Message":"No."}`)
		}
	}},
	{says: "forgets descriptions", area: "domains", answer: func(_ *http.Response, body *[]byte) {
		*body = bytes.ReplaceAll(*body, []byte(`"Description":"made by a check",`), nil)
	}},
	{says: "finds what is not there", area: "connectors", answer: func(r *http.Response, body *[]byte) {
		if r.StatusCode == http.StatusNotFound && r.Request.Method == http.MethodGet {
			r.StatusCode, *body = http.StatusOK, []byte(`{}`)
		}
	}},
	{says: "has no second page", area: "pagination", answer: func(_ *http.Response, body *[]byte) {
		*body = regexp.MustCompile(`"NextToken":"[^"]*"`).ReplaceAll(*body, []byte(`"NextToken":null`))
	}},
	{says: "begins every list anew", area: "pagination", ask: func(r *http.Request) { r.URL.RawQuery = "" }},
	{says: "forgets tokens of requests", area: "idempotency", answer: func(r *http.Response, _ *[]byte) {
		if r.StatusCode == http.StatusConflict {
			r.StatusCode = http.StatusCreated
		}
	}},
	{says: "repeats what it was asked", area: "signature", answer: func(r *http.Response, body *[]byte) {
		if r.StatusCode == http.StatusForbidden {
			*body = []byte(`{"Message":"` + strings.Repeat("0a", 32) + `"}`)
		}
	}},
	{says: "takes every signature", area: "signature", answer: func(r *http.Response, body *[]byte) {
		if r.StatusCode == http.StatusForbidden {
			r.StatusCode, *body = http.StatusOK, []byte(`{"VoiceConnectors":[]}`)
		}
	}},
}

// A server with one fault fails the suite in the area of that fault; one without faults passes.
func TestConformanceDetectsFaultyServers(t *testing.T) {
	n := start(t, settings(t, t.TempDir(), newReceiver(t)))
	to, err := url.Parse("http://" + n.API)
	must(t, err)
	for _, c := range crooks {
		t.Run(c.says, func(t *testing.T) {
			honest := faultyProxy{area: c.area}
			if failed, without := c.failed(t, to), honest.failed(t, to); failed == 0 || without > 0 {
				t.Errorf("%d checks failed, and %d without the faultyProxy", failed, without)
			}
		})
	}
}

// failed is how many checks of the faultyProxy's area fail where it stands before a server.
func (c faultyProxy) failed(t *testing.T, to *url.URL) (n int) {
	t.Helper()
	s := httptest.NewServer(c.before(to))
	defer s.Close()
	report, err := conformance.Run(t.Context(), conformance.Config{Endpoint: s.URL, Credentials: testKey(), Only: []string{c.area}})
	must(t, err)
	for _, r := range report.Results {
		if r.Outcome == conformance.Failed && r.Area == c.area {
			n++
		}
	}
	return n
}

// before is the faultyProxy as a server, and in it the one that it stands before.
func (c faultyProxy) before(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // which was signed
			if c.ask != nil {
				c.ask(r.Out)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err == nil && c.answer != nil {
				c.answer(r, &body)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return err
		},
	}
}
