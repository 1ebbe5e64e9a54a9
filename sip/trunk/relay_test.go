package trunk

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"timbre"
)

func TestINFOAndMESSAGEAreRelayed(t *testing.T) {
	const keys = "Signal=5\r\nDuration=160\r\n"
	for which, name := range []string{"caller", "gateway"} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a, b, _ := up(h)
				x := [2]*peer{a, b}[which]
				asked := x.ask("INFO", keys, "Content-Type: application/dtmf-relay", "Info-Package: none")
				theirs := h.next(gosip.INFO)
				wantLines(t, theirs.Request, "content-type: application/dtmf-relay", "Info-Package: none", "Content-Length: 24")
				if string(theirs.Request.Body()) != keys {
					t.Errorf("got body %q, want %q", theirs.Request.Body(), keys)
				}
				theirs.Answer(200, "X-Heard: 5")
				wantLines(t, expect(t, asked, 200), "X-Heard: 5")
				asked = x.ask("MESSAGE", "hello", "Content-Type: text/plain")
				h.next(gosip.MESSAGE).Answer(415)
				expect(t, asked, 415)
				expect(t, x.ask("OPTIONS", ""), 200)
				expect(t, x.ask("SUBSCRIBE", ""), 405)
				expect(t, x.ask("SUBSCRIBE", ""), 405)
				expect(t, x.ask("PRACK", "", "RAck: 1 1 INVITE"), 481)
				none(t, h.agent.Sent)
			})
		})
	}
}

func TestNothingIsRelayedBeforeTheAnswer(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.Answer(180)
		a.answered(expect(t, a.invited, 180))
		expect(t, a.ask("INFO", ""), 480)
		asked := a.ask("UPDATE", audio(ann, 4002))
		advance(claimTimeout)
		expect(t, asked, 500)
		invite.Answer(404)
		expect(t, a.invited, 404)
	})
}

func TestREFERIsRelayedWhereConfigured(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		expect(t, a.ask("REFER", "", "Refer-To: <sip:carol@example.com>"), 403)
		none(t, h.agent.Sent)
	})
	in(t, Config{Refer: true}, func(t *testing.T, h *bench) {
		a, b, _ := up(h)
		asked := a.ask("REFER", "", "Refer-To: <sip:carol@example.com>", "Referred-By: <sip:ann@example.com>")
		theirs := h.next(gosip.REFER)
		wantLines(t, theirs.Request, "Refer-To: <sip:carol@example.com>", "Referred-By: <sip:ann@example.com>")
		theirs.Answer(202)
		expect(t, asked, 202)
		notified := b.ask("NOTIFY", "SIP/2.0 200 OK\r\n", "Event: refer", "Subscription-State: terminated;reason=noresource", "Content-Type: message/sipfrag")
		note := h.next(gosip.NOTIFY)
		wantLines(t, note.Request, "Event: refer", "content-type: message/sipfrag")
		note.Answer(200)
		expect(t, notified, 200)
	})
}

func TestReplacesIsTranslated(t *testing.T) {
	in(t, Config{Refer: true}, func(t *testing.T, h *bench) {
		a1, b1, _ := up(h)
		a2, _, second := up(h)
		b2 := gatewayOf(h, second.Request)
		theirs := b2.callID + ";to-tag=gateway;from-tag=" + b2.ours
		// Ann has called Bob and Carol, and brings them together.
		asked := a1.ask("REFER", "", "Refer-To: <sip:carol@example.com?Subject=x&Replaces="+url.QueryEscape(a2.callID+";to-tag="+a2.ours+";from-tag=ann")+">")
		refer := h.next(gosip.REFER)
		wantLines(t, refer.Request, "Refer-To: <sip:carol@example.com?Subject=x&Replaces="+url.QueryEscape(theirs)+">")
		refer.Answer(202)
		expect(t, asked, 202)
		// Bob calls Carol, who knows the dialog by that name. Another INVITE names a dialog of the caller, a third one an unknown dialog.
		for named, want := range map[string]string{
			theirs: theirs,
			a2.callID + ";early-only;from-tag=ann;to-tag=" + a2.ours: theirs + ";early-only",
			"elsewhere;to-tag=1;from-tag=2":                          "elsewhere;to-tag=1;from-tag=2",
		} {
			c := h.call(audio(ann, 4010), "Replaces: "+named)
			invite := h.next(gosip.INVITE)
			wantLines(t, invite.Request, "Replaces: "+want)
			invite.Answer(486)
			expect(t, c.invited, 486)
		}
		for _, end := range []*peer{b1, a2} {
			expect(t, end.ask("BYE", ""), 200)
			h.next(gosip.BYE).Answer(200)
		}
	})
}

