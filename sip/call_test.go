package sip

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
	"timbre/sip/recording"
	"timbre/sip/siprec"
)

func TestRecordingSessionBeginsACallWithTwoLegs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.headers = append(m.headers, "X-Ucid: 42", "X-Ucid: 43")
		a := b.call(t, m, true)
		checkHeaders(t, a.tx.last(), map[string]string{
			TransactionHeader: "tx-1", "Content-Type": "application/sdp", "Allow": recording.Allow, "Supported": "siprec, timer, 100rel",
		})
		if got := a.tx.last().Contact().Value(); !strings.HasSuffix(got, ";+sip.srs") {
			t.Errorf("got Contact %s, want +sip.srs", got)
		}
		answer := string(a.tx.last().Body())
		for _, want := range []string{"m=audio 20000 RTP/AVP 0 101\r\na=label:1", "m=audio 20002 RTP/AVP 0 101\r\na=label:2"} {
			if !strings.Contains(answer, want) {
				t.Errorf("got\n%s\nwant %q in it", answer, want)
			}
		}
		if n := strings.Count(answer, "a=recvonly"); n != 2 {
			t.Errorf("got %d lines to receive, want 2", n)
		}
		checkCall(t, b.calls.call(0))
		spec := b.media.specs(1)[0]
		spec.Local = netip.Addr{}
		want := timbre.Media{
			Remote: netip.MustParseAddrPort("127.0.0.1:30002"), RTCP: netip.MustParseAddrPort("127.0.0.1:30003"),
			Source: netip.MustParseAddr("127.0.0.1"), Payloads: map[uint8]timbre.Codec{0: timbre.PCMU, 101: timbre.TelephoneEvent},
		}
		if !spec.Equal(want) {
			t.Errorf("got stream %+v, want %+v", spec, want)
		}
	})
}

// checkHeaders compares the values of headers.
func checkHeaders(t *testing.T, res *gosip.Response, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if h := res.GetHeader(name); h == nil || h.Value() != value {
			t.Errorf("got %v, want %s: %s", h, name, value)
		}
	}
}

// checkCall compares the call of recordingOf with what its INVITE says.
func checkCall(t *testing.T, got timbre.Call) {
	t.Helper()
	for _, c := range []struct{ what, got, want string }{
		{"connector", got.ConnectorID, connectorID},
		{"Call-ID", got.CallID, "call-1"},
		{"direction", got.Direction, "Outbound"},
		{"caller", got.From, "+12065550101"},
		{"callee", got.To, connectorID},
		{"metadata", got.Metadata, strings.TrimSpace(strings.ReplaceAll(annAndBob, "\n", "\r\n"))},
		{"X-Ucid", got.Headers["x-ucid"], "42, 43"},
		{"Require", got.Headers["require"], "siprec"},
		{"Content-Type", got.Headers["content-type"], mixed},
	} {
		if c.got != c.want {
			t.Errorf("got %s %q, want %q", c.what, c.got, c.want)
		}
	}
	if got.Started.IsZero() {
		t.Error("got no start time")
	}
	want := []timbre.Leg{
		{Side: timbre.Caller, Index: 0, Label: "1", Party: "sip:ann@example.com"},
		{Side: timbre.Callee, Index: 1, Label: "2", Party: "sip:bob@example.com"},
	}
	if !slices.Equal(got.Legs, want) {
		t.Errorf("got legs %+v, want %+v", got.Legs, want)
	}
}

func TestCallsWithoutMetadataAreAccepted(t *testing.T) {
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
				t.Fatalf("%s: got %s", name, tx.last())
			}
			if got := b.calls.call(0).Legs; !slices.Equal(got, c.want) {
				t.Errorf("%s: got legs %+v, want %+v", name, got, c.want)
			}
			b.close()
		})
	}
}

func TestLegsOfUnknownPartiesCanBeMixed(t *testing.T) {
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
				t.Errorf("%s: got %+v", name, got)
			}
			b.close()
		})
	}
}

