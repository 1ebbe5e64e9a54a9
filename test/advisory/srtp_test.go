package advisory

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/pion/srtp/v3"
)

// A flood of packets that are not authentic must not end an encrypted call: CVE-2021-41105 (FreeSWITCH). Nor must one that is recorded
// and sent again: CVE-2021-26712, AST-2021-003 (Asterisk).
func TestSRTPFlood(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	ann, hers := s.peer(t, "udp", "127.0.0.1"), media(t, "127.0.0.1")
	call := ann.recording(c)
	key := newKey(t)
	call.body = secured(offer(ann.host, hers.port(), fmt.Sprintf("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:%s\r\n", key)))
	answer := ann.ask(call)
	if status(answer) != 200 {
		t.Fatalf("got\n%s\nwant 200", answer)
	}
	to, seal := mediaOf(answer), sealer(t, key)
	first := seal(packet(1, 7, 0x11))
	hers.send(to, first)
	packets := func() int {
		if legs := s.received(t, call.call); len(legs) > 0 {
			return legs[0].Packets
		}
		return -1
	}
	until(t, "packet heard", func() bool { return packets() == 1 })
	for i := range 2000 {
		hers.send(to, packet(uint16(2+i), 7, 0xEE))
		hers.send(to, first)
		if i%100 == 0 { // the socket holds no more
			s.get(t, "admin", "/healthz")
		}
	}
	next := uint16(2)
	until(t, "packet heard after the flood", func() bool { // the socket may have been full
		hers.send(to, seal(packet(next, 7, 0x11)))
		next++
		return packets() >= 2
	})
	if got := ann.ask(request{method: "OPTIONS", uri: call.uri, call: call.call, seq: 2, tag: tag(answer)}); status(got) != 200 {
		t.Errorf("got\n%s\nwant the call alive", got)
	}
	ann.bye(request{uri: call.uri, call: call.call, seq: 2}, answer)
}

// newKey makes a master key with its salt for SDES.
func newKey(t *testing.T) string {
	t.Helper()
	b := make([]byte, 30)
	_, err := rand.Read(b)
	must(t, err)
	return base64.StdEncoding.EncodeToString(b)
}

// sealer encrypts packets by a key.
func sealer(t *testing.T, key string) func(packet []byte) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(key)
	must(t, err)
	c, err := srtp.CreateContext(b[:16], b[16:], srtp.ProtectionProfileAes128CmHmacSha1_80)
	must(t, err)
	return func(packet []byte) []byte {
		sealed, err := c.EncryptRTP(nil, packet, nil)
		must(t, err)
		return sealed
	}
}

// secured is a description of encrypted streams.
func secured(sdp string) string { return strings.ReplaceAll(sdp, "RTP/AVP", "RTP/SAVP") }