func TestGatewayChallenges(t *testing.T) {
	known := Config{Credentials: map[string]Credential{gw: {Username: "timbre", Password: "secret"}}}
	for name, c := range map[string]struct {
		code              int
		challenge, answer string
	}{
		"401": {401, "WWW-Authenticate", "authorization"},
		"407": {407, "Proxy-Authenticate", "proxy-authorization"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, known, func(t *testing.T, h *bench) {
				a := h.call(audio(ann, 4000))
				first := h.next(gosip.INVITE)
				first.Answer(c.code, c.challenge+`: Digest realm="gw", nonce="n1", qop="auth", algorithm=MD5`)
				second := h.next(gosip.INVITE)
				wantLines(t, second.Request, "CSeq: 2 INVITE")
				proof, err := digest.ParseCredentials(second.Request.GetHeader(c.answer).Value())
				if err != nil {
					t.Fatal(err)
				}
				want, _ := digest.Digest(&digest.Challenge{Realm: "gw", Nonce: "n1", QOP: []string{"auth"}, Algorithm: "MD5"},
					digest.Options{Method: "INVITE", URI: second.Request.Recipient.String(), Username: "timbre", Password: "secret", Cnonce: proof.Cnonce, Count: 1})
				if proof.Response != want.Response || proof.Username != "timbre" {
					t.Errorf("got %s, want %s", proof, want)
				}
				second.Answer(c.code, c.challenge+`: Digest realm="gw", nonce="n2", qop="auth"`)
				expect(t, a.invited, 403) // the password is wrong: one try is enough
			})
		})
	}
}

// Weak challenges are answered where that is allowed, and a stronger one beside them before.
func TestWeakChallengesAreAnsweredWhereTheyMay(t *testing.T) {
	const md5, bare, strong = `Digest realm="gw", nonce="md5", qop="auth"`, `Digest realm="gw", nonce="bare", algorithm=SHA-256`, `Digest realm="gw", nonce="strong", qop="auth", algorithm=SHA-256`
	for name, c := range map[string]struct {
		digest, tag string
		withoutQOP  bool
		challenges  []string
		nonce       string // of the challenge that is answered; empty: none
	}{
		"MD5":                              {challenges: []string{md5}, nonce: "md5"},
		"MD5 against the setting":          {digest: timbre.DigestSHA256, challenges: []string{md5}},
		"MD5 against the tag":              {tag: timbre.DigestSHA256, challenges: []string{md5}},
		"MD5 by the tag":                   {digest: timbre.DigestSHA256, tag: timbre.DigestMD5, challenges: []string{md5}, nonce: "md5"},
		"MD5 and SHA-256":                  {digest: timbre.DigestSHA256, challenges: []string{md5, strong}, nonce: "strong"},
		"without qop":                      {challenges: []string{bare}},
		"without qop, and with it":         {challenges: []string{bare, strong}, nonce: "strong"},
		"without qop, where it is allowed": {withoutQOP: true, challenges: []string{bare}, nonce: "bare"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Config{Digest: c.digest, Credentials: map[string]Credential{gw: {"timbre", "secret", c.withoutQOP}}}
			in(t, cfg, func(t *testing.T, h *bench) {
				h.tags = map[string]string{timbre.DigestTag: c.tag}
				a := h.call(audio(ann, 4000))
				var lines []string
				for _, challenge := range c.challenges {
					lines = append(lines, "WWW-Authenticate: "+challenge)
				}
				h.next(gosip.INVITE).Answer(401, lines...)
				if c.nonce == "" {
					expect(t, a.invited, 403)
					none(t, h.agent.Sent)
					return
				}
				again := h.next(gosip.INVITE)
				if got := again.Request.GetHeader("Authorization"); got == nil || !strings.Contains(got.Value(), `nonce="`+c.nonce+`"`) {
					t.Errorf("got %v, want an answer to %s", got, c.nonce)
				}
				again.Answer(486)
			})
		})
	}
}

