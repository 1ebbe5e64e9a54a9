package admission

import (
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

// signed is what a user says who knows the password of a connector's credential.
func signed(user, connectorID, password, text string) *timbre.Signature {
	key := sha256.Sum256([]byte(user + ":" + realmOf(connectorID) + ":" + password))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(text))
	return &timbre.Signature{User: user, Signed: []byte(text), MAC: mac.Sum(nil)}
}

func TestSignatures(t *testing.T) {
	cut := signed("ann", "secret", password, "text")
	cut.MAC = cut.MAC[:16]
	other := signed("ann", "secret", password, "text")
	other.Signed = []byte("another text")
	for _, c := range []struct {
		name, connector, source string
		signature               *timbre.Signature
		want                    timbre.DenialReason
	}{
		{"right", "secret", outside, signed("ann", "secret", password, "text"), ""},
		{"right, allowed source", "secret", "100.64.0.1", signed("ann", "secret", password, "text"), ""},
		{"wrong password", "secret", outside, signed("ann", "secret", "wrong", "text"), timbre.NotAllowed},
		{"wrong password, allowed source", "secret", "100.64.0.1", signed("ann", "secret", "wrong", "text"), timbre.NotAllowed},
		{"right for another connector", "secret", outside, signed("ann", "private", password, "text"), timbre.NotAllowed},
		{"another text", "secret", outside, other, timbre.NotAllowed},
		{"half a signature", "secret", outside, cut, timbre.NotAllowed},
		{"no signature", "secret", outside, &timbre.Signature{User: "ann"}, timbre.NotAllowed},
		{"unknown user", "secret", outside, signed("carl", "secret", password, "text"), timbre.NotAllowed},
		{"no user", "secret", outside, signed("", "secret", password, "text"), timbre.NotAllowed},
		{"long user", "secret", outside, signed(strings.Repeat("a", maxSecret+1), "secret", password, "text"), timbre.NotAllowed},
		{"known by MD5 alone", "secret", outside, signed("bob", "secret", password, "text"), timbre.NotAllowed},
		{"user without a digest", "secret", outside, &timbre.Signature{User: "void", MAC: hmac.New(sha256.New, nil).Sum(nil)}, timbre.NotAllowed},
		{"allowed source, no credentials stored", "open", inside, signed("ann", "open", password, "text"), timbre.NotAllowed},
		{"disabled", "off", outside, signed("ann", "off", password, "text"), timbre.NotAllowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ask(c.connector, c.source, timbre.Basic)
			r.Signature = c.signature
			access, err := newFixture().Admit(t.Context(), r)
			if got := reason(err); got != c.want {
				t.Errorf("got denial %q, want %q", got, c.want)
			}
			if c.want == "" && access.Username != c.signature.User {
				t.Errorf("got user %q, want %q", access.Username, c.signature.User)
			}
		})
	}
}

// What a platform has proven is proven for the connector that the request names.
func TestProvenSignatureOfAPlatform(t *testing.T) {
	for _, c := range []struct {
		connector string
		want      timbre.DenialReason
	}{{"secret", ""}, {"open", ""}, {"off", timbre.NotAllowed}, {"bare", timbre.NotAllowed}, {"nowhere", timbre.NotAllowed}} {
		f := newFixture()
		r := ask(c.connector, outside, timbre.Basic)
		for range 20 {
			r.Signature = &timbre.Signature{User: "twilio"}
			_, _ = f.Admit(t.Context(), r)
		}
		r.Signature = &timbre.Signature{User: "twilio", Proven: true}
		access, err := f.Admit(t.Context(), r)
		if got := reason(err); got != c.want {
			t.Errorf("%s: got denial %q, want %q", c.connector, got, c.want)
		}
		if c.want == "" && access.Username != "twilio" {
			t.Errorf("%s: got user %q, want twilio", c.connector, access.Username)
		}
		r.ConnectorID = ""
		if all, err := f.AdmitAny(t.Context(), r); reason(err) != timbre.NotAllowed {
			t.Errorf("%s: got %v for a request that names none, want none", c.connector, all)
		}
	}
}

func TestSignatureFindsItsConnector(t *testing.T) {
	for name, c := range map[string]struct {
		source    string
		signature *timbre.Signature
		want      []string
	}{
		"one of two that have the user":             {outside, signed("ann", "private", password, "text"), []string{"private"}},
		"from a source that another allows":         {inside, signed("ann", "secret", password, "text"), []string{"secret"}},
		"wrong, from a source that another allows":  {inside, signed("ann", "secret", "wrong", "text"), nil},
		"of nobody, from a source that one allows":  {inside, signed("carl", "open", password, "text"), nil},
		"of nobody, from a source that none allows": {outside, signed("carl", "open", password, "text"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := ask("", c.source, timbre.Basic)
			r.Signature = c.signature
			all, err := newFixture().AdmitAny(t.Context(), r)
			var got []string
			for _, a := range all {
				got = append(got, a.Connector.ID)
			}
			if !slices.Equal(got, c.want) || (err == nil) != (len(c.want) > 0) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestWrongSignaturesShutOutTheirUserAlone(t *testing.T) {
	f := newFixture()
	f.dir.credentials["secret"]["bea"] = credential("bea", "secret", password, "SHA-256")
	try := func(from string, s *timbre.Signature, authorization ...string) timbre.DenialReason {
		r := ask("secret", from, timbre.Basic, authorization...)
		r.Signature = s
		_, err := f.Admit(t.Context(), r)
		return reason(err)
	}
	for range 10 {
		if got := try("100.64.0.1", signed("ann", "secret", "wrong", "text")); got != timbre.NotAllowed {
			t.Fatalf("got denial %q, want %q", got, timbre.NotAllowed)
		}
	}
	right := signed("ann", "secret", password, "text")
	for name, c := range map[string]struct{ got, want timbre.DenialReason }{
		"the same user":                   {try("100.64.0.1", right), timbre.TooManyAttempts}, // which the allowed hosts contain
		"the same user, from elsewhere":   {try(outside, right), ""},
		"another user of the same source": {try("100.64.0.1", signed("bea", "secret", password, "text")), ""},
		"a password of the same source":   {try("100.64.0.1", nil, basic("ann", password)), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: got denial %q, want %q", name, c.got, c.want)
		}
	}
	if f.now = f.now.Add(time.Minute); try("100.64.0.1", right) != "" {
		t.Error("after a minute: got a denial, want none")
	}
}
