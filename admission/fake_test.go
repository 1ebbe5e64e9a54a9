package admission

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
)

// directory is a Directory in memory.
type directory struct {
	connectors   map[string]timbre.Connector
	terminations map[string]timbre.Termination
	credentials  map[string]map[string]timbre.Credential // by connector and user name
	err          error                                   // of every method; nil: none
	damaged      string                                  // the connector whose termination cannot be read
	listed       int                                     // how often all connectors were read
	asked        int                                     // how often one was
	read         func()                                  // called when one has been read; nil: nothing
}

func find[T any](d *directory, all map[string]T, key string) (T, error) {
	v, ok := all[key]
	if d.err == nil && !ok {
		return v, timbre.Errorf(timbre.NotFound, "", "nothing there")
	}
	return v, d.err
}

func (d *directory) Connector(_ context.Context, id string) (timbre.Connector, error) {
	d.asked++
	c, err := find(d, d.connectors, id)
	if d.read != nil {
		d.read()
	}
	return c, err
}

func (d *directory) ListConnectors(context.Context, timbre.Page) (all []timbre.Connector, _ error) {
	d.listed++
	for _, c := range d.connectors {
		all = append(all, c)
	}
	return all, d.err
}

func (d *directory) Termination(_ context.Context, id string) (timbre.Termination, error) {
	if id == d.damaged {
		return timbre.Termination{}, timbre.Errorf(timbre.Internal, "", "cannot be read: %w", timbre.ErrDamaged)
	}
	return find(d, d.terminations, id)
}

func (d *directory) Usernames(_ context.Context, id string) (names []string, _ error) {
	for name := range d.credentials[id] {
		names = append(names, name)
	}
	return names, d.err
}

func (d *directory) Credential(_ context.Context, id, user string) (timbre.Credential, error) {
	return find(d, d.credentials[id], user)
}

const (
	inside   = "192.0.2.3"    // in the allowed hosts of open and twin
	outside  = "203.0.113.9"  // in none
	both     = "198.51.100.7" // in those of twin and brother
	password = `good: pass"\word`
)

// credential is that of a user of a connector. algorithms are the digests that are stored.
func credential(user, connectorID, password, algorithms string) timbre.Credential {
	realm := realmOf(connectorID)
	text := []byte(user + ":" + realm + ":" + password)
	c := timbre.Credential{Username: user, Realm: realm}
	if strings.Contains(algorithms, "MD5") {
		sum := md5.Sum(text)
		c.MD5 = hex.EncodeToString(sum[:])
	}
	if strings.Contains(algorithms, "SHA-256") {
		sum := sha256.Sum256(text)
		c.SHA256 = hex.EncodeToString(sum[:])
	}
	return c
}

func realmOf(connectorID string) string { return connectorID + ".voiceconnector.chime.aws" }

// newDirectory has connectors of every kind.
func newDirectory() *directory {
	d := &directory{
		connectors: map[string]timbre.Connector{},
		terminations: map[string]timbre.Termination{
			"open":    {CIDRs: []string{"192.0.2.0/28", "2001:db8::/64", "fe80::/10"}, CPSLimit: 3},
			"closed":  {CIDRs: []string{"100.64.0.0/10"}},
			"secret":  {CIDRs: []string{"100.64.0.0/10"}},
			"private": {CIDRs: []string{"192.0.2.64/26"}},
			"off":     {CIDRs: []string{"10.0.0.0/8"}, Disabled: true},
			"twin":    {CIDRs: []string{"198.51.100.0/24"}},
			"brother": {CIDRs: []string{"198.51.100.0/24", "198.51.100.7", "not a network"}},
		},
		credentials: map[string]map[string]timbre.Credential{
			"secret": {
				"ann":  credential("ann", "secret", password, "MD5 SHA-256"),
				"bob":  credential("bob", "secret", password, "MD5"),
				"void": credential("void", "secret", password, ""),
			},
			"private": {"ann": credential("ann", "private", password, "MD5 SHA-256")},
			"off":     {"ann": credential("ann", "off", password, "MD5 SHA-256")},
		},
	}
	for _, id := range []string{"open", "closed", "secret", "private", "off", "twin", "brother", "bare"} {
		d.connectors[id] = timbre.Connector{ID: id, OutboundHost: realmOf(id), RequireEncryption: id == "private"}
	}
	return d
}

// fixture is an Admission over a directory in memory, with a clock of its own.
type fixture struct {
	*Admission
	dir *directory
	now time.Time
}

func newFixture() *fixture {
	f := &fixture{dir: newDirectory(), now: time.Unix(1_000_000, 0)}
	f.Admission = New(environment.Environment{Now: func() time.Time { return f.now }, Steady: func() time.Time { return f.now }}, Config{Sources: source.Config{Ban: time.Hour}}, f.dir)
	_ = f.Load(context.Background()) // the directory does not fail
	return f
}

// ask is a request from a source, for a connector.
func ask(connectorID, from string, scheme timbre.AuthScheme, authorization ...string) timbre.AccessRequest {
	return timbre.AccessRequest{
		ConnectorID: connectorID, Source: netip.MustParseAddr(from), Encrypted: true, Scheme: scheme, Method: "INVITE", URI: "sip:secret@127.0.0.1", Authorization: authorization,
	}
}

// reason is that of a denial; "error" for another error, empty for none.
func reason(err error) timbre.DenialReason {
	var d *timbre.Denial
	switch {
	case err == nil:
		return ""
	case errors.As(err, &d):
		return d.Reason
	}
	return "error"
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// challenges are those that a request without credentials gets, by algorithm.
func (f *fixture) challenges(t testing.TB, connectorID string) map[string]*digest.Challenge {
	t.Helper()
	_, err := f.Admit(t.Context(), ask(connectorID, outside, timbre.Digest))
	return parseChallenges(t, err)
}

func parseChallenges(t testing.TB, err error) map[string]*digest.Challenge {
	t.Helper()
	var d *timbre.Denial
	if !errors.As(err, &d) {
		t.Fatalf("got %v, want a denial with challenges", err)
	}
	all := map[string]*digest.Challenge{}
	for _, text := range d.Challenges {
		c, err := digest.ParseChallenge(text)
		if err != nil {
			t.Fatal(err)
		}
		all[c.Algorithm] = c
	}
	if len(d.Challenges) != 2 || all["MD5"] == nil || all["SHA-256"] == nil {
		t.Fatalf("got challenges %q, want one of MD5 and one of SHA-256", d.Challenges)
	}
	return all
}

// answer is the Authorization header of a client that knows a password.
func answer(t testing.TB, c *digest.Challenge, user, password string, change func(*digest.Options)) string {
	t.Helper()
	o := digest.Options{Method: "INVITE", URI: "sip:secret@127.0.0.1", Username: user, Password: password, Count: 1}
	if change != nil {
		change(&o)
	}
	text, err := digest.Digest(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}
