package sip

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"timbre/admission/source"
	"timbre/environment"
	"timbre/sip/recording"
	"timbre/sip/siprec"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

func TestARecordedCallBecomesACallWithTwoLegs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.headers = append(m.headers, "X-Ucid: 42", "X-Ucid: 43")
		a := b.call(t, m, true)
		res := a.tx.last()
		for name, want := range map[string]string{
			TransactionHeader: "tx-1", "Content-Type": "application/sdp", "Allow": recording.Allow, "Supported": "siprec, timer",
			"Contact": "<sip:timbre@invalid IP>;+sip.srs",
		} {
			if h := res.GetHeader(name); h == nil || h.Value() != want && name != "Contact" || name == "Contact" && !strings.HasSuffix(h.Value(), ";+sip.srs") {
				t.Errorf("%s: %v", name, h)
			}
		}
		if sdp := string(res.Body()); strings.Count(sdp, "a=recvonly") != 2 || !strings.Contains(sdp, "m=audio 20000 RTP/AVP 0 101\r\na=label:1") ||
			!strings.Contains(sdp, "m=audio 20002 RTP/AVP 0 101\r\na=label:2") {
			t.Errorf("%s", sdp)
		}
		got := b.calls.call(0)
		if got.ConnectorID != connectorID || got.CallID != "call-1" || got.Direction != "Outbound" || got.From != "+12065550101" ||
			got.To != connectorID || got.Started.IsZero() || got.Metadata != strings.TrimSpace(strings.ReplaceAll(annAndBob, "\n", "\r\n")) {
			t.Errorf("%+v", got)
		}
		if got.Headers["x-ucid"] != "42, 43" || got.Headers["require"] != "siprec" || got.Headers["content-type"] != mixed {
			t.Errorf("%v", got.Headers)
		}
		want := []timbre.Leg{
			{Side: timbre.Caller, Index: 0, Label: "1", Party: "sip:ann@example.com"},
			{Side: timbre.Callee, Index: 1, Label: "2", Party: "sip:bob@example.com"},
		}
		if len(got.Legs) != 2 || got.Legs[0] != want[0] || got.Legs[1] != want[1] {
			t.Errorf("%+v", got.Legs)
		}
		spec := b.media.specs(1)[0]
		if spec.Remote != netip.MustParseAddrPort("127.0.0.1:30002") || spec.RTCP != netip.MustParseAddrPort("127.0.0.1:30003") ||
			spec.Source != netip.MustParseAddr("127.0.0.1") || spec.Hold || spec.Payloads[0] != timbre.PCMU ||
			spec.Payloads[101] != timbre.TelephoneEvent {
			t.Errorf("%+v", spec)
		}
	})
}