func TestCredentialsAreForTheirGatewayOnly(t *testing.T) {
	in(t, Config{Credentials: map[string]Credential{"elsewhere": {Username: "timbre", Password: "secret"}}}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		h.next(gosip.INVITE).Answer(401, `WWW-Authenticate: Digest realm="gw", nonce="n1", qop="auth"`)
		expect(t, a.invited, 403)
		none(t, h.agent.Sent)
	})
}

func TestGatewayChallengesWithinTheCall(t *testing.T) {
	in(t, Config{Credentials: map[string]Credential{gw: {Username: "timbre", Password: "secret"}}}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		expect(t, a.ask("BYE", ""), 200)
		h.next(gosip.BYE).Answer(407, `Proxy-Authenticate: Digest realm="gw", nonce="n1", qop="auth"`)
		again := h.next(gosip.BYE)
		wantLines(t, again.Request, "CSeq: 3 BYE")
		if again.Request.GetHeader("Proxy-Authorization") == nil {
			t.Errorf("got\n%s\nwant Proxy-Authorization", again.Request)
		}
		again.Answer(200)
	})
}

// A party behind the gateway may name a host of its own in Contact, and challenge us there.
func TestCredentialsAreForTheGatewaysOwnAddressAndRealm(t *testing.T) {
	for name, c := range map[string]struct {
		contact, realm string
		proven         bool
	}{
		"the gateway itself":      {"<sip:x@" + gw + ":5070>", "gw", true},
		"a host that it names":    {"<sip:x@203.0.113.77:5066>", "gw", false},
		"a realm of another host": {"<sip:x@" + gw + ">", "anything", false},
	} {
		in(t, Config{Credentials: map[string]Credential{gw: {Username: "timbre", Password: "secret"}}}, func(t *testing.T, h *bench) {
			h.agent.Contact = c.contact
			a := h.call(audio(ann, 4000))
			h.next(gosip.INVITE).Answer(407, `Proxy-Authenticate: Digest realm="gw", nonce="n1", qop="auth"`)
			invite := h.next(gosip.INVITE)
			if invite.Request.GetHeader("Proxy-Authorization") == nil {
				t.Fatalf("got\n%s\nwant Proxy-Authorization", invite.Request)
			}
			invite.AnswerSDP(200, audio(gw, 6000))
			wait(t, h.agent.ACKs)
			a.answered(expect(t, a.invited, 200))
			a.ack("")
			expect(t, a.ask("BYE", ""), 200)
			h.next(gosip.BYE).Answer(407, `Proxy-Authenticate: Digest realm="`+c.realm+`", nonce="chosen", qop="auth"`)
			synctest.Wait()
			if !c.proven {
				none(t, h.agent.Sent)
				return
			}
			again := h.next(gosip.BYE)
			if again.Request.GetHeader("Proxy-Authorization") == nil {
				t.Errorf("%s: got\n%s\nwant Proxy-Authorization", name, again.Request)
			}
			again.Answer(200)
		})
	}
}

func TestReceptionIsReported(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h)
		h.media.packet(0, caller)
		h.Report()
		h.media.packet(0, callee)
		expect(t, a.ask("BYE", ""), 200)
		h.next(gosip.BYE).Answer(200)
		synctest.Wait()
		h.log.mu.Lock()
		defer h.log.mu.Unlock()
		want := []timbre.Reception{{Label: "caller", Packets: 1}, {Label: "callee"}, {Label: "caller"}, {Label: "callee", Packets: 1}}
		for i, w := range want {
			w.TransactionID, w.From, w.To = "tx-1", "+12065550101", "+12065550100"
			if got := h.log.receptions[i]; got != w {
				t.Errorf("report %d: got %+v, want %+v", i, got, w)
			}
		}
	})
}
