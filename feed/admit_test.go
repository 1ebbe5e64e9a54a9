package feed

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// credential is that of a user of a connector, with one of its digests.
func credential(user, realm, password string, old bool) timbre.Credential {
	text := []byte(user + ":" + realm + ":" + password)
	if old {
		sum := md5.Sum(text)
		return timbre.Credential{Username: user, Realm: realm, MD5: hex.EncodeToString(sum[:])}
	}
	sum, other := sha256.Sum256(text), md5.Sum([]byte("something else"))
	return timbre.Credential{Username: user, Realm: realm, SHA256: strings.ToUpper(hex.EncodeToString(sum[:])), MD5: hex.EncodeToString(other[:])}
}

// allKinds has connectors of every kind, as seen from loopback. The store fails on the last one.
func allKinds() *directory {
	d := &directory{connectors: map[string]timbre.Connector{}, terminations: map[string]timbre.Termination{
		"near":    {CIDRs: []string{"10.0.0.0/8", "127.0.0.1"}, CPSLimit: 2},
		"far":     {CIDRs: []string{"192.0.2.0/24"}},
		"shut":    {CIDRs: []string{"0.0.0.0/0"}, Disabled: true},
		"private": {CIDRs: []string{"127.0.0.0/8"}},
	}, credentials: map[string]timbre.Credential{
		"far ann":    credential("ann", "far.host", "good: password", false),
		"far bob":    credential("bob", "far.host", "old", true),
		"far nobody": {Username: "nobody", Realm: "far.host"},
		"shut ann":   credential("ann", "shut.host", "good: password", false),
	}}
	for _, id := range []string{"near", "far", "shut", "private", "bare", "fault"} {
		d.connectors[id] = timbre.Connector{ID: id, OutboundHost: id + ".host", RequireEncryption: id == "private"}
	}
	return d
}

func as(user, password string) func(http.Header) {
	return func(h http.Header) {
		r := http.Request{Header: h}
		r.SetBasicAuth(user, password)
	}
}

func TestRequestsAreAdmittedOrRefused(t *testing.T) {
	for _, c := range []struct {
		path, reason string
		status       int
		who          func(http.Header)
	}{
		{"/feed/near", "", 101, nil},
		{"/feed/NEAR", "", 101, nil},
		{"/feed/far", "forbidden", 403, nil},
		{"/feed/far", "", 101, as("ann", "good: password")},
		{"/feed/far", "", 101, as("bob", "old")},
		{"/feed/far", "forbidden", 403, as("bob", "Old")},
		{"/feed/far", "forbidden", 403, as("ann", "old")},
		{"/feed/far", "forbidden", 403, as("carl", "old")},
		{"/feed/far", "forbidden", 403, as("nobody", "")},
		{"/feed/far", "forbidden", 403, as("", "")},
		{"/feed/far", "forbidden", 403, as("ann", strings.Repeat("x", 300))},
		{"/feed/far", "forbidden", 403, func(h http.Header) { h.Set("Authorization", "Basic not-base64") }},
		{"/feed/shut", "forbidden", 403, nil},
		{"/feed/shut", "forbidden", 403, as("ann", "good: password")},
		{"/feed/private", "encryption", 403, nil},
		{"/feed/bare", "forbidden", 403, nil},
		{"/feed/nowhere", "no_connector", 404, nil},
		{"/feed/../near", "no_connector", 404, nil},
		{"/feed/a%20b", "no_connector", 404, nil},
		{"/feed/" + strings.Repeat("x", 65), "no_connector", 404, nil},
		{"/feed/", "no_connector", 404, nil},
		{"/elsewhere", "no_connector", 404, nil},
		{"/feed/fault", "unavailable", 503, nil},
		{"/feed/near", "origin", 403, func(h http.Header) { h.Set("Origin", "https://evil.example") }},
		{"/feed/near", "origin", 403, func(h http.Header) { h.Set("Origin", "") }},
	} {
		b := start(t, Config{}, allKinds())
		var change []func(http.Header)
		if c.who != nil {
			change = append(change, c.who)
		}
		s, status := b.dial(c.path, change...)
		if s != nil {
			_ = s.CloseNow()
		}
		if status != c.status {
			t.Errorf("%s: %d, want %d", c.path, status, c.status)
		}
		if c.reason != "" && testutil.ToFloat64(b.server.metrics.refused.WithLabelValues(c.reason)) != 1 {
			t.Errorf("%s: not counted as %s", c.path, c.reason)
		}
		b.stop()
	}
}

// allHealthy leaves out the connector that the store fails on, so that all can be read at once.
func allHealthy() *directory {
	d := allKinds()
	delete(d.connectors, "fault")
	return d
}

func TestStartMessageNamesTheConnector(t *testing.T) {
	for _, c := range []struct {
		who        func(http.Header)
		name, code string
		want       string
	}{
		{nil, "", "", "near"},
		{nil, "near", "", "near"},
		{nil, "Near", "", "near"},
		{nil, "far", "forbidden", ""},
		{as("ann", "good: password"), "", "no_connector", ""},
		{as("ann", "good: password"), "far", "", "far"},
		{as("ann", "good: password"), "near", "", "near"},
		{as("ann", "good: password"), "shut", "forbidden", ""},
	} {
		b := start(t, Config{}, allHealthy())
		var change []func(http.Header)
		if c.who != nil {
			change = append(change, c.who)
		}
		s, _ := b.dial("/feed", change...)
		s.text(`{"connectorId":"` + c.name + `",` + startJSON(timbre.MuLaw, 8000, "caller")[1:])
		if m := s.answer(); c.code != m["code"] && c.code != "" || c.want != "" && m["connectorId"] != c.want {
			t.Errorf("%q: %v", c.name, m)
		}
		_ = s.CloseNow()
		b.stop()
	}
}

func TestRequestThatNoConnectorAllowsIsRefused(t *testing.T) {
	d := allHealthy()
	delete(d.connectors, "near")
	b := start(t, Config{}, d)
	if _, status := b.dial("/feed"); status != http.StatusForbidden {
		t.Errorf("status %d", status)
	}
	b = start(t, Config{}, allKinds())
	if _, status := b.dial("/feed"); status != http.StatusServiceUnavailable {
		t.Errorf("status %d while the store fails", status)
	}
}

func TestPlainHTTPRequestIsRefused(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	res, err := new(http.Client).Get("http" + strings.TrimPrefix(b.url, "ws") + "/feed/here")
	if err != nil || res.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("%v %v", res, err)
	}
	res.Body.Close()
	if n := testutil.ToFloat64(b.server.metrics.refused.WithLabelValues("malformed")); n != 1 {
		t.Errorf("%v counted", n)
	}
}
