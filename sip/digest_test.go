package sip

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"timbre"
)

const realm = connectorID + ".voiceconnector.chime.aws"

// guarded is a directory whose one connector allows no source, and has credentials of users with one password.
func guarded(password string, users ...string) *directory {
	dir := loopback()
	dir.connectors[connectorID] = timbre.Connector{ID: connectorID, OutboundHost: realm}
	dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"192.0.2.0/24"}}
	dir.credentials = map[string]map[string]timbre.Credential{connectorID: {}}
	for _, u := range users {
		a1 := []byte(u + ":" + realm + ":" + password)
		old, sum := md5.Sum(a1), sha256.Sum256(a1)
		dir.credentials[connectorID][u] = timbre.Credential{Username: u, Realm: realm, MD5: hex.EncodeToString(old[:]), SHA256: hex.EncodeToString(sum[:])}
	}
	return dir
}

// challenges are those of a response, by algorithm.
func challenges(t testing.TB, res *gosip.Response) map[string]*digest.Challenge {
	t.Helper()
	found := map[string]*digest.Challenge{}
	for _, h := range res.GetHeaders("WWW-Authenticate") {
		c, err := digest.ParseChallenge(h.Value())
		if err != nil {
			t.Fatal(err)
		}
		found[c.Algorithm] = c
	}
	if len(found) != 2 || found["MD5"] == nil || found["SHA-256"] == nil {
		t.Fatalf("got %s, want a challenge of MD5 and one of SHA-256", res)
	}
	return found
}

func authorization(t testing.TB, c *digest.Challenge, o digest.Options) string {
	t.Helper()
	if o.Method == "" {
		o.Method = "INVITE"
	}
	if o.URI == "" {
		o.URI = "sip:" + connectorID + "@127.0.0.1"
	}
	answer, err := digest.Digest(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return "Authorization: " + answer.String()
}

// attempt sends an INVITE with more headers, and returns its final response. A call that begins is ended.
func (b *bench) attempt(t testing.TB, seq int, headers ...string) *gosip.Response {
	t.Helper()
	m := recordingOf("guarded")
	m.seq, m.headers = seq, append(m.headers, headers...)
	tx := newTransaction()
	tx.onRespond = func(res *gosip.Response) {
		if res.StatusCode == gosip.StatusOK {
			tx.acks <- request(t, message{method: "ACK", callID: "guarded", toTag: res.To().Params.GetOr("tag", ""), seq: seq}.String())
		}
	}
	tx.acks = make(chan *gosip.Request, 1)
	b.handle(request(t, m.String()), tx)
	res := tx.last()
	if res.StatusCode == gosip.StatusOK {
		b.ask(t, message{method: "BYE", callID: "guarded", toTag: res.To().Params.GetOr("tag", ""), seq: seq + 1}.String())
	}
	return res
}

func guard(t testing.TB, password string, users ...string) *bench {
	b := newBench(t)
	*b.dir = *guarded(password, users...)
	return b
}

func TestUnknownSourceIsChallengedIfThereAreCredentials(t *testing.T) {
	b := guard(t, "secret")
	if res := b.attempt(t, 1); res.StatusCode != gosip.StatusForbidden || res.GetHeader("WWW-Authenticate") != nil {
		t.Errorf("no credentials: got %s, want 403 without a challenge", res)
	}
	b = guard(t, "secret", "ann")
	res := b.attempt(t, 1)
	if res.StatusCode != gosip.StatusUnauthorized || res.Reason != "Unauthorized" {
		t.Errorf("credentials: got %s, want 401 Unauthorized", res)
	}
	for algorithm, c := range challenges(t, res) {
		if c.Realm != realm || c.Stale || !c.SupportsQOP("auth") || c.Nonce == "" {
			t.Errorf("%s: got %+v, want a fresh nonce, qop auth and the connector's realm", algorithm, c)
		}
	}
	if first := res.GetHeader("WWW-Authenticate").Value(); !strings.Contains(first, "MD5") {
		t.Errorf("got %s first, want MD5", first)
	}
	if got := b.rejected("challenged"); got != 1 {
		t.Errorf("got %v challenges counted, want 1", got)
	}
	if got := b.calls.count(); got != 0 {
		t.Errorf("got %d calls, want none", got)
	}
	b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.0/8"}}
	if res := b.attempt(t, 2); res.StatusCode != gosip.StatusOK {
		t.Errorf("allowed source: got %s, want 200", res)
	}
	b.dir.terminations[connectorID] = timbre.Termination{Disabled: true}
	if res := b.attempt(t, 3); res.StatusCode != gosip.StatusForbidden {
		t.Errorf("disabled termination: got %s, want 403", res)
	}
}

func TestRightPasswordAdmitsACall(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		t.Run(algorithm, func(t *testing.T) {
			b := guard(t, `se"cr\et`, "ann", `bo"b`)
			c := challenges(t, b.attempt(t, 1))[algorithm]
			for i, user := range []string{"ann", `bo"b`} {
				header := authorization(t, c, digest.Options{Username: user, Password: `se"cr\et`, Count: 1 + i})
				if res := b.attempt(t, 2+i, header); res.StatusCode != gosip.StatusOK {
					t.Errorf("%s: got %s, want 200", user, res)
				}
			}
			if got := b.calls.count(); got != 2 {
				t.Errorf("got %d calls, want 2", got)
			}
		})
	}
}