func TestCallsWithoutMetadataAreTaken(t *testing.T) {
	one := strings.SplitAfter(twoLines, "a=sendonly\n")[0]
	for name, c := range map[string]struct {
		m    message
		from string
		want []timbre.Leg
	}{
		"by header": {
			message{headers: []string{"X-Voice-Connector-Record-Only: true"}, body: twoLines},
			"",
			[]timbre.Leg{{Side: timbre.Caller, Label: "1"}, {Side: timbre.Callee, Index: 1, Label: "2"}},
		},
		"by parameter": {
			message{uri: "sip:" + connectorID + "@127.0.0.1;X-Voice-Connector-Record-Only=true", body: one},
			"",
			[]timbre.Leg{{Side: timbre.Caller, Label: "1"}},
		},
		"plain": {message{body: strings.ReplaceAll(one, "a=sendonly\n", "")}, "", []timbre.Leg{{Side: timbre.Caller, Label: "1"}}},
		"of a CUCM": {
			message{body: one},
			`<sip:5555@127.0.0.1;x-nearend;x-refci=27;x-nearendaddr=5555;x-farendaddr=6666>;tag=theirs`,
			[]timbre.Leg{{Side: timbre.Callee, Label: "1", Party: "5555"}},
		},
		"of a CUBE": {
			message{headers: []string{
				`X-Cisco-Recording-Participant: sip:7300@192.0.2.1;media-index="0"`,
				`X-Cisco-Recording-Participant: sip:7301@192.0.2.1;media-index="1"`,
			}, body: twoLines},
			"",
			[]timbre.Leg{{Side: timbre.Caller, Label: "1", Party: "sip:7300@192.0.2.1"}, {Side: timbre.Callee, Index: 1, Label: "2", Party: "sip:7301@192.0.2.1"}},
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			c.m.method, c.m.seq, c.m.contentType = "INVITE", 1, "application/sdp"
			text := c.m.String()
			if c.from != "" {
				text = strings.Replace(text, `"Ann" <sip:+12065550101@127.0.0.1:5099>;tag=theirs`, c.from, 1)
			}
			tx := newTransaction()
			go b.handle(request(t, text), tx)
			synctest.Wait()
			if tx.last().StatusCode != gosip.StatusOK {
				t.Fatalf("%s: %s", name, tx.last())
			}
			got := b.calls.call(0).Legs
			if len(got) != len(c.want) {
				t.Fatalf("%s: %+v", name, got)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%s: %+v", name, got[i])
				}
			}
			b.close()
		})
	}
}

func TestTheLegsOfACallThatNamesNobodyCanBeLeftMixed(t *testing.T) {
	for name, c := range map[string]struct {
		m    message
		want [2]timbre.Side
	}{
		"nothing is said":       {message{body: twoLines, contentType: "application/sdp"}, [2]timbre.Side{timbre.Mixed, timbre.Mixed}},
		"metadata says it":      {recordingOf("call-1"), [2]timbre.Side{timbre.Caller, timbre.Callee}},
		"headers say who it is": {message{headers: []string{`X-Cisco-Recording-Participant: sip:7300@192.0.2.1;media-index="0"`}, body: twoLines, contentType: "application/sdp"}, [2]timbre.Side{timbre.Caller, timbre.Callee}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) { cfg.Legs.Mixed = true })
			c.m.method, c.m.seq = "INVITE", 1
			go b.handle(request(t, c.m.String()), newTransaction())
			synctest.Wait()
			if got := b.calls.call(0).Legs; len(got) != 2 || got[0].Side != c.want[0] || got[1].Side != c.want[1] {
				t.Errorf("%s: %+v", name, got)
			}
			b.close()
		})
	}
}

func TestWhatMarksACallAsForRecordingOnly(t *testing.T) {
	for header, want := range map[string]bool{
		"X-None: 1": false, "x-voice-connector-record-only: true": true, "X-Voice-Connector-Record-Only: false": false, "Require: SIPREC": true,
	} {
		text := strings.Replace(message{method: "INVITE", seq: 1, headers: []string{header}}.String(), ";+sip.src", "", 1)
		if recording.Wanted(request(t, text), siprec.Body{}) != want {
			t.Errorf("%s: not %v", header, want)
		}
	}
	for uri, want := range map[string]bool{"sip:x@y;x-voice-connector-record-only=true": true, "sip:x@y;X-Voice-Connector-Record-Only=false": false, "sip:x@y": false} {
		text := strings.Replace(message{method: "INVITE", seq: 1, uri: uri}.String(), ";+sip.src", "", 1)
		if recording.Wanted(request(t, text), siprec.Body{}) != want {
			t.Errorf("%s: not %v", uri, want)
		}
	}
	if !recording.Wanted(request(t, message{method: "INVITE", seq: 1}.String()), siprec.Body{}) {
		t.Error("the Contact of a recording client")
	}
}

func TestCallsThatCannotBeTakenAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench, *message)
		code   int
		reason string
		warn   string
	}{
		"another type of body": {func(_ *bench, m *message) { m.contentType, m.body = "application/isup", "IAM" }, 415, "media_type", ""},
		"no SDP in the parts":  {func(_ *bench, m *message) { m.body = both("", annAndBob) }, 488, "no_codec", "no offer"},
		"no body":              {func(_ *bench, m *message) { m.contentType, m.body = "", "" }, 488, "no_codec", "no offer"},
		"no parts":             {func(_ *bench, m *message) { m.body = "hello" }, 400, "malformed", "boundary"},
		"SDP that is none":     {func(_ *bench, m *message) { m.body = both("o=1\n", "") }, 400, "malformed", "v="},
		"no audio":             {func(_ *bench, m *message) { m.body = both(strings.ReplaceAll(twoLines, "m=audio", "m=video"), "") }, 488, "no_codec", "not audio"},
		"other codecs": {func(_ *bench, m *message) {
			m.body = both(strings.NewReplacer("AVP 0 101", "AVP 18", "rtpmap:0 PCMU", "rtpmap:18 G729").Replace(twoLines), "")
		}, 488, "no_codec", "no known codec"},
		"encrypted media": {func(_ *bench, m *message) { m.body = both(strings.ReplaceAll(twoLines, "RTP/AVP", "RTP/SAVP"), "") }, 488, "encryption", "SRTP"},
		"encryption is required": {func(b *bench, _ *message) {
			b.dir.connectors[connectorID] = timbre.Connector{ID: connectorID, RequireEncryption: true}
		}, 403, "encryption", "requires encryption"},
		"an unknown extension": {func(_ *bench, m *message) { m.headers = []string{"Require: siprec, 100rel"} }, 420, "extension", "100rel"},
		"a stranger": {func(b *bench, _ *message) {
			b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"192.0.2.0/24"}}
		}, 403, "forbidden", "allowed hosts"},
		"a connector that is shut": {func(b *bench, _ *message) { b.dir.terminations[connectorID] = timbre.Termination{Disabled: true} }, 403, "forbidden", "disabled"},
		"no connector":             {func(b *bench, _ *message) { clear(b.dir.connectors) }, 404, "no_connector", ""},
		"a short session":          {func(_ *bench, m *message) { m.headers = append(m.headers, "Supported: timer", "Session-Expires: 60") }, 422, "session", ""},
		"no room for calls": {func(b *bench, _ *message) {
			b.calls.begin = func() error { return timbre.Errorf(timbre.Unavailable, "", "secret") }
		}, 503, "unavailable", ""},
		"calls are broken":       {func(b *bench, _ *message) { b.calls.begin = func() error { return errors.New("secret") } }, 500, "internal", ""},
		"no port for the second": {func(b *bench, _ *message) { b.media.fail = 2 }, 503, "unavailable", ""},
		"too few listeners":      {func(b *bench, _ *message) { b.calls.legs = 1 }, 500, "internal", ""},
		"calls panic":            {func(b *bench, _ *message) { b.calls.begin = func() error { panic("secret") } }, 500, "panic", ""},
		"media panics":           {func(b *bench, _ *message) { b.media.panics = true }, 500, "panic", ""},
		"too fast": {func(b *bench, _ *message) {
			b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}, CPSLimit: 1}
			b.admits.AllowCall(timbre.Access{Connector: timbre.Connector{ID: connectorID}, CPSLimit: 1})
		}, 503, "rate", ""},
		"the server is leaving": {func(b *bench, _ *message) { b.leaving.Store(true) }, 503, "unavailable", ""},
	} {
		b := newBench(t)
		m := recordingOf("call-1")
		c.change(b, &m)
		res := b.ask(t, m.String()).last()
		if res.StatusCode != c.code || b.rejected(c.reason) != 1 || strings.Contains(res.String(), "secret") {
			t.Errorf("%s: counted %v, answered\n%s", name, b.rejected(c.reason), res)
		}
		if w := res.GetHeader("Warning"); c.warn != "" && (w == nil || !strings.HasPrefix(w.Value(), "399 timbre \"") || !strings.Contains(w.Value(), c.warn)) {
			t.Errorf("%s: warning %v", name, w)
		}
		for header, code := range map[string]int{"Accept": 415, "Unsupported": 420, "Min-SE": 422, "Retry-After": 503} {
			if h := res.GetHeader(header); c.code == code && h == nil {
				t.Errorf("%s: no %s", name, header)
			}
		}
		if b.media.open() != 0 || b.recordings.Len() != 0 || b.invites.Len() != 0 {
			t.Errorf("%s: %d streams, %v dialogs, %v reserved", name, b.media.open(), b.recordings.Len(), b.invites.Len())
		}
		if last := lastTold(b.calls); strings.HasPrefix(last, "begin") {
			t.Errorf("%s: a call has begun and not ended", name)
		}
	}
}

