package sip

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

const (
	thirdLine = "m=audio 30004 RTP/AVP 0\na=label:3\na=sendonly\n"
	cyJoins   = `<recording><datamode>partial</datamode><participant participant_id="p3"><nameID aor="sip:cy@example.com"/></participant>
<stream stream_id="s3"><label>3</label></stream><participantstreamassoc participant_id="p3"><send>s3</send></participantstreamassoc></recording>
`
)

// deliver gives a frame to the listener of a stream.
func (m *media) deliver(i int) {
	m.mu.Lock()
	to := m.streams[i].to
	m.mu.Unlock()
	to.Frame(timbre.Frame{})
}

func TestAnAddedStreamBecomesALeg(t *testing.T) {
	for method, metadata := range map[string]string{"INVITE": cyJoins, "UPDATE": cyJoins, "INVITE ": ""} {
		inCall(t, func(t *testing.T, a answered) {
			contentType, body, party := mixed, both(twoLines+thirdLine, metadata), "sip:cy@example.com"
			if metadata == "" {
				contentType, body, party = "application/sdp", twoLines+thirdLine, ""
			}
			res := a.again(t, strings.TrimSpace(method), 2, contentType, body, "")
			if sdp := string(res.Body()); res.StatusCode != gosip.StatusOK || !strings.Contains(sdp, "m=audio 20004 RTP/AVP 0\r\na=label:3") || strings.Count(sdp, "a=recvonly") != 3 {
				t.Errorf("got %s", res)
			}
			expectEvents(t, a.calls, "update tx-1")
			u := a.updates()[0]
			if len(u.Legs) != 3 {
				t.Fatalf("got legs %+v, want 3", u.Legs)
			}
			if l := u.Legs[2]; l.Index != 2 || l.Label != "3" || l.Party != party {
				t.Errorf("got leg %+v, want one of m-line 2 with label 3 and party %q", l, party)
			}
			if want := strings.TrimSpace(strings.ReplaceAll(metadata, "\n", "\r\n")); u.Metadata != want {
				t.Errorf("got metadata %q, want %q", u.Metadata, want)
			}
			if guessed := len(u.Warnings) > 0; guessed != (metadata == "") {
				t.Errorf("got warnings %q", u.Warnings)
			}
			a.media.deliver(2)
			if leg := a.calls.added[0].(*counter); leg.frames.Load() != 1 || leg.meter != timbre.ReceptionMeter(a.media.streams[2]) {
				t.Errorf("got %d frames at the leg, with meter %v", leg.frames.Load(), leg.meter)
			}
			a.again(t, strings.TrimSpace(method), 3, "application/sdp", twoLines+thirdLine+strings.ReplaceAll(thirdLine, "label:3", "label:4"), "")
			if expectEvents(t, a.calls); a.media.open() != 3 {
				t.Errorf("got %d streams, want 3", a.media.open())
			}
		})
	}
}

func TestAnEnabledLineBecomesALeg(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.body = both(strings.Replace(twoLines, "m=audio 30000", "m=audio 0", 1), annAndBob)
		a := b.call(t, m, true)
		if c := b.calls.call(0); len(c.Legs) != 1 || c.Legs[0].Party != "sip:bob@example.com" || len(c.Warnings) != 1 {
			t.Errorf("got %+v with warnings %q", c.Legs, c.Warnings)
		}
		expectEvents(t, b.calls, "begin tx-1")
		res := a.again(t, "INVITE", 2, "application/sdp", twoLines, "")
		if strings.Contains(string(res.Body()), "m=audio 0 ") {
			t.Errorf("got %s", res)
		}
		expectEvents(t, b.calls, "update tx-1")
		if u := a.updates()[0]; len(u.Legs) != 2 || u.Legs[1].Index != 0 || u.Legs[1].Party != "sip:ann@example.com" || len(u.Warnings) != 0 {
			t.Errorf("got %+v", u)
		}
	})
}

func TestAnAddedStreamThatFailsIsLeftOut(t *testing.T) {
	for name, breaks := range map[string]func(answered, bool){
		"no port is free": func(a answered, broken bool) { a.media.fail = map[bool]int{true: 3}[broken] },
		"the store is full": func(a answered, broken bool) {
			a.calls.update = map[bool]error{true: errors.New("full")}[broken]
		},
	} {
		inCall(t, func(t *testing.T, a answered) {
			breaks(a, true)
			res := a.again(t, "INVITE", 2, "application/sdp", twoLines+thirdLine, "")
			if sdp := string(res.Body()); res.StatusCode != gosip.StatusOK || strings.Count(sdp, "m=audio 0 ") != 1 || strings.Count(sdp, "m=audio 20") != 2 || a.media.open() != 2 {
				t.Errorf("%s: got %d streams and\n%s", name, a.media.open(), res)
			}
			breaks(a, false)
			if res := a.again(t, "INVITE", 3, "application/sdp", twoLines+thirdLine, ""); strings.Contains(string(res.Body()), "m=audio 0 ") || a.media.open() != 3 {
				t.Errorf("%s: got %s afterwards, want the stream", name, res)
			}
		})
	}
}