func TestHeadersThatAskForRecordingOnly(t *testing.T) {
	for header, want := range map[string]bool{
		"X-None: 1": false, "x-voice-connector-record-only: true": true, "X-Voice-Connector-Record-Only: false": false, "Require: SIPREC": true,
	} {
		text := strings.Replace(message{method: "INVITE", seq: 1, headers: []string{header}}.String(), ";+sip.src", "", 1)
		if recording.Wanted(request(t, text), siprec.Body{}) != want {
			t.Errorf("%s: got %v, want %v", header, !want, want)
		}
	}
	for uri, want := range map[string]bool{"sip:x@y;x-voice-connector-record-only=true": true, "sip:x@y;X-Voice-Connector-Record-Only=false": false, "sip:x@y": false} {
		text := strings.Replace(message{method: "INVITE", seq: 1, uri: uri}.String(), ";+sip.src", "", 1)
		if recording.Wanted(request(t, text), siprec.Body{}) != want {
			t.Errorf("%s: got %v, want %v", uri, !want, want)
		}
	}
	if !recording.Wanted(request(t, message{method: "INVITE", seq: 1}.String()), siprec.Body{}) {
		t.Error("got false for the Contact of a recording client, want true")
	}
}

func TestCallsThatCannotBeAcceptedAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench, *message)
		code   int
		reason string
		warn   string
	}{
		"another type of body": {func(_ *bench, m *message) { m.contentType, m.body = "application/isup", "IAM" }, 415, "media_type", ""},
		"no parts":             {func(_ *bench, m *message) { m.body = "hello" }, 400, "malformed", "boundary"},
		"malformed SDP":        {func(_ *bench, m *message) { m.body = both("o=1\n", "") }, 400, "malformed", "v="},
		"no audio":             {func(_ *bench, m *message) { m.body = both(strings.ReplaceAll(twoLines, "m=audio", "m=video"), "") }, 488, "no_codec", "not audio"},
		"other codecs": {func(_ *bench, m *message) {
			m.body = both(strings.NewReplacer("AVP 0 101", "AVP 18", "rtpmap:0 PCMU", "rtpmap:18 G729").Replace(twoLines), "")
		}, 488, "no_codec", "no known codec"},
		"encrypted media": {func(_ *bench, m *message) { m.body = both(strings.ReplaceAll(twoLines, "RTP/AVP", "RTP/SAVP"), "") }, 488, "encryption", "SRTP"},
		"encryption is required": {func(b *bench, _ *message) {
			b.dir.connectors[connectorID] = timbre.Connector{ID: connectorID, RequireEncryption: true}
		}, 403, "encryption", "requires encryption"},
		"an unknown extension": {func(_ *bench, m *message) { m.headers = []string{"Require: siprec, made-up"} }, 420, "extension", "made-up"},
		"an unknown source": {func(b *bench, _ *message) {
			b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"192.0.2.0/24"}}
		}, 403, "forbidden", "allowed hosts"},
		"a disabled termination": {func(b *bench, _ *message) {
			b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}, Disabled: true}
		}, 403, "forbidden", "disabled"},
		"no connector":    {func(b *bench, _ *message) { clear(b.dir.connectors) }, 403, "forbidden", "allowed hosts"},
		"a short session": {func(_ *bench, m *message) { m.headers = append(m.headers, "Supported: timer", "Session-Expires: 60") }, 422, "session", ""},
		"no room for calls": {func(b *bench, _ *message) {
			b.calls.begin = func() error { return timbre.Errorf(timbre.Unavailable, "", "secret") }
		}, 503, "unavailable", ""},
		"calls are broken":       {func(b *bench, _ *message) { b.calls.begin = func() error { return errors.New("secret") } }, 503, "internal", ""},
		"no port for the second": {func(b *bench, _ *message) { b.media.fail = 2 }, 503, "unavailable", ""},
		"too few listeners":      {func(b *bench, _ *message) { b.calls.legs = 1 }, 503, "internal", ""},
		"calls panic":            {func(b *bench, _ *message) { b.calls.begin = func() error { panic("secret") } }, 500, "panic", ""},
		"media panics":           {func(b *bench, _ *message) { b.media.panics = true }, 500, "panic", ""},
		"too many calls a second": {func(b *bench, _ *message) {
			b.dir.terminations[connectorID] = timbre.Termination{CIDRs: []string{"127.0.0.1/32"}, CPSLimit: 1}
			b.admits.AllowCall(timbre.Access{Connector: timbre.Connector{ID: connectorID}, CPSLimit: 1, Source: netip.MustParseAddr("127.0.0.1")})
		}, 503, "rate", ""},
		"the server is stopping": {func(b *bench, _ *message) { b.leaving.Store(true) }, 503, "unavailable", ""},
	} {
		b := newBench(t)
		m := recordingOf("call-1")
		c.change(b, &m)
		res := b.ask(t, m.String()).last()
		if res.StatusCode != c.code || b.rejected(c.reason) != 1 || strings.Contains(res.String(), "secret") {
			t.Errorf("%s: got %v counted and\n%s\nwant 1 and %d", name, b.rejected(c.reason), res, c.code)
		}
		if w := res.GetHeader("Warning"); c.warn != "" && (w == nil || !strings.HasPrefix(w.Value(), "399 timbre \"") || !strings.Contains(w.Value(), c.warn)) {
			t.Errorf("%s: got Warning %v, want %q in it", name, w, c.warn)
		}
		for header, code := range map[string]int{"Accept": 415, "Unsupported": 420, "Min-SE": 422, "Retry-After": 503} {
			if h := res.GetHeader(header); c.code == code && h == nil {
				t.Errorf("%s: got no %s", name, header)
			}
		}
		if b.media.open() != 0 || b.recordings.Len() != 0 || b.invites.Len() != 0 {
			t.Errorf("%s: got %d streams, %v dialogs and %v INVITEs under way, want none", name, b.media.open(), b.recordings.Len(), b.invites.Len())
		}
		if last := lastEvent(b.calls); last != "" && name != "too few listeners" {
			t.Errorf("%s: got a call that was refused announced: %s", name, last)
		}
	}
}

