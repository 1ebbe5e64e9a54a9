package sip

import (
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

// What a message within a call says of its parties by headers counts as metadata does: once, when it is new.
func TestPartiesNamedByHeadersChange(t *testing.T) {
	const cucm = "<sip:2000@127.0.0.1;x-farend;x-refci=27;x-farendaddr=%>;tag=theirs"
	participant := func(index, user string) string {
		return `X-Cisco-Recording-Participant: sip:` + user + `@192.0.2.1;media-index="` + index + `"`
	}
	one := strings.SplitAfter(twoLines, "a=sendonly\n")[0]
	far := func(number string) message { return message{from: strings.Replace(cucm, "%", number, 1)} }
	parties := func(names ...string) message { return message{headers: names} }
	for name, c := range map[string]struct {
		method, body  string
		first, then   message
		before, after string
	}{
		"far end of a CUCM, by UPDATE":    {"UPDATE", one, far("6666"), far("7777"), "0 caller 6666", "0 caller 7777"},
		"far end of a CUCM, by re-INVITE": {"INVITE", one, far("6666"), far("7777"), "0 caller 6666", "0 caller 7777"},
		"one participant of a CUBE, by re-INVITE": {
			"INVITE", twoLines, parties(participant("0", "7300"), participant("1", "7301")), parties(participant("1", "7302")),
			"0 caller sip:7300@192.0.2.1, 1 callee sip:7301@192.0.2.1", "0 caller sip:7300@192.0.2.1, 1 callee sip:7302@192.0.2.1",
		},
		"participants that only now are told": {
			"UPDATE", twoLines, parties("X-Voice-Connector-Record-Only: true"), parties(participant("0", "7300"), participant("1", "7301")),
			"0 caller -, 1 callee -", "0 caller sip:7300@192.0.2.1, 1 callee sip:7301@192.0.2.1",
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			m := c.first
			m.method, m.seq, m.contentType, m.body = "INVITE", 1, "application/sdp", c.body
			a := b.call(t, m, true)
			if got := written(b.calls.call(0).Legs); got != c.before {
				t.Errorf("%s: got %s at first, want %s", name, got, c.before)
			}
			for seq := 2; seq < 4; seq++ { // the second time it is nothing new
				next := a.in(c.method, seq)
				next.from, next.headers = c.then.from, c.then.headers
				if c.method == "INVITE" {
					next.contentType, next.body = "application/sdp", c.body
				}
				tx := newTransaction()
				go a.handle(request(t, next.String()), tx)
				synctest.Wait()
				if res := tx.last(); res.StatusCode != gosip.StatusOK {
					t.Fatalf("%s: got %s", name, res)
				}
				if c.method == "INVITE" {
					a.ask(t, a.in("ACK", seq).String())
				}
			}
			if u := a.updates(); len(u) != 1 || written(u[0].Legs) != c.after || len(u[0].Headers) == 0 {
				t.Errorf("%s: got updates %+v, want one: %s", name, u, c.after)
			}
			b.close()
		})
	}
}

// Headers do not stand for the metadata of a session that has some.
func TestMetadataIsNotChangedByHeaders(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		m := a.in("UPDATE", 2)
		m.headers = []string{`X-Cisco-Recording-Participant: sip:7300@192.0.2.1;media-index="0"`}
		a.ask(t, m.String())
		if u := a.updates(); len(u) != 0 {
			t.Errorf("got %+v, want no update", u)
		}
	})
}

// The header that names the caller is heard without metadata beside it.
func TestTheCallerNamedByAHeaderChanges(t *testing.T) {
	inCallWith(t, func(cfg *Config) { cfg.Legs.Header = "P-Asserted-Identity" }, func(t *testing.T, a answered) {
		m := a.in("UPDATE", 2)
		m.headers = []string{"P-Asserted-Identity: <sip:bob@192.0.2.1>"}
		a.ask(t, m.String())
		if u := a.updates(); len(u) != 1 || written(u[0].Legs) != "0 callee sip:ann@example.com, 1 caller sip:bob@example.com" {
			t.Errorf("got %+v, want the sides changed", u)
		}
	})
}

// The canonical name of a source in SDP that is another party's than the label says is a warning.
func TestCanonicalNamesThatContradictTheMetadata(t *testing.T) {
	for name, c := range map[string]struct {
		cname string
		want  bool
	}{"crossed": {"bob@192.0.2.1", true}, "right": {"ann@192.0.2.1", false}, "random": {"f3Kx0a9", false}} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			m := recordingOf("call-1")
			m.body = both(strings.Replace(twoLines, "a=label:1\n", "a=label:1\na=ssrc:7 cname:"+c.cname+"\n", 1), annAndBob)
			b.call(t, m, true)
			warned := strings.Contains(strings.Join(b.calls.call(0).Warnings, "; "), "m-line 0: a=ssrc names another party")
			if warned != c.want {
				t.Errorf("%s: got warnings %q, want one: %v", name, b.calls.call(0).Warnings, c.want)
			}
			b.close()
		})
	}
}