func TestWrongAnswerIsRefused(t *testing.T) {
	b := guard(t, "secret", "ann")
	c := challenges(t, b.attempt(t, 1))
	right := digest.Options{Username: "ann", Password: "secret"}
	uncounted := *c["MD5"]
	uncounted.QOP = nil
	elsewhere := *c["MD5"]
	elsewhere.Realm = "elsewhere"
	foreign := *c["SHA-256"]
	foreign.Nonce = challenges(t, guard(t, "secret", "ann").attempt(t, 1))["SHA-256"].Nonce // of another server
	with := func(f func(*digest.Options)) digest.Options {
		o := right
		f(&o)
		return o
	}
	for name, tc := range map[string]struct {
		header string
		code   int
	}{
		"wrong password":         {authorization(t, c["MD5"], with(func(o *digest.Options) { o.Password = "Secret" })), 403},
		"unknown user":           {authorization(t, c["MD5"], with(func(o *digest.Options) { o.Username = "bob" })), 403},
		"another method":         {authorization(t, c["SHA-256"], with(func(o *digest.Options) { o.Method = "BYE" })), 403},
		"no count":               {authorization(t, &uncounted, right), 403},
		"another algorithm":      {strings.Replace(authorization(t, c["MD5"], right), "MD5", "SHA-512", 1), 403},
		"a changed URI":          {strings.Replace(authorization(t, c["MD5"], right), `uri="sip:a`, `uri="sip:b`, 1), 403},
		"made for another URI":   {authorization(t, c["MD5"], with(func(o *digest.Options) { o.URI = "sip:+12065550100@127.0.0.1" })), 403},
		"another realm":          {authorization(t, &elsewhere, right), 401},
		"another server's nonce": {authorization(t, &foreign, right), 401},
		"another scheme":         {"Authorization: Basic YW5uOnNlY3JldA==", 401},
		"not to be parsed":       {"Authorization: Digest nc=xyz", 400},
		"too long":               {"Authorization: Digest realm=\"" + strings.Repeat("x", 3000) + "\"", 400},
	} {
		t.Run(name, func(t *testing.T) {
			if res := b.attempt(t, 2, tc.header); res.StatusCode != tc.code {
				t.Errorf("got status %d, want %d", res.StatusCode, tc.code)
			}
		})
	}
	if got := b.calls.count(); got != 0 {
		t.Errorf("got %d calls, want none", got)
	}
}

