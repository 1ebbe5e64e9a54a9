package node

import (
	"fmt"
	"maps"
	"net/netip"
	"testing"

	"timbre/rtp"
	"timbre/sip/offer"
)

// All that the signalling agrees to, the media can hear.
func TestWhatIsAgreedOnCanBeHeard(t *testing.T) {
	text := "v=0\nc=IN IP4 192.0.2.1\nm=audio 30000 RTP/AVP 0 8 9 13 96 97 98 99 18\n" +
		"a=rtpmap:96 opus/48000/2\na=rtpmap:97 telephone-event/48000\na=rtpmap:98 telephone-event/8000\na=rtpmap:99 CN/48000\n"
	o, err := offer.Read([]byte(text), netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	got := spec(o.Lines[0].Spec(netip.Addr{}, netip.Addr{}, false)).Payloads
	want := map[uint8]rtp.Codec{
		0: rtp.PCMU, 8: rtp.PCMA, 9: rtp.G722, 13: rtp.ComfortNoise, 96: rtp.Opus,
		97: rtp.TelephoneEvent, 98: rtp.TelephoneEvent, 99: rtp.ComfortNoise,
	}
	if !maps.Equal(got, want) {
		t.Error(fmt.Sprint(got), want)
	}
}