func lastTold(c *calls) (last string) {
	for {
		select {
		case last = <-c.told:
		default:
			return last
		}
	}
}

func TestMoreThanThreeStreamsAreNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.contentType, m.body = "application/sdp", twoLines+"m=video 30008 RTP/AVP 31\n"+strings.SplitAfterN(twoLines, "t=0 0\n", 2)[1]
		a := b.call(t, m, true)
		sdp := string(a.tx.last().Body())
		if len(b.calls.call(0).Legs) != 3 || b.calls.call(0).Legs[2].Index != 3 || strings.Count(sdp, "m=audio 0 ") != 1 || strings.Count(sdp, "m=video 0 ") != 1 {
			t.Errorf("%+v\n%s", b.calls.call(0).Legs, sdp)
		}
	})
}

func TestBothStreamsMayStartInactive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.body = both(strings.ReplaceAll(twoLines, "sendonly", "inactive"), annAndBob)
		a := b.call(t, m, true)
		if strings.Count(string(a.tx.last().Body()), "a=inactive") != 2 || !b.media.specs(0)[0].Hold || !b.media.specs(1)[0].Hold {
			t.Errorf("%s", a.tx.last().Body())
		}
		re := a.in("INVITE", 2)
		re.contentType, re.body = "application/sdp", twoLines
		tx := newTransaction()
		go b.handle(request(t, re.String()), tx)
		synctest.Wait()
		b.ask(t, a.in("ACK", 2).String())
		if strings.Count(string(tx.last().Body()), "a=recvonly") != 2 || b.media.specs(0)[1].Hold || b.media.specs(1)[1].Hold {
			t.Errorf("%s", tx.last().Body())
		}
	})
}

func TestTheAddressThatIsSetIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) {
			cfg.MediaAddress, cfg.LatchAny = netip.MustParseAddr("203.0.113.7"), true
		})
		a := b.call(t, recordingOf("call-1"), true)
		if sdp := string(a.tx.last().Body()); !strings.Contains(sdp, "c=IN IP4 203.0.113.7\r\n") {
			t.Errorf("%s", sdp)
		}
		if s := b.media.specs(0)[0]; s.Local.IsValid() || !s.LatchAny {
			t.Errorf("%+v", s)
		}
	})
}

func TestOptionsTellWhatIsUnderstood(t *testing.T) {
	b := newBench(t)
	res := b.ask(t, message{method: "OPTIONS", seq: 1}.String()).last()
	for name, want := range map[string]string{"Allow": recording.Allow, "Accept": recording.Accept, "Supported": recording.Supported} {
		if h := res.GetHeader(name); res.StatusCode != gosip.StatusOK || h == nil || h.Value() != want {
			t.Errorf("%s: %v", name, h)
		}
	}
	for method, code := range map[string]int{"REGISTER": 405, "MESSAGE": 405, "FOO": 405, "UPDATE": 481, "BYE": 481, "CANCEL": 481} {
		if res := b.ask(t, message{method: method, seq: 1}.String()).last(); res.StatusCode != code || code == 405 && res.GetHeader("Allow") == nil {
			t.Errorf("%s: %s", method, res)
		}
	}
}