// lastEvent is the last event so far.
func lastEvent(c *calls) (last string) {
	for {
		select {
		case last = <-c.events:
		default:
			return last
		}
	}
}

func TestAtMostThreeStreamsAreAccepted(t *testing.T) {
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
			t.Errorf("got %s", a.tx.last().Body())
		}
		re := a.in("INVITE", 2)
		re.contentType, re.body = "application/sdp", twoLines
		tx := newTransaction()
		go b.handle(request(t, re.String()), tx)
		synctest.Wait()
		b.ask(t, a.in("ACK", 2).String())
		if strings.Count(string(tx.last().Body()), "a=recvonly") != 2 || b.media.specs(0)[1].Hold || b.media.specs(1)[1].Hold {
			t.Errorf("got %s", tx.last().Body())
		}
	})
}

func TestTheConfiguredMediaAddressIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBenchWith(t, func(_ *environment.Environment, cfg *Config, _ *source.Config) {
			cfg.MediaAddress, cfg.LatchAny = netip.MustParseAddr("203.0.113.7"), true
		})
		a := b.call(t, recordingOf("call-1"), true)
		if sdp := string(a.tx.last().Body()); !strings.Contains(sdp, "c=IN IP4 203.0.113.7\r\n") {
			t.Errorf("got %s", sdp)
		}
		if s := b.media.specs(0)[0]; s.Local.IsValid() || !s.LatchAny {
			t.Errorf("got %+v", s)
		}
	})
}

func TestACANCELInACallThatCancelsNothingGets481(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		a := b.call(t, recordingOf("call-1"), true)
		m := message{method: "CANCEL", callID: "call-1", toTag: a.tx.last().To().Params.GetOr("tag", ""), seq: 1}
		if res := b.ask(t, m.String()).last(); res.StatusCode != 481 {
			t.Errorf("got %s, want 481", res)
		}
	})
}

func TestOptionsListCapabilities(t *testing.T) {
	b := newBench(t)
	res := b.ask(t, message{method: "OPTIONS", seq: 1}.String()).last()
	for name, want := range map[string]string{"Allow": recording.Allow, "Accept": recording.Accept, "Supported": recording.Supported} {
		if h := res.GetHeader(name); res.StatusCode != gosip.StatusOK || h == nil || h.Value() != want {
			t.Errorf("%s: got %v", name, h)
		}
	}
	for method, code := range map[string]int{"REGISTER": 405, "MESSAGE": 405, "FOO": 405, "UPDATE": 481, "INFO": 481, "PRACK": 481, "BYE": 481, "CANCEL": 481} {
		if res := b.ask(t, message{method: method, seq: 1}.String()).last(); res.StatusCode != code || code == 405 && res.GetHeader("Allow") == nil {
			t.Errorf("%s: got %s", method, res)
		}
	}
}
