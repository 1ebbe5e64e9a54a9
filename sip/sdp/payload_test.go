package sdp

import (
	"maps"
	"net/netip"
	"testing"

	"timbre"
)

func TestPayloadsAreTheCodecsThatCanBeDecoded(t *testing.T) {
	text := "v=0\nc=IN IP4 192.0.2.1\nm=audio 30000 RTP/AVP 0 8 9 13 96 97 98 99 18\n" +
		"a=rtpmap:96 opus/48000/2\na=rtpmap:97 telephone-event/48000\na=rtpmap:98 telephone-event/8000\na=rtpmap:99 CN/48000\n"
	o, err := Read([]byte(text), netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	got := o.Lines[0].Spec(netip.Addr{}, netip.Addr{}, false).Payloads
	want := map[uint8]timbre.Codec{
		0: timbre.PCMU, 8: timbre.PCMA, 9: timbre.G722, 13: timbre.ComfortNoise, 96: timbre.Opus,
		97: timbre.TelephoneEvent, 98: timbre.TelephoneEvent, 99: timbre.ComfortNoise,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got payloads %v, want %v", got, want)
	}
}

func TestRtpmapKeepsRegisteredSpelling(t *testing.T) {
	for in, want := range map[string]string{
		"OPUS/48000/2": "opus/48000/2", "Telephone-Event/16000": "telephone-event/16000", "pcmu/8000": "PCMU/8000", "pcma/8000/1": "PCMA/8000/1",
		"speex/16000": "SPEEX/16000",
	} {
		t.Run(in, func(t *testing.T) {
			e, ok := parseEncoding(in)
			if !ok || e.String() != want {
				t.Errorf("got %q, %t, want %q", e, ok, want)
			}
		})
	}
}
