package sip

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
)

// again sends a request within the call and acknowledges its answer.
func (a answered) again(t *testing.T, method string, seq int, contentType, body, ackBody string) *gosip.Response {
	t.Helper()
	m := a.in(method, seq)
	m.contentType, m.body = contentType, body
	tx := newTransaction()
	go a.handle(request(t, m.String()), tx)
	synctest.Wait()
	if method == "INVITE" {
		ack := a.in("ACK", seq)
		if ackBody != "" {
			ack.contentType, ack.body = "application/sdp", ackBody
		}
		a.ask(t, ack.String())
		synctest.Wait()
	}
	return tx.last()
}

func inCall(t *testing.T, f func(t *testing.T, a answered)) {
	t.Helper()
	inCallWith(t, func(*Config) {}, f)
}

// inCallWith is inCall of a server with changes to its configuration.
func inCallWith(t *testing.T, change func(*Config), f func(t *testing.T, a answered)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) { change(cfg) })
		a := b.call(t, recordingOf("call-1"), true)
		expectEvents(t, b.calls, "begin tx-1")
		f(t, a)
		b.close()
	})
}

func (a answered) updates() []timbre.Change {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	return a.calls.updates
}

func TestAnUnchangedOfferChangesNothing(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		first := string(a.tx.last().Body())
		for i, body := range []string{twoLines, strings.Replace(twoLines, "1 1 IN", "1 2 IN", 1)} {
			for j, method := range []string{"INVITE", "UPDATE"} {
				res := a.again(t, method, 2+2*i+j, "application/sdp", body, "")
				if res.StatusCode != gosip.StatusOK || string(res.Body()) != first || res.GetHeader(TransactionHeader) == nil {
					t.Errorf("got %s", res)
				}
			}
		}
		if len(a.media.specs(0)) != 1 || len(a.media.specs(1)) != 1 {
			t.Error("got the streams updated")
		}
		expectEvents(t, a.calls)
	})
}

func TestMetadataUpdatesTheCallWhetherItChangesOrNot(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		renamed := strings.ReplaceAll(annAndBob, "bob@", "cy@")
		partial := `<recording><datamode>partial</datamode><participant participant_id="p2"><nameID aor="sip:dee@example.com"/></participant></recording>`
		for i, c := range []struct{ method, contentType, body, second string }{
			{"INVITE", mixed, both(twoLines, annAndBob), ""},
			{"INVITE", mixed, both("", annAndBob), ""},
			{"UPDATE", "application/rs-metadata+xml", annAndBob, ""},
			{"UPDATE", "application/rs-metadata", renamed, "sip:cy@example.com"},
			{"UPDATE", mixed, both(twoLines, renamed), ""},
			{"UPDATE", mixed, both("", partial), "sip:dee@example.com"},
			{"UPDATE", "application/rs-metadata+xml", "<recording><<<", ""},
			{"INVITE", "application/rs-metadata+xml", "nonsense", ""},
		} {
			res := a.again(t, c.method, 2+i, c.contentType, c.body, "")
			if res.StatusCode != gosip.StatusOK || len(res.Body()) > 0 != (c.method == "INVITE" || strings.Contains(c.body, "v=0")) {
				t.Errorf("%d: got %s", i, res)
			}
			expectEvents(t, a.calls, "update tx-1")
			u := a.updates()[i]
			if u.Metadata == "" || u.Headers["content-type"] != c.contentType || u.Headers["call-id"] != "call-1" {
				t.Errorf("%d: got %+v", i, u)
			}
			switch {
			case c.second == "" && u.Legs != nil:
				t.Errorf("%d: got legs %+v, want %q", i, u.Legs, c.second)
			case c.second != "" && (len(u.Legs) != 2 || u.Legs[1].Party != c.second || u.Legs[1].Side != timbre.Callee || u.Legs[0].Side != timbre.Caller):
				t.Errorf("%d: got legs %+v, want %q", i, u.Legs, c.second)
			}
		}
	})
}

func TestTheCallerStaysTheCallerInAnotherOrder(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		lines := strings.SplitAfter(annAndBob, "\n")
		lines[2], lines[3] = lines[3], lines[2]
		a.again(t, "UPDATE", 2, mixed, both("", strings.Join(lines, "")), "")
		if u := a.updates()[0]; u.Legs != nil {
			t.Errorf("got %+v", u.Legs)
		}
	})
}

