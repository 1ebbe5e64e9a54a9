package admission

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"timbre"
)

func TestChallengeNamesRealmAndFreshNonce(t *testing.T) {
	f := newFixture()
	_, err := f.Admit(t.Context(), ask("secret", outside, timbre.Digest))
	if got := reason(err); got != timbre.AuthRequired {
		t.Fatalf("got denial %q, want %q", got, timbre.AuthRequired)
	}
	for algorithm, c := range parseChallenges(t, err) {
		if c.Realm != realmOf("secret") || c.Nonce == "" || c.Stale || !c.SupportsQOP("auth") {
			t.Errorf("%s: got %+v, want a fresh nonce, qop auth and the connector's realm", algorithm, c)
		}
	}
	if first := err.(*timbre.Denial).Challenges[0]; !strings.Contains(first, "MD5") {
		t.Errorf("got %s first, want MD5", first)
	}
}

func TestAConnectorTakesMD5WhereItMay(t *testing.T) {
	for name, c := range map[string]struct {
		setting, tag string
		md5          bool
	}{
		"by default":         {"", "", true},
		"by the setting":     {timbre.DigestMD5, "", true},
		"not by the setting": {timbre.DigestSHA256, "", false},
		"by the tag":         {timbre.DigestSHA256, timbre.DigestMD5, true},
		"not by the tag":     {timbre.DigestMD5, timbre.DigestSHA256, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture()
			allowed := f.challenges(t, "secret")["MD5"]
			f.cfg.Digest = c.setting
			known := f.dir.connectors["secret"]
			known.Tags = map[string]string{timbre.DigestTag: c.tag}
			f.dir.connectors["secret"] = known
			f.Changed("secret")
			_, err := f.Admit(t.Context(), ask("secret", outside, timbre.Digest))
			got := strings.Join(err.(*timbre.Denial).Challenges, ", ")
			if strings.Contains(got, "=MD5") != c.md5 || !strings.Contains(got, "=SHA-256") {
				t.Errorf("got challenges %s, want MD5: %v, and SHA-256", got, c.md5)
			}
			_, err = f.Admit(t.Context(), ask("secret", outside, timbre.Digest, answer(t, allowed, "ann", password, nil)))
			if (err == nil) != c.md5 {
				t.Errorf("got %v for an answer by MD5, want access: %v", err, c.md5)
			}
		})
	}
}

func TestRightPasswordAdmitsAndMakesTheSourceKnown(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		t.Run(algorithm, func(t *testing.T) {
			f := newFixture()
			c := f.challenges(t, "secret")[algorithm]
			if f.Sources().Known(netip.MustParseAddr(outside)) {
				t.Error("got a known source before its proof")
			}
			if _, err := f.Admit(t.Context(), ask("secret", outside, timbre.Digest, answer(t, c, "ann", password, nil))); err != nil {
				t.Errorf("got %v, want access", err)
			}
			if !f.Sources().Known(netip.MustParseAddr(outside)) {
				t.Error("got an unknown source after its proof")
			}
		})
	}
}

