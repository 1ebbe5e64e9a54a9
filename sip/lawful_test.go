package sip

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

// What a peer may lawfully ask of a recording, though it is not needed there.

func TestRequire100relIsTakenWithoutAProvisionalResponse(t *testing.T) {
	for name, headers := range map[string][]string{
		"one header": {"Require: 100rel,siprec"}, "two headers": {"Require: siprec", "Require: 100rel"}, "without siprec": {"Require: 100rel"},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := recordingOf("call-1")
			m.headers = headers
			a := newBench(t).call(t, m, true)
			if res := a.tx.responses; len(res) != 1 || res[0].StatusCode != gosip.StatusOK {
				t.Errorf("%s: got responses %v, want one 200", name, res)
			}
			prack := a.in("PRACK", 2)
			prack.headers = []string{"RAck: 77 1 INVITE"}
			if res := a.ask(t, prack.String()).last(); res.StatusCode != gosip.StatusCallTransactionDoesNotExists {
				t.Errorf("%s: got %d to a PRACK of nothing, want 481", name, res.StatusCode)
			}
			expectEvents(t, a.calls, "begin tx-1")
		})
	}
}

func TestInfoInARecording(t *testing.T) {
	for name, c := range map[string]struct {
		headers           []string
		contentType, body string
		code              int
		header            string // that says what is taken
	}{
		"empty":           {code: 200},
		"keys":            {contentType: "application/dtmf-relay", body: "Signal=5\nDuration=160\n", code: 200},
		"keys, and more":  {contentType: "Application/DTMF ; x=1", body: "5", code: 200},
		"compressed":      {headers: []string{"Content-Encoding: gzip"}, contentType: "application/dtmf", body: "5", code: 415, header: "Accept-Encoding"},
		"a picture":       {contentType: "application/media_control+xml", body: "<media_control/>", code: 415, header: "Accept"},
		"without a type":  {body: "5", code: 415, header: "Accept"},
		"an info package": {headers: []string{"Info-Package: dtmf"}, contentType: "application/dtmf", body: "5", code: 469, header: "Recv-Info"},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newBench(t).call(t, recordingOf("call-1"), true)
			m := a.in("INFO", 2)
			m.headers, m.contentType, m.body = slices.Concat(m.headers, c.headers), c.contentType, c.body
			res := a.ask(t, m.String()).last()
			if res.StatusCode != c.code || c.header != "" && res.GetHeader(c.header) == nil {
				t.Errorf("%s: got\n%s\nwant %d with %q", name, res, c.code, c.header)
			}
			if strings.Contains(res.String(), "Signal") {
				t.Errorf("%s: got keys in the response", name)
			}
			expectEvents(t, a.calls, "begin tx-1")
		})
	}
}

func TestACompressedBodyIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-2")
		m.headers = append(m.headers, "Content-Encoding: gzip")
		if res := b.ask(t, m.String()).last(); res.StatusCode != gosip.StatusUnsupportedMediaType || res.GetHeader("Accept-Encoding") == nil {
			t.Errorf("got\n%s\nwant 415 with Accept-Encoding", res)
		}
		a := b.call(t, recordingOf("call-1"), true)
		update := a.in("UPDATE", 2)
		update.headers, update.contentType, update.body = []string{"e: gzip"}, mixed, both("", annAndBob)
		if res := a.ask(t, update.String()).last(); res.StatusCode != gosip.StatusUnsupportedMediaType {
			t.Errorf("got %d to an UPDATE, want 415", res.StatusCode)
		}
		expectEvents(t, b.calls, "begin tx-1")
	})
}