func TestARefreshWithoutABodyIsAnswered(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		if res := a.again(t, "UPDATE", 2, "", "", ""); res.StatusCode != gosip.StatusOK || len(res.Body()) != 0 {
			t.Errorf("got %s", res)
		}
		first := string(a.tx.last().Body())
		if res := a.again(t, "INVITE", 3, "", "", ""); res.StatusCode != gosip.StatusOK || string(res.Body()) != first {
			t.Errorf("got %s", res)
		}
		expectEvents(t, a.calls)
		moved := strings.Replace(twoLines, "30002", "31002", 1)
		a.again(t, "INVITE", 4, "", "", moved) // an offer of ours, answered in the ACK
		if specs := a.media.specs(1); len(specs) != 2 || specs[1].Remote.Port() != 31002 || len(a.media.specs(0)) != 1 {
			t.Errorf("got %+v", specs)
		}
		a.again(t, "INVITE", 5, "", "", "nonsense")
		if a.rejected("malformed") != 1 || len(a.media.specs(1)) != 2 {
			t.Error("got a malformed answer applied, or not counted")
		}
	})
}

func TestHoldAndResume(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		held := strings.Replace(twoLines, "label:2\na=sendonly", "label:2\na=inactive", 1)
		off := strings.Replace(twoLines, "m=audio 30002", "m=audio 0", 1)
		other := strings.Replace(twoLines, "30002 RTP/AVP 0 101\na=rtpmap:0 PCMU", "30002 RTP/AVP 18 101\na=rtpmap:18 G729", 1)
		for i, c := range []struct {
			sdp, second string // what the second line is answered
			hold        bool
		}{
			{held, "m=audio 20002 ", true},
			{twoLines, "m=audio 20002 ", false},
			{off, "m=audio 0 ", true},
			{twoLines, "m=audio 20002 ", false},
			{other, "m=audio 0 ", true},
			{twoLines, "m=audio 20002 ", false},
		} {
			res := a.again(t, "INVITE", 2+i, "application/sdp", c.sdp, "")
			specs := a.media.specs(1)
			if sdp := string(res.Body()); res.StatusCode != gosip.StatusOK || !strings.Contains(sdp, "m=audio 20000 ") || !strings.Contains(sdp, c.second) ||
				specs[len(specs)-1].Hold != c.hold || len(specs) != 2+i || len(a.media.specs(0)) != 1 {
				t.Errorf("%d: got %+v for\n%s", i, specs, res)
			}
		}
		all := strings.ReplaceAll(twoLines, "m=audio 3000", "m=audio 0 RTP/AVP 0\nb=x:")
		if res := a.again(t, "INVITE", 8, "application/sdp", all, ""); res.StatusCode != gosip.StatusOK || strings.Count(string(res.Body()), "m=audio 0 ") != 2 {
			t.Errorf("got %s", res)
		}
	})
}

// A client must not leave out a line (RFC 3264, 8). One that does means that it is off.
func TestALineThatIsLeftOutIsOff(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		short := strings.SplitAfter(twoLines, "a=sendonly\n")[0]
		for i, c := range []struct {
			offer, answer string
			hold          bool
		}{{short, "", true}, {"", short, true}, {twoLines, "", false}, {"", short, true}} {
			res := a.again(t, "INVITE", 2+i, "application/sdp", c.offer, c.answer)
			if n := strings.Count(string(res.Body()), "m=audio 2000"); res.StatusCode != gosip.StatusOK || c.offer != "" && n != strings.Count(c.offer, "m=audio") {
				t.Errorf("%d: got\n%s\nwant as many lines as were offered", i, res)
			}
			if specs := a.media.specs(1); specs[len(specs)-1].Hold != c.hold || len(a.media.specs(0)) != 1 {
				t.Errorf("%d: got %+v, want hold %v", i, specs, c.hold)
			}
		}
		expectEvents(t, a.calls)
	})
}

