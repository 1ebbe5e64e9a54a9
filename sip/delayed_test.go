package sip

import (
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// delayed is a recording whose INVITE has no offer.
func delayed(metadata string) message {
	m := recordingOf("call-1")
	if m.body = both("", metadata); metadata == "" {
		m.contentType, m.body = "", ""
	}
	return m
}

// answerInACK acknowledges a call with an answer to the offer in its 200.
func (a answered) answerInACK(t *testing.T, contentType, body string) {
	t.Helper()
	ack := a.in("ACK", 1)
	ack.contentType, ack.body = contentType, body
	a.ask(t, ack.String())
	synctest.Wait()
}

func TestARecordingWithoutAnOfferIsOfferedEveryCodec(t *testing.T) {
	const line = " RTP/AVP 0 8 9 111 101\r\n"
	for name, c := range map[string]struct {
		m    message
		want int
	}{
		"two streams of the metadata":           {delayed(annAndBob), 2},
		"one stream of the metadata":            {delayed(strings.Replace(annAndBob, `<stream stream_id="s2"><label>2</label></stream>`, "", 1)), 1},
		"metadata without streams":              {delayed(`<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode></recording>`), 2},
		"a recording client without metadata":   {delayed(""), 2},
		"one end of a call, as a CUCM sends it": {message{method: "INVITE", seq: 1, from: "<sip:2000@127.0.0.1;x-farend;x-refci=27;x-farendaddr=+12065550100>;tag=theirs"}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			a := b.call(t, c.m, false)
			offer := string(a.tx.last().Body())
			if n := strings.Count(offer, line); n != c.want || strings.Count(offer, "a=recvonly") != c.want {
				t.Errorf("%s: got offer\n%s\nwant %d lines to receive, each %q", name, offer, c.want, line)
			}
			a.answerInACK(t, "application/sdp", twoLines)
			if got := len(b.calls.call(0).Legs); got != c.want {
				t.Errorf("%s: got %d legs, want %d", name, got, c.want)
			}
		})
	}
}

func TestTheAnswerInTheACKSetsUpTheCall(t *testing.T) {
	const turned = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 192.0.2.7
t=0 0
m=audio 40000 RTP/AVP 8 101
a=rtpmap:101 telephone-event/8000
a=label:2
a=sendonly
m=audio 40002 RTP/AVP 0
a=label:1
a=sendonly
`
	for name, body := range map[string]string{"application/sdp": turned, mixed: both(turned, "")} {
		synctest.Test(t, func(t *testing.T) {
			a := newBench(t).call(t, delayed(annAndBob), false)
			a.answerInACK(t, name, body)
			expectEvents(t, a.calls, "begin tx-1", "update tx-1")
			legs := a.updates()[0].Legs
			if len(legs) != 2 || legs[0].Party != "sip:bob@example.com" || legs[1].Party != "sip:ann@example.com" {
				t.Errorf("got legs %+v, want Bob's first, by the labels of the answer", legs)
			}
			specs := a.media.specs(0)
			got := specs[len(specs)-1]
			want := timbre.Media{
				Remote: netip.MustParseAddrPort("192.0.2.7:40000"), RTCP: netip.MustParseAddrPort("192.0.2.7:40001"), Local: got.Local,
				Source: netip.MustParseAddr("127.0.0.1"), Payloads: map[uint8]timbre.Codec{8: timbre.PCMA, 101: timbre.TelephoneEvent},
			}
			if !got.Equal(want) {
				t.Errorf("got stream %+v, want %+v", got, want)
			}
		})
	}
}

func TestACallWithoutAnAnswerEnds(t *testing.T) {
	for name, c := range map[string]struct{ contentType, body, reason string }{
		"no body":        {"", "", "no_answer"},
		"metadata alone": {mixed, both("", annAndBob), "no_answer"},
		"malformed":      {"application/sdp", "o=1\n", "malformed"},
		"no line":        {"application/sdp", strings.ReplaceAll(twoLines, "m=audio 3000", "m=audio 0 RTP/AVP 0\na=was:"), "no_codec"},
		"another type":   {"application/isup", "IAM", "media_type"},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newBench(t).call(t, delayed(annAndBob), false)
			a.answerInACK(t, c.contentType, c.body)
			if got := lastEvent(a.calls); !strings.HasPrefix(got, "end tx-1 no usable answer in the ACK: ") {
				t.Errorf("%s: got event %q, want the end of the call", name, got)
			}
			if bye := <-a.sent; bye.Method != gosip.BYE || a.media.open() != 0 || a.rejected(c.reason) != 1 {
				t.Errorf("%s: got %v, %d streams, %v counted, want BYE, none and 1 of %s", name, bye.Method, a.media.open(), a.rejected(c.reason), c.reason)
			}
		})
	}
}

func TestAnOfferOfThisSideIsEncryptedWhereTheConnectorRequiresIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.dir.connectors[connectorID] = timbre.Connector{ID: connectorID, RequireEncryption: true}
		m := strings.Replace(delayed("").String(), "SIP/2.0/UDP", "SIP/2.0/TLS", 1)
		req, tx := request(t, m), newTransaction()
		req.SetTransport("TLS")
		go b.handle(req, tx)
		synctest.Wait()
		res := tx.last()
		a := answered{b, tx, res.To().Params.GetOr("tag", "")}
		offer := string(res.Body())
		_, key, found := strings.Cut(offer, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")
		if strings.Count(offer, " RTP/SAVP 0") != 2 || !found {
			t.Fatalf("got offer\n%s\nwant two lines of RTP/SAVP with keys", offer)
		}
		if got := base64.StdEncoding.EncodeToString(b.media.specs(0)[0].Keys.Local); got != key[:40] {
			t.Errorf("got a stream with the key %s, want the offered one, %s", got, key[:40])
		}
		answer := strings.ReplaceAll(twoLines, "RTP/AVP 0 101", "RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+strings.Repeat("A", 40))
		ack := a.in("ACK", 1)
		ack.contentType, ack.body = "application/sdp", answer
		last := request(t, strings.Replace(ack.String(), "SIP/2.0/UDP", "SIP/2.0/TLS", 1))
		last.SetTransport("TLS")
		b.handle(last, newTransaction())
		synctest.Wait()
		for i := range 2 {
			specs := b.media.specs(i)
			first, now := specs[0].Keys, specs[len(specs)-1].Keys
			if now == nil || string(now.Local) != string(first.Local) || string(now.Remote) != string(make([]byte, 30)) {
				t.Errorf("line %d: got keys %v, want the offered one here and the answered one there", i, now)
			}
		}
	})
}