func TestDigestAnswers(t *testing.T) {
	type challenges = map[string]*digest.Challenge
	right := func(t *testing.T, c *digest.Challenge, change func(*digest.Options)) string {
		return answer(t, c, "ann", password, change)
	}
	changed := func(c *digest.Challenge, change func(*digest.Challenge)) *digest.Challenge {
		other := *c
		change(&other)
		return &other
	}
	for name, c := range map[string]struct {
		header func(t *testing.T, c challenges) string
		want   timbre.DenialReason
	}{
		"right password": {func(t *testing.T, c challenges) string { return right(t, c["MD5"], nil) }, ""},
		"response in capitals": {func(t *testing.T, c challenges) string {
			before, after, _ := strings.Cut(right(t, c["MD5"], nil), `response="`)
			return before + `response="` + strings.ToUpper(after[:32]) + after[32:]
		}, ""},
		"wrong password":        {func(t *testing.T, c challenges) string { return answer(t, c["MD5"], "ann", "wrong", nil) }, timbre.WrongDigest},
		"unknown user":          {func(t *testing.T, c challenges) string { return answer(t, c["MD5"], "carl", password, nil) }, timbre.WrongDigest},
		"user without a digest": {func(t *testing.T, c challenges) string { return answer(t, c["MD5"], "void", password, nil) }, timbre.WrongDigest},
		"algorithm not stored":  {func(t *testing.T, c challenges) string { return answer(t, c["SHA-256"], "bob", password, nil) }, timbre.WrongDigest},
		"another method": {func(t *testing.T, c challenges) string {
			return right(t, c["MD5"], func(o *digest.Options) { o.Method = "BYE" })
		}, timbre.WrongDigest},
		"no count": {func(t *testing.T, c challenges) string {
			return right(t, changed(c["MD5"], func(c *digest.Challenge) { c.QOP = nil }), nil)
		}, timbre.WrongDigest},
		"another algorithm": {func(t *testing.T, c challenges) string {
			return strings.Replace(right(t, c["MD5"], nil), "MD5", "SHA-512", 1)
		}, timbre.WrongDigest},
		"a changed URI": {func(t *testing.T, c challenges) string {
			return strings.Replace(right(t, c["MD5"], nil), `uri="sip:s`, `uri="sip:x`, 1)
		}, timbre.WrongDigest},
		"made for another number": {func(t *testing.T, c challenges) string {
			return right(t, c["MD5"], func(o *digest.Options) { o.URI = "sip:another@127.0.0.1" })
		}, timbre.WrongDigest},
		"another realm": {func(t *testing.T, c challenges) string {
			return right(t, changed(c["MD5"], func(c *digest.Challenge) { c.Realm = "x" }), nil)
		}, timbre.AuthRequired},
		"another server's nonce": {func(t *testing.T, c challenges) string {
			foreign := newFixture().challenges(t, "secret")["MD5"].Nonce
			return right(t, changed(c["MD5"], func(c *digest.Challenge) { c.Nonce = foreign }), nil)
		}, timbre.StaleNonce},
		"Basic":            {func(*testing.T, challenges) string { return basic("ann", password) }, timbre.AuthRequired},
		"not to be parsed": {func(*testing.T, challenges) string { return "Digest nc=xyz" }, timbre.BadCredentials},
		"too long": {func(*testing.T, challenges) string {
			return `Digest realm="` + strings.Repeat("x", maxDigest) + `"`
		}, timbre.BadCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture()
			_, err := f.Admit(t.Context(), ask("secret", outside, timbre.Digest, c.header(t, f.challenges(t, "secret"))))
			if got := reason(err); got != c.want {
				t.Errorf("got denial %q, want %q", got, c.want)
			}
		})
	}
}

func TestMadeUpNonceReadsNoCredential(t *testing.T) {
	f := newFixture()
	c := *f.challenges(t, "secret")["SHA-256"]
	header := func(nonce string) string {
		c.Nonce = nonce
		return answer(t, &c, "ann", password, nil)
	}
	f.dir.err = timbre.Errorf(timbre.Internal, "", "disk")
	for nonce, want := range map[string]timbre.DenialReason{"made up": timbre.StaleNonce, c.Nonce: "error"} {
		_, err := f.Admit(t.Context(), ask("secret", outside, timbre.Digest, header(nonce)))
		if got := reason(err); got != want {
			t.Errorf("nonce %q: got denial %q, want %q", nonce, got, want)
		}
	}
}

func TestAnswerIsAcceptedOnce(t *testing.T) {
	f := newFixture()
	c := f.challenges(t, "secret")["SHA-256"]
	count := func(n int) string {
		return answer(t, c, "ann", password, func(o *digest.Options) { o.Count = n })
	}
	once := count(2)
	for i, step := range []struct {
		header string
		want   timbre.DenialReason
	}{{once, ""}, {once, timbre.StaleNonce}, {count(1), timbre.StaleNonce}, {count(3), ""}} {
		_, err := f.Admit(t.Context(), ask("secret", outside, timbre.Digest, step.header))
		if got := reason(err); got != step.want {
			t.Errorf("step %d: got denial %q, want %q", i, got, step.want)
		}
		if step.want != "" && !parseChallenges(t, err)["MD5"].Stale {
			t.Errorf("step %d: got a challenge that is not stale", i)
		}
	}
}

