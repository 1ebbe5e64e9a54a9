package sip

import (
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// FuzzAuthorization answers a challenge with whatever comes: who does not know the password is never let in.
func FuzzAuthorization(f *testing.F) {
	n := newNonces(time.Now)
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		c, err := digest.Digest(&digest.Challenge{Realm: realm, Nonce: n.make(connectorID), Algorithm: algorithm, QOP: []string{"auth"}},
			digest.Options{Method: "INVITE", URI: "sip:" + connectorID, Username: "ann", Password: "wrong", Count: 1})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(c.String())
		f.Add(strings.Replace(c.String(), "auth", "auth-int", 1))
	}
	for _, v := range []string{
		"", "Digest", "digest realm=", `Digest realm="` + realm + `", nc=00000000, nonce="", qop="AUTH", response=""`,
		`Digest realm="` + realm + `", username="a\"b", uri=",,", nc=-1`, "Basic YTpi", `Digest realm="x"` + strings.Repeat(", a=b", 500),
	} {
		f.Add(v)
	}
	req := request(f, recording("call-1").String())
	user := guarded("secret", "ann").credentials[connectorID]["ann"]
	f.Fuzz(func(t *testing.T, value string) {
		asked := req.Clone()
		asked.AppendHeader(gosip.NewHeader("Authorization", value))
		answer, r := answerOf(asked, realm)
		switch {
		case r != nil && (answer != nil || r.Code != 400):
			t.Errorf("%v beside %v", answer, r)
		case answer != nil && answer.Realm != realm:
			t.Errorf("an answer to %q", answer.Realm)
		case answer != nil && proves(answer, user, "INVITE"):
			t.Errorf("let in: %s", value)
		}
	})
}
