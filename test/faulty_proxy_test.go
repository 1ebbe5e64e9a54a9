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

// faultyProxy is a proxy with one fault, and the area of the suite that must detect it.
type faultyProxy struct {
	name, area string
	request    func(*http.Request)           // changes a request
	response   func(*http.Response, *[]byte) // changes a response and its body
}

var epoch = regexp.MustCompile(`"(\w+Timestamp)":"[^"]+"`)

var faultyProxies = []faultyProxy{
	{name: "answers with zeroes", area: "wire", response: func(_ *http.Response, body *[]byte) { clear(*body) }},
	{name: "has no request ids", area: "wire", response: func(r *http.Response, _ *[]byte) { r.Header.Del("X-Amzn-Requestid") }},
	{name: "names exceptions only in the body", area: "wire", response: func(r *http.Response, _ *[]byte) { r.Header.Del("X-Amzn-Errortype") }},
	{name: "creates with 200", area: "wire", response: func(r *http.Response, _ *[]byte) {
		if r.StatusCode == http.StatusCreated {
			r.StatusCode = http.StatusOK
		}
	}},
	{name: "writes times as seconds since 1970", area: "wire", response: func(_ *http.Response, body *[]byte) { *body = epoch.ReplaceAll(*body, []byte(`"$1":1764063000`)) }},
	{name: "reports every error as a bad request", area: "domains", response: func(r *http.Response, _ *[]byte) {
		if r.StatusCode >= 400 {
			r.StatusCode = http.StatusBadRequest
			r.Header.Set("X-Amzn-Errortype", "BadRequestException")
		}
	}},
	{name: "does not name the invalid member", area: "validation", response: func(r *http.Response, body *[]byte) {
		if r.StatusCode >= 400 {
			*body = []byte(`{"Code":"BadRequest","Message":"No."}`)
		}
	}},
	{name: "loses descriptions", area: "domains", response: func(_ *http.Response, body *[]byte) {
		*body = bytes.ReplaceAll(*body, []byte(`"Description":"made by a check",`), nil)
	}},
	{name: "finds resources that do not exist", area: "connectors", response: func(r *http.Response, body *[]byte) {
		if r.StatusCode == http.StatusNotFound && r.Request.Method == http.MethodGet {
			r.StatusCode, *body = http.StatusOK, []byte(`{}`)
		}
	}},
	{name: "has no second page", area: "pagination", response: func(_ *http.Response, body *[]byte) {
		*body = regexp.MustCompile(`"NextToken":"[^"]*"`).ReplaceAll(*body, []byte(`"NextToken":null`))
	}},
	{name: "starts every list from the beginning", area: "pagination", request: func(r *http.Request) { r.URL.RawQuery = "" }},
	{name: "ignores idempotency tokens", area: "idempotency", response: func(r *http.Response, _ *[]byte) {
		if r.StatusCode == http.StatusConflict {
			r.StatusCode = http.StatusCreated
		}
	}},
	{name: "reveals the expected signature", area: "signature", response: func(r *http.Response, body *[]byte) {
		if r.StatusCode == http.StatusForbidden {
			*body = []byte(`{"Message":"` + strings.Repeat("0a", 32) + `"}`)
		}
	}},
	{name: "accepts every signature", area: "signature", response: func(r *http.Response, body *[]byte) {
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
	for _, c := range faultyProxies {
		t.Run(c.name, func(t *testing.T) {
			correct := faultyProxy{area: c.area}
			if failed, without := c.failed(t, to), correct.failed(t, to); failed == 0 || without > 0 {
				t.Errorf("got %d failed checks, and %d without the fault, want some and none", failed, without)
			}
		})
	}
}

// failed returns how many checks of the proxy's area fail against a server behind the proxy.
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

// before is the proxy as an HTTP handler in front of a server.
func (c faultyProxy) before(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // the signature covers it
			if c.request != nil {
				c.request(r.Out)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err == nil && c.response != nil {
				c.response(r, &body)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return err
		},
	}
}