func TestALocalOfferResumesHeldLines(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		held := strings.Replace(twoLines, "label:2\na=sendonly", "label:2\na=inactive", 1)
		if res := a.again(t, "INVITE", 2, "application/sdp", held, ""); strings.Count(string(res.Body()), "a=inactive") != 1 {
			t.Fatalf("got %s", res)
		}
		res := a.again(t, "INVITE", 3, "", "", twoLines)
		if sdp := string(res.Body()); strings.Count(sdp, "a=recvonly") != 2 || strings.Contains(sdp, "a=inactive") || !strings.Contains(sdp, "m=audio 20002 ") || !strings.Contains(sdp, "a=label:2") {
			t.Errorf("got %s", res)
		}
		if specs := a.media.specs(1); len(specs) != 3 || !specs[1].Hold || specs[2].Hold {
			t.Errorf("got %+v", specs)
		}
		a.again(t, "INVITE", 4, "application/sdp", held, "")
		off := strings.Replace(twoLines, "m=audio 30002", "m=audio 0", 1)
		if res := a.again(t, "INVITE", 5, "", "", off); strings.Count(string(res.Body()), "a=recvonly") != 2 {
			t.Errorf("got %s", res)
		}
		if specs := a.media.specs(1); !specs[len(specs)-1].Hold {
			t.Error("got a line that is not held after the answer disabled it")
		}
	})
}

func TestPartiesFollowTheirLabels(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		turned := strings.NewReplacer("label:1", "label:2", "label:2", "label:1").Replace(twoLines)
		if res := a.again(t, "INVITE", 2, "application/sdp", turned, ""); res.StatusCode != gosip.StatusOK {
			t.Fatalf("got %s", res)
		}
		want := []timbre.Leg{{Index: 0, Label: "2", Side: timbre.Callee, Party: "sip:bob@example.com"}, {Index: 1, Label: "1", Side: timbre.Caller, Party: "sip:ann@example.com"}}
		if u := a.updates(); len(u) != 1 || u[0].Metadata != "" || !slices.Equal(u[0].Legs, want) {
			t.Errorf("got %+v", u)
		}
		expectEvents(t, a.calls, "update tx-1")
		a.again(t, "UPDATE", 3, "application/sdp", turned, "")
		expectEvents(t, a.calls)
	})
}

func TestARefusedChangeChangesNothing(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		for i, c := range []struct {
			contentType, body string
			code              int
		}{
			{"application/isup", "IAM", 415},
			{"application/sdp", "hello", 400},
			{mixed, "hello", 400},
			{"application/sdp", strings.ReplaceAll(strings.ReplaceAll(twoLines, "AVP 0 101", "AVP 18"), "rtpmap:0", "x:0"), 488},
			{"application/sdp", strings.ReplaceAll(twoLines, "RTP/AVP", "RTP/SAVP"), 488},
		} {
			for j, method := range []string{"INVITE", "UPDATE"} {
				m := a.in(method, 2+2*i+j)
				m.contentType, m.body = c.contentType, c.body
				if res := a.ask(t, m.String()).last(); res.StatusCode != c.code || len(res.Body()) > 0 {
					t.Errorf("%d: got %s", i, res)
				}
			}
		}
		for i, header := range []string{"Require: gruu", "Supported: timer\r\nSession-Expires: 5"} {
			m := a.in("UPDATE", 50+i)
			m.headers = []string{header}
			if res := a.ask(t, m.String()).last(); res.StatusCode != 420+2*i {
				t.Errorf("got %s", res)
			}
		}
		if len(a.media.specs(0)) != 1 || a.media.open() != 2 || a.recordings.Len() != 1 {
			t.Error("got a change by a refused request")
		}
		expectEvents(t, a.calls)
		if res := a.again(t, "INVITE", 52, "application/sdp", twoLines, ""); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s", res)
		}
	})
}

func TestByeGoesToTheLatestContact(t *testing.T) {
	inCall(t, func(t *testing.T, a answered) {
		text := strings.Replace(a.in("UPDATE", 2).String(), "src@127.0.0.1:5099", "src@127.0.0.1:6099", 1)
		a.ask(t, text)
		a.hangUp()
		if bye := <-a.sent; bye.Recipient.Port != 6099 || bye.Destination() != "127.0.0.1:6099" {
			t.Errorf("got %s", bye)
		}
	})
}
