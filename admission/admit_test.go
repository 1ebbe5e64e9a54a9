package admission

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

// The rules that do not depend on how credentials are carried hold for SIP and for feeds alike.
func TestBothSchemesAreDecidedAlike(t *testing.T) {
	for _, c := range []struct {
		name, connector, source string
		clear                   bool
		password                string // of user ann; empty: the request carries no credentials
		basic, digest           timbre.DenialReason
	}{
		{"allowed source", "open", inside, false, "", "", ""},
		{"allowed source, IPv4 in IPv6", "open", "::ffff:" + inside, false, "", "", ""},
		{"allowed source, IPv6", "open", "2001:db8::7", false, "", "", ""},
		{"allowed source, IPv6 with a zone", "open", "fe80::7%eth0", false, "", "", ""},
		{"allowed source, id in capitals", "OPEN", inside, false, "", "", ""},
		{"allowed source, wrong password", "open", inside, false, "wrong", "", ""},
		{"other source, no credentials stored", "closed", outside, false, "", timbre.NotAllowed, timbre.NotAllowed},
		{"other source, no credentials stored, some given", "closed", outside, false, password, timbre.NotAllowed, timbre.NotAllowed},
		{"other source, none given", "secret", outside, false, "", timbre.NotAllowed, timbre.AuthRequired},
		{"other source, right password", "secret", outside, false, password, "", ""},
		{"other source, wrong password", "secret", outside, false, "wrong", timbre.NotAllowed, timbre.WrongDigest},
		{"disabled, allowed source", "off", "10.1.2.3", false, "", timbre.NotAllowed, timbre.NotAllowed},
		{"disabled, right password", "off", outside, false, password, timbre.NotAllowed, timbre.NotAllowed},
		{"no termination", "bare", inside, false, "", timbre.NotAllowed, timbre.NotAllowed},
		{"encryption required, TLS", "private", "192.0.2.65", false, "", "", ""},
		{"encryption required, clear", "private", "192.0.2.65", true, "", timbre.NotEncrypted, timbre.NotEncrypted},
		{"encryption required, clear, password", "private", outside, true, password, timbre.NotEncrypted, timbre.NotEncrypted},
		{"encryption required, TLS, password", "private", outside, false, password, "", ""},
		{"encryption not required, clear", "open", inside, true, "", "", ""},
		{"no such connector", "nowhere", inside, false, "", timbre.NoConnector, timbre.NoConnector},
		{"no possible id", "a b", inside, false, "", timbre.NoConnector, timbre.NoConnector},
	} {
		t.Run(c.name, func(t *testing.T) {
			for scheme, want := range map[timbre.AuthScheme]timbre.DenialReason{timbre.Basic: c.basic, timbre.Digest: c.digest} {
				f := newFixture()
				r := ask(c.connector, c.source, scheme)
				r.Encrypted = !c.clear
				if c.password != "" {
					r.Authorization = []string{f.credentials(t, c.connector, scheme, c.password)}
				}
				access, err := f.Admit(t.Context(), r)
				if got := reason(err); got != want {
					t.Errorf("scheme %v: got denial %q, want %q", scheme, got, want)
				}
				if want == "" && access.Connector.ID != strings.ToLower(c.connector) {
					t.Errorf("scheme %v: got connector %q, want %q", scheme, access.Connector.ID, c.connector)
				}
			}
		})
	}
}

// credentials is the header of ann for a connector.
func (f *fixture) credentials(t *testing.T, connectorID string, scheme timbre.AuthScheme, password string) string {
	t.Helper()
	if scheme == timbre.Basic {
		return basic("ann", password)
	}
	if len(f.dir.credentials[connectorID]) == 0 || f.dir.terminations[connectorID].Disabled {
		return answer(t, f.challenges(t, "secret")["MD5"], "ann", password, nil)
	}
	return answer(t, f.challenges(t, connectorID)["SHA-256"], "ann", password, nil)
}

func TestConnectorIsFoundByIDThenHintThenSource(t *testing.T) {
	for _, c := range []struct{ name, id, hint, source, want string }{
		{"id", "open", "", inside, "open"},
		{"id before hint", "open", "twin", inside, "open"},
		{"unknown id, known hint", "nowhere", "open", inside, ""},
		{"hint", "", "open", inside, "open"},
		{"hint in capitals", "", "Open", inside, "open"},
		{"hint of one of two that allow the source", "", "twin", both, "twin"},
		{"hint that is a telephone number", "", "+12065550199", inside, "open"},
		{"hint that is too long", "", strings.Repeat("x", 65), inside, "open"},
		{"source", "", "", inside, "open"},
		{"source that two allow", "", "", both, ""},
		{"source that none allows", "", "", outside, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture()
			access, err := f.Admit(t.Context(), timbre.AccessRequest{ConnectorID: c.id, Hint: c.hint, Source: netip.MustParseAddr(c.source)})
			if c.want == "" {
				want := timbre.NoConnector
				if c.source == outside {
					want = timbre.NotAllowed
				}
				if got := reason(err); got != want {
					t.Errorf("got denial %q, want %q", got, want)
				}
				return
			}
			if err != nil || access.Connector.ID != c.want {
				t.Errorf("got %q, %v, want %q", access.Connector.ID, err, c.want)
			}
		})
	}
}