func TestNoncesExpireAndAreForgotten(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	n := newNonces(func() time.Time { return now })
	nonce := n.issue("here", netip.MustParseAddr(outside))
	for name, use := range map[string]bool{
		"another connector": n.use(nonce, "there", 1), "another spelling": n.use(nonce+"A", "here", 1), "none": n.use("", "here", 1),
	} {
		if use {
			t.Errorf("%s: got a valid nonce, want none", name)
		}
	}
	if now = now.Add(nonceLife - 1); !n.use(nonce, "here", 1) {
		t.Error("got an expired nonce before its time")
	}
	if now = now.Add(1); n.use(nonce, "here", 2) {
		t.Error("got a valid nonce after its time")
	}
	now = now.Add(2 * nonceLife)
	for range 100 {
		n.use(n.issue("here", netip.MustParseAddr(outside)), "here", 1)
	}
	if now = now.Add(2 * nonceLife); !n.use(n.issue("here", netip.MustParseAddr(outside)), "here", 1) {
		t.Error("got a fresh nonce refused")
	}
	if got := n.used.Len(); got != 1 {
		t.Errorf("got %d nonces remembered, want 1", got)
	}
}

func TestBasicCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		want   timbre.DenialReason
	}{
		"SHA-256 stored":            {basic("ann", password), ""},
		"MD5 stored":                {basic("bob", password), ""},
		"scheme in small letters":   {"b" + basic("ann", password)[1:], ""},
		"another letter's case":     {basic("bob", strings.ToUpper(password)), timbre.NotAllowed},
		"unknown user":              {basic("carl", password), timbre.NotAllowed},
		"user without a digest":     {basic("void", ""), timbre.NotAllowed},
		"no user":                   {basic("", ""), timbre.NotAllowed},
		"long password":             {basic("ann", strings.Repeat("x", maxSecret+1)), timbre.NotAllowed},
		"no base64":                 {"Basic not-base64", timbre.NotAllowed},
		"no colon":                  {"Basic YW5u", timbre.NotAllowed},
		"Digest":                    {`Digest username="ann"`, timbre.NotAllowed},
		"none":                      {"", timbre.NotAllowed},
		"password with white space": {basic("ann", password+" "), timbre.NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newFixture().Admit(t.Context(), ask("secret", outside, timbre.Basic, c.header))
			if got := reason(err); got != c.want {
				t.Errorf("got denial %q, want %q", got, c.want)
			}
		})
	}
}

func TestTooManyWrongPasswordsAreRefusedUnlessTheSourceIsAllowed(t *testing.T) {
	f := newFixture()
	admit := func(connectorID, from, header string) timbre.DenialReason {
		_, err := f.Admit(t.Context(), ask(connectorID, from, timbre.Basic, header))
		return reason(err)
	}
	for range 10 {
		if got := admit("secret", outside, basic("ann", "guess")); got != timbre.NotAllowed {
			t.Fatalf("got denial %q, want %q", got, timbre.NotAllowed)
		}
	}
	f.dir.terminations["open"] = timbre.Termination{CIDRs: []string{outside}}
	f.Changed("open")
	for _, step := range []struct {
		name, connector, from, header string
		want                          timbre.DenialReason
	}{
		{"wrong password", "secret", outside, basic("ann", "guess"), timbre.TooManyAttempts},
		{"right password", "secret", outside, basic("ann", password), timbre.TooManyAttempts},
		{"no password", "secret", outside, "", timbre.NotAllowed},
		{"another source", "secret", both, basic("ann", password), ""},
		{"allowed source", "open", outside, basic("ann", "guess"), ""},
		{"no such connector", "nowhere", outside, basic("ann", "guess"), timbre.NoConnector},
	} {
		if got := admit(step.connector, step.from, step.header); got != step.want {
			t.Errorf("%s: got denial %q, want %q", step.name, got, step.want)
		}
	}
	if f.now = f.now.Add(time.Minute); admit("secret", outside, basic("ann", password)) != "" {
		t.Error("got a denial a minute later, want access")
	}
}
