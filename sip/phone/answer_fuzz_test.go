package phone

import (
	"net/netip"
	"strings"
	"testing"

	"timbre/sip/sdp"
)

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		sdpAnswer([]string{"2", "1"}, []int{20000, 20002}),
		sdpAnswer([]string{"", ""}, []int{0, 65535}),
		"v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=inactive\r\nm=audio 9 RTP/AVP 8\r\nm=video 0 RTP/AVP 99\r\n",
		"v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\nm=audio 99999 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n",
		"", "v=0",
	} {
		f.Add([]byte(s))
	}
	mine := []sdp.Crypto{{Tag: "1", Suite: "AES_CM_128_HMAC_SHA1_80", Key: make([]byte, 30)}}
	f.Add([]byte(strings.ReplaceAll(sdpAnswer([]string{"2", "1"}, []int{20000, 20002}), "a=recvonly", "a=recvonly\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+strings.Repeat("A", 40))))
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := &Call{line: &line{server: netip.MustParseAddrPort("127.0.0.1:5060")}, legs: []*leg{{label: "1"}, {label: "2", offered: mine}}}
		err := c.takeAnswer(answer)
		set := c.legs[0].remote.IsValid() || c.legs[1].remote.IsValid()
		if err == nil && !set {
			t.Error("got an answer taken without a destination for any leg, want an error")
		}
		for _, l := range c.legs {
			if l.remote.IsValid() && len(l.offered) > 0 && l.encryption == nil {
				t.Error("got a leg in the clear that was offered encrypted, want none")
			}
			if l.remote.IsValid() && l.remote.Port() == 0 {
				t.Errorf("got destination %s, want a port", l.remote)
			}
		}
	})
}