func TestAnswerIsAcceptedOnce(t *testing.T) {
	b := guard(t, "secret", "ann")
	c := challenges(t, b.attempt(t, 1))["SHA-256"]
	count := func(n int) string {
		return authorization(t, c, digest.Options{Username: "ann", Password: "secret", Count: n})
	}
	once := count(2)
	for i, step := range []struct {
		header string
		code   int
	}{{once, 200}, {once, 401}, {count(1), 401}, {count(3), 200}} {
		res := b.attempt(t, 10*i+10, step.header)
		if res.StatusCode != step.code {
			t.Errorf("step %d: got status %d, want %d", i, res.StatusCode, step.code)
		}
		if step.code == 401 && !challenges(t, res)["MD5"].Stale {
			t.Errorf("step %d: got %s, want a stale challenge", i, res)
		}
	}
}

func TestChallengedClientOnTheWireIsAdmitted(t *testing.T) {
	eachWith(t, func() *directory { return guarded("secret", "ann") }, func(t *testing.T, r *running, p *client) {
		for i := range 20 {
			m := recordingOf(fmt.Sprint("wire", i))
			res := p.ask(m.String())
			p.send(message{method: "ACK", callID: m.callID, seq: 1, branch: "z9hG4bK" + m.callID + "INVITE1", toTag: res.To().Params.GetOr("tag", "")}.String())
			if res.StatusCode != gosip.StatusUnauthorized {
				t.Fatalf("got %s, want 401", res)
			}
			m.seq, m.headers = 2, append(m.headers, authorization(t, challenges(t, res)["MD5"], digest.Options{Username: "ann", Password: "secret"}))
			if res = p.ask(m.String()); res.StatusCode != gosip.StatusOK {
				t.Fatalf("got %s, want 200", res)
			}
			p.send(message{method: "ACK", callID: m.callID, toTag: res.To().Params.GetOr("tag", ""), seq: 2}.String())
			r.expect(t, fmt.Sprint("begin tx-", i+1))
		}
	})
}

// An independent client answers the challenge.
func TestSippAnswersTheChallenge(t *testing.T) {
	sipp := findSipp(t)
	r := runWith(t, guarded("secret", "ann"))
	call := func(password string) ([]byte, error) {
		return exec.CommandContext(t.Context(), sipp, r.Addr("udp").String(), "-sf", "testdata/guarded.xml", "-s", connectorID,
			"-au", "ann", "-ap", password, "-auth_uri", connectorID+"@"+r.Addr("udp").String(), "-i", "127.0.0.1", "-m", "5", "-r", "20", "-nostdin", "-timeout", "30", "-timeout_error").CombinedOutput()
	}
	if out, err := call("secret"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := call("wrong"); err == nil {
		t.Errorf("wrong password: got success\n%s", out)
	}
	if n := r.calls.count(); n != 5 {
		t.Errorf("%d calls", n)
	}
}

func TestOptionsAreRecordedAsPings(t *testing.T) {
	b := newBench(t)
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	b.env.Now = func() time.Time { return now }
	b.dir.connectors["quiet"] = timbre.Connector{ID: "quiet"}
	b.dir.terminations["quiet"] = timbre.Termination{CIDRs: []string{"192.0.2.0/24"}}
	ping := func(uri string) {
		t.Helper()
		if res := b.ask(t, message{method: "OPTIONS", uri: uri, seq: 1}.String()).last(); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s, want 200", res)
		}
	}
	expect := func(step, connector string, want timbre.Ping) {
		t.Helper()
		if got, _ := b.LastPing(connector); got != want {
			t.Errorf("%s: got %+v, want %+v", step, got, want)
		}
	}
	expect("before any", connectorID, timbre.Ping{})
	first := timbre.Ping{At: now, Source: "127.0.0.1"}
	ping("sip:127.0.0.1")
	expect("from an allowed host", connectorID, first)
	expect("from no allowed host of the connector", "quiet", timbre.Ping{})
	now = now.Add(time.Minute)
	ping("sip:quiet.voiceconnector.chime.aws")
	expect("by name", "quiet", timbre.Ping{At: now, Source: "127.0.0.1"})
	expect("another one was named", connectorID, first)
	b.dir.terminations[connectorID] = timbre.Termination{}
	ping("sip:nowhere.voiceconnector.chime.aws")
	if got := len(b.pings.last); got != 2 {
		t.Errorf("an unknown name: got pings of %d connectors, want 2", got)
	}
}
