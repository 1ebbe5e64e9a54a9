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
		"far ann":  credential("ann", "far.host", "good: password", false),
		"far bob":  credential("bob", "far.host", "old", true),
		"far void": {Username: "void", Realm: "far.host"},
		"shut ann": credential("ann", "shut.host", "good: password", false),
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
		name, path, reason string
		status             int
		header             func(http.Header)
	}{
		{"allowed source", "/feed/near", "", 101, nil},
		{"id in capitals", "/feed/NEAR", "", 101, nil},
		{"other source", "/feed/far", "forbidden", 403, nil},
		{"SHA-256 stored", "/feed/far", "", 101, as("ann", "good: password")},
		{"MD5 stored", "/feed/far", "", 101, as("bob", "old")},
		{"MD5 stored, wrong password", "/feed/far", "forbidden", 403, as("bob", "Old")},
		{"wrong password", "/feed/far", "forbidden", 403, as("ann", "old")},
		{"unknown user", "/feed/far", "forbidden", 403, as("carl", "old")},
		{"user without a digest", "/feed/far", "forbidden", 403, as("void", "")},
		{"empty credentials", "/feed/far", "forbidden", 403, as("", "")},
		{"long password", "/feed/far", "forbidden", 403, as("ann", strings.Repeat("x", 300))},
		{"no base64", "/feed/far", "forbidden", 403, func(h http.Header) { h.Set("Authorization", "Basic not-base64") }},
		{"disabled", "/feed/shut", "forbidden", 403, nil},
		{"disabled, right password", "/feed/shut", "forbidden", 403, as("ann", "good: password")},
		{"encryption required", "/feed/private", "encryption", 403, nil},
		{"no termination", "/feed/bare", "forbidden", 403, nil},
		{"no such connector", "/feed/nowhere", "no_connector", 404, nil},
		{"path that climbs", "/feed/../near", "no_connector", 404, nil},
		{"impossible id", "/feed/a%20b", "no_connector", 404, nil},
		{"long id", "/feed/" + strings.Repeat("x", 65), "no_connector", 404, nil},
		{"empty id", "/feed/", "no_connector", 404, nil},
		{"another path", "/elsewhere", "no_connector", 404, nil},
		{"the store fails", "/feed/fault", "unavailable", 503, nil},
		{"Origin", "/feed/near", "origin", 403, func(h http.Header) { h.Set("Origin", "https://evil.example") }},
		{"empty Origin", "/feed/near", "origin", 403, func(h http.Header) { h.Set("Origin", "") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, Config{}, allKinds())
			if got := b.status(c.path, c.header); got != c.status {
				t.Errorf("got status %d, want %d", got, c.status)
			}
			if c.reason == "" {
				return
			}
			if got := testutil.ToFloat64(b.server.metrics.refused.WithLabelValues(c.reason)); got != 1 {
				t.Errorf("got %v refusals counted as %s, want 1", got, c.reason)
			}
		})
	}
}

// status is that of the response to a request; 101 for a feed, which is closed. header may be nil.
func (b *bench) status(path string, header func(http.Header)) int {
	b.t.Helper()
	if header == nil {
		header = func(http.Header) {}
	}
	s, status := b.dial(path, header)
	if s != nil {
		_ = s.CloseNow()
	}
	return status
}

// allHealthy leaves out the connector that the store fails on, so that all can be read at once.
func allHealthy() *directory {
	d := allKinds()
	delete(d.connectors, "fault")
	return d
}

func TestStartMessageNamesTheConnector(t *testing.T) {
	ann := as("ann", "good: password")
	for _, c := range []struct {
		name     string
		header   func(http.Header)
		id, code string
		want     string
	}{
		{"only one allows the source", nil, "", "", "near"},
		{"it is named", nil, "near", "", "near"},
		{"it is named in another case", nil, "Near", "", "near"},
		{"another is named", nil, "far", "forbidden", ""},
		{"two allow the feed", ann, "", "no_connector", ""},
		{"one of two is named", ann, "far", "", "far"},
		{"the other of two is named", ann, "near", "", "near"},
		{"a disabled one is named", ann, "shut", "forbidden", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, Config{}, allHealthy())
			header := c.header
			if header == nil {
				header = func(http.Header) {}
			}
			s, _ := b.dial("/feed", header)
			s.text(`{"connectorId":"` + c.id + `",` + startJSON("mulaw", 8000, "caller")[1:])
			m := s.answer()
			if code, _ := m["code"].(string); code != c.code {
				t.Errorf("got code %q, want %q", code, c.code)
			}
			if id, _ := m["connectorId"].(string); id != c.want {
				t.Errorf("got connector %q, want %q", id, c.want)
			}
		})
	}
}

func TestRequestThatNoConnectorAllowsIsRefused(t *testing.T) {
	d := allHealthy()
	delete(d.connectors, "near")
	if got := start(t, Config{}, d).status("/feed", nil); got != http.StatusForbidden {
		t.Errorf("got status %d, want %d", got, http.StatusForbidden)
	}
	if got := start(t, Config{}, allKinds()).status("/feed", nil); got != http.StatusSwitchingProtocols {
		t.Errorf("a connector cannot be read: got status %d, want %d for the others", got, http.StatusSwitchingProtocols)
	}
}

func TestPlainHTTPRequestIsRefused(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	res, err := new(http.Client).Get("http" + strings.TrimPrefix(b.url, "ws") + "/feed/here")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("got status %d, want %d", res.StatusCode, http.StatusUpgradeRequired)
	}
	if got := testutil.ToFloat64(b.server.metrics.refused.WithLabelValues("malformed")); got != 1 {
		t.Errorf("got %v refusals counted, want 1", got)
	}
}
