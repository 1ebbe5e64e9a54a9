package sip

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// encryptedOnly is a directory whose connector requires encryption.
func encryptedOnly() *directory {
	d := loopback()
	d.connectors[connectorID] = timbre.Connector{ID: connectorID, RequireEncryption: true}
	return d
}

var aKey = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 30))

// encrypted encrypts the lines of a session description by SDES.
func encrypted(sdp string) string {
	return strings.ReplaceAll(strings.ReplaceAll(sdp, "RTP/AVP", "RTP/SAVP"), "a=sendonly", "a=sendonly\na=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:"+aKey)
}

// byDTLS encrypts the lines of a session description with keys from a handshake.
func byDTLS(sdp string) string {
	return strings.ReplaceAll(strings.ReplaceAll(sdp, "RTP/AVP", "UDP/TLS/RTP/SAVPF"), "t=0 0",
		"t=0 0\na=setup:actpass\na=fingerprint:sha-256 "+strings.Repeat("AB:", 31)+"AB")
}

func TestEncryptionThatIsRequired(t *testing.T) {
	half := strings.Replace(encrypted(twoLines), "RTP/SAVP", "RTP/AVP", 1)
	half = strings.Replace(half, "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:"+aKey+"\n", "", 1)
	for name, c := range map[string]struct {
		network, sdp string
		code, legs   int
	}{
		"by UDP":                   {"udp", encrypted(twoLines), 403, 0},
		"by TCP":                   {"tcp", encrypted(twoLines), 403, 0},
		"media in the clear":       {"tls", twoLines, 488, 0},
		"no key that can be used":  {"tls", strings.ReplaceAll(encrypted(twoLines), "AES_CM_128", "F8_128"), 488, 0},
		"keys by SDES":             {"tls", encrypted(twoLines), 200, 2},
		"keys by DTLS":             {"tls", byDTLS(twoLines), 200, 2},
		"one of two lines":         {"tls", half, 200, 1},
		"opportunistic encryption": {"tls", strings.ReplaceAll(encrypted(twoLines), "RTP/SAVP", "RTP/AVP"), 200, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := runWith(t, encryptedOnly())
			m := recordingOf("call-1")
			m.body = both(c.sdp, annAndBob)
			res := dial(t, r, c.network).ask(m.String())
			if res.StatusCode != c.code || r.media.open() != c.legs || r.calls.count() != min(c.legs, 1) {
				t.Errorf("got %d streams, %d calls and\n%s", r.media.open(), r.calls.count(), res)
			}
			if c.code != gosip.StatusOK && r.rejected("encryption") != 1 {
				t.Error("got no refusal counted")
			}
		})
	}
}

func TestEncryptionThatIsOptional(t *testing.T) {
	for _, sdp := range []string{twoLines, encrypted(twoLines), byDTLS(twoLines)} {
		for _, network := range []string{"udp", "tcp", "tls"} {
			r := run(t)
			m := recordingOf("call-1")
			m.body = both(sdp, annAndBob)
			res := dial(t, r, network).ask(m.String())
			specs := r.media.specs(1)
			if res.StatusCode != gosip.StatusOK || r.media.open() != 2 || specs[0].Keys != nil != strings.Contains(sdp, "crypto") || specs[0].DTLS != nil != strings.Contains(sdp, "setup") {
				t.Errorf("%s: got %+v of\n%s", network, specs, res)
			}
		}
	}
}

func TestAnEncryptedCallStaysEncrypted(t *testing.T) {
	r := runWith(t, encryptedOnly())
	p := dial(t, r, "tls")
	m := recordingOf("call-1")
	m.body = both(encrypted(twoLines), annAndBob)
	res := p.ask(m.String())
	tag := res.To().Params.GetOr("tag", "")
	p.send(message{method: "ACK", toTag: tag, seq: 1}.String())
	r.expect(t, "begin tx-1")
	again := message{method: "INVITE", toTag: tag, seq: 2, contentType: "application/sdp", body: twoLines}
	if res := p.ask(again.String()); res.StatusCode != gosip.StatusNotAcceptableHere {
		t.Errorf("got %s", res)
	}
	for _, method := range []string{"INVITE", "UPDATE", "BYE"} {
		again.method, again.seq, again.body = method, again.seq+1, encrypted(twoLines)
		if res := dial(t, r, "udp").ask(again.String()); res.StatusCode != gosip.StatusForbidden {
			t.Errorf("got %s by UDP: %s, want 403", method, res)
		}
	}
	if n := len(r.media.specs(0)); n != 1 {
		t.Errorf("got %d descriptions of the stream, want 1", n)
	}
	if res := p.ask(message{method: "BYE", toTag: tag, seq: 9}.String()); res.StatusCode != gosip.StatusOK {
		t.Errorf("got %s", res)
	}
	r.expect(t, "end tx-1")
}

func TestTheLocalKeyStaysInTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		m := recordingOf("call-1")
		m.body = both(encrypted(twoLines), annAndBob)
		a := b.call(t, m, true)
		first := string(a.tx.last().Body())
		if !strings.Contains(first, "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:") || strings.Contains(first, aKey) {
			t.Errorf("got %s", first)
		}
		same := encrypted(twoLines)
		other := strings.ReplaceAll(same, "inline:B", "inline:C")
		for seq, sdp := range []string{same, other, other} {
			if got := string(a.again(t, "INVITE", 2+seq, "application/sdp", sdp, "").Body()); got != first {
				t.Errorf("got another key:\n%s\nwant\n%s", got, first)
			}
		}
		if specs := b.media.specs(0); len(specs) != 2 || bytes.Equal(specs[1].Keys.Remote, specs[0].Keys.Remote) {
			t.Errorf("got %+v", specs)
		}
		b.close()
	})
}

func TestKeysAreNotLogged(t *testing.T) {
	b := newBench(t)
	m := recordingOf("call-1")
	m.body = both(strings.ReplaceAll(encrypted(twoLines), aKey, aKey+"|2^31|1:4"), annAndBob)
	b.stack.LogMessage(connectorID, request(t, m.String()))
	text := b.sipLog.whole.String()
	if strings.Contains(text, aKey[:8]) {
		t.Errorf("got a key in the SIP log:\n%s", text)
	}
	if n := strings.Count(text, "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:****\r\n"); n != 2 {
		t.Errorf("got %d redacted keys, want 2:\n%s", n, text)
	}
}