func TestConcernedConnectors(t *testing.T) {
	for _, c := range []struct {
		name, id, hint, source string
		want                   []string
	}{
		{"named, whatever its allowed hosts", "closed", "", outside, []string{"closed"}},
		{"hint", "", "closed", outside, []string{"closed"}},
		{"unknown name", "nowhere", "", inside, []string{"open"}},
		{"source", "", "", both, []string{"brother", "twin"}},
		{"none", "", "", outside, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := newFixture().Concerned(t.Context(), timbre.AccessRequest{ConnectorID: c.id, Hint: c.hint, Source: netip.MustParseAddr(c.source)})
			if slices.Sort(got); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestAdmitAnyReturnsEveryConnector(t *testing.T) {
	for _, c := range []struct {
		name, source, authorization string
		want                        []string
	}{
		{"source of one", inside, "", []string{"open"}},
		{"source of two", both, "", []string{"brother", "twin"}},
		{"source of none", outside, "", nil},
		{"password", outside, basic("bob", password), []string{"secret"}},
		{"password of two", outside, basic("ann", password), []string{"private", "secret"}},
		{"password beside a source", inside, basic("bob", password), []string{"open", "secret"}},
		{"wrong password", outside, basic("ann", "wrong"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, err := newFixture().AdmitAny(t.Context(), ask("", c.source, timbre.Basic, c.authorization))
			var got []string
			for _, a := range all {
				got = append(got, a.Connector.ID)
			}
			if slices.Sort(got); !slices.Equal(got, c.want) || (err == nil) != (len(c.want) > 0) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// A source that has proven nothing costs the store nothing: all that is asked of a stranger is known without it.
func TestRequestsOfStrangersDoNotReadTheStore(t *testing.T) {
	f := newFixture()
	f.dir.err = timbre.Errorf(timbre.Unavailable, "", "it was read")
	for name, c := range map[string]struct {
		r    timbre.AccessRequest
		want timbre.DenialReason
	}{
		"allowed":    {ask("open", inside, timbre.Digest), ""},
		"by source":  {ask("", inside, timbre.Digest), ""},
		"by hint":    {timbre.AccessRequest{Hint: "open", Source: netip.MustParseAddr(inside)}, ""},
		"stranger":   {ask("closed", outside, timbre.Digest), timbre.NotAllowed},
		"challenged": {ask("secret", outside, timbre.Digest), timbre.AuthRequired},
		"no such id": {ask("nowhere", outside, timbre.Digest), timbre.NotAllowed},
		"none named": {ask("", outside, timbre.Digest), timbre.NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := f.Admit(t.Context(), c.r); reason(err) != c.want {
				t.Errorf("got %v, want denial %q", err, c.want)
			}
		})
	}
	for name, authorization := range map[string]string{"no password": "", "unknown user": basic("carl", password)} {
		if _, err := f.AdmitAny(t.Context(), ask("", outside, timbre.Basic, authorization)); reason(err) != timbre.NotAllowed {
			t.Errorf("%s: got %v, want denial %q", name, err, timbre.NotAllowed)
		}
	}
}

func TestStoreErrorIsNoDenial(t *testing.T) {
	f := newFixture()
	f.dir.err = timbre.Errorf(timbre.Unavailable, "", "busy")
	r := ask("secret", outside, timbre.Basic, basic("ann", password))
	if _, err := f.Admit(t.Context(), r); reason(err) != "error" || timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got %v, want the store's error", err)
	}
	r.ConnectorID = ""
	if _, err := f.AdmitAny(t.Context(), r); reason(err) != "error" {
		t.Errorf("AdmitAny: got %v, want the store's error", err)
	}
}

// A password is not tried with each of the connectors that have a user of a common name.
func TestPasswordIsTriedWithFewConnectors(t *testing.T) {
	f := newFixture()
	for i := range maxTried {
		id := fmt.Sprintf("many%d", i)
		f.dir.connectors[id] = timbre.Connector{ID: id, OutboundHost: realmOf(id)}
		f.dir.terminations[id] = timbre.Termination{}
		f.dir.credentials[id] = map[string]timbre.Credential{"ann": credential("ann", id, password, "SHA-256")}
		f.Changed(id)
	}
	r := ask("", outside, timbre.Basic, basic("ann", password))
	if _, err := f.AdmitAny(t.Context(), r); reason(err) != timbre.NotAllowed {
		t.Errorf("got %v, want denial %q", err, timbre.NotAllowed)
	}
	r.ConnectorID = "many3"
	if _, err := f.Admit(t.Context(), r); err != nil {
		t.Errorf("named: got %v, want access", err)
	}
}

func TestCallsASecondAreLimitedByTheQuota(t *testing.T) {
	for _, c := range []struct {
		name               string
		limit, quota, want int
	}{
		{"neither", 0, 0, 0},
		{"limit only", 5, 0, 5},
		{"quota only", 0, 1, 1},
		{"limit above the quota", 5, 1, 1},
		{"limit below the quota", 1, 5, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (Config{MaxCPS: c.quota}).callsASecond(timbre.Termination{CPSLimit: c.limit}); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestCallsASecond(t *testing.T) {
	f := newFixture()
	calls := func(connectorID string, limit int) (n int) {
		for range 10 {
			if f.AllowCall(timbre.Access{Connector: timbre.Connector{ID: connectorID}, CPSLimit: limit}) {
				n++
			}
		}
		return n
	}
	for _, step := range []struct {
		name, connector string
		pass            time.Duration
		limit, want     int
	}{
		{"no limit", "free", 0, 0, 10},
		{"at once", "a", 0, 3, 3},
		{"another connector", "b", 0, 1, 1},
		{"after a third of a second", "a", time.Second / 3, 3, 1},
		{"after an hour", "a", time.Hour, 3, 3},
		{"a lower limit", "a", time.Hour, 2, 2},
		{"a higher limit, a second later", "a", time.Second, 5, 2},
		{"the higher limit, an hour later", "a", time.Hour, 5, 5},
	} {
		f.now = f.now.Add(step.pass)
		if got := calls(step.connector, step.limit); got != step.want {
			t.Errorf("%s: got %d calls, want %d", step.name, got, step.want)
		}
	}
}
