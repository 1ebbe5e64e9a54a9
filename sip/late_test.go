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

// hear gives a frame to a stream.
func (m *media) hear(i int) {
	m.mu.Lock()
	to := m.streams[i].to
	m.mu.Unlock()
	to.Frame(timbre.Frame{})
}

func TestAStreamThatComesLaterIsALegFromThenOn(t *testing.T) {
	for method, metadata := range map[string]string{"INVITE": cyJoins, "UPDATE": cyJoins, "INVITE ": ""} {
		inCall(t, func(t *testing.T, a answered) {
			contentType, body, party := mixed, both(twoLines+thirdLine, metadata), "sip:cy@example.com"
			if metadata == "" {
				contentType, body, party = "application/sdp", twoLines+thirdLine, ""
			}
			res := a.again(t, strings.TrimSpace(method), 2, contentType, body, "")
			if sdp := string(res.Body()); res.StatusCode != gosip.StatusOK || !strings.Contains(sdp, "m=audio 20004 RTP/AVP 0\r\na=label:3") || strings.Count(sdp, "a=recvonly") != 3 {
				t.Errorf("%s", res)
			}
			told(t, a.calls, "update tx-1")
			u := a.updates()[0]
			if len(u.Legs) != 3 || u.Legs[2].Index != 2 || u.Legs[2].Label != "3" || u.Legs[2].Party != party || u.Metadata != strings.TrimSpace(strings.ReplaceAll(metadata, "\n", "\r\n")) {
				t.Errorf("%+v", u)
			}
			if guessed := len(u.Warnings) > 0; guessed != (metadata == "") {
				t.Errorf("warnings %q", u.Warnings)
			}
			a.media.hear(2)
			if ear := a.calls.added[0].(*ear); ear.frames.Load() != 1 || ear.meter != timbre.ReceptionMeter(a.media.streams[2]) {
				t.Errorf("the leg heard %d frames, of %v", ear.frames.Load(), ear.meter)
			}
			a.again(t, strings.TrimSpace(method), 3, "application/sdp", twoLines+thirdLine+strings.ReplaceAll(thirdLine, "label:3", "label:4"), "")
			if told(t, a.calls); a.media.open() != 3 {
				t.Errorf("%d streams", a.media.open())
			}
		})
	}
}

func TestALineThatIsTurnedOnLaterIsALegFromThenOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.body = both(strings.Replace(twoLines, "m=audio 30000", "m=audio 0", 1), annAndBob)
		a := b.call(t, m, true)
		if c := b.calls.call(0); len(c.Legs) != 1 || c.Legs[0].Party != "sip:bob@example.com" || len(c.Warnings) != 1 {
			t.Errorf("%+v %q", c.Legs, c.Warnings)
		}
		told(t, b.calls, "begin tx-1")
		res := a.again(t, "INVITE", 2, "application/sdp", twoLines, "")
		if strings.Contains(string(res.Body()), "m=audio 0 ") {
			t.Errorf("%s", res)
		}
		told(t, b.calls, "update tx-1")
		if u := a.updates()[0]; len(u.Legs) != 2 || u.Legs[1].Index != 0 || u.Legs[1].Party != "sip:ann@example.com" || len(u.Warnings) != 0 {
			t.Errorf("%+v", u)
		}
	})
}

func TestAStreamThatCannotBeTakenLaterStaysOut(t *testing.T) {
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
				t.Errorf("%s: %d streams\n%s", name, a.media.open(), res)
			}
			breaks(a, false)
			if res := a.again(t, "INVITE", 3, "application/sdp", twoLines+thirdLine, ""); strings.Contains(string(res.Body()), "m=audio 0 ") || a.media.open() != 3 {
				t.Errorf("%s, and then it can: %s", name, res)
			}
		})
	}
}
