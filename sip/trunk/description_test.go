package trunk

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"timbre/sip/sdp"
)

var us = netip.MustParseAddr("192.0.2.100")

// at are local lines with ports.
func at(ports ...int) (lines []localLine) {
	for _, p := range ports {
		lines = append(lines, localLine{port: p})
	}
	return lines
}

// unversioned is a description without its v= and o= lines.
func unversioned(text []byte) string {
	return regexp.MustCompile(`(?m)^(v=0|o=.*)\r\n`).ReplaceAllString(string(text), "")
}

func TestDescriptionIsRewritten(t *testing.T) {
	for name, c := range map[string]struct {
		ports     []int
		sdp, want string
	}{
		"all that is said": {[]int{30000}, `v=0
o=ann 2890844526 2890842807 IN IP4 203.0.113.1
s=a call
i=about something
c=IN IP4 203.0.113.1
b=AS:84
t=0 0
a=sendrecv
a=tool:pbx
m=audio 4000 RTP/AVP 0 18 101
i=her voice
b=TIAS:64000
a=rtpmap:18 G729/8000
a=fmtp:18 annexb=no
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=maxptime:60
a=label:1
`, `s=a call
i=about something
c=IN IP4 192.0.2.100
b=AS:84
t=0 0
a=sendrecv
a=tool:pbx
m=audio 30000 RTP/AVP 0 18 101
i=her voice
b=TIAS:64000
a=rtpmap:18 G729/8000
a=fmtp:18 annexb=no
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=maxptime:60
a=label:1
a=rtcp:30001
`},
		"other ways to its media": {[]int{30000}, `v=0
o=- 1 1 IN IP4 203.0.113.1
s=-
t=0 0
a=group:BUNDLE 0
a=ice-lite
a=fingerprint:sha-256 00
m=audio 4000 RTP/AVP 0
c=IN IP4 203.0.113.2
a=rtcp:4040 IN IP4 203.0.113.3
a=rtcp-mux
a=candidate:1 1 UDP 2130706431 203.0.113.4 4000 typ host
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
a=setup:actpass
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA
a=mid:0
`, `s=-
c=IN IP4 192.0.2.100
t=0 0
m=audio 30000 RTP/AVP 0
a=mid:0
a=rtcp:30001
`},
		"what is missing, and out of order": {
			[]int{30000},
			"v=0\na=sendonly\nc=IN IP4 203.0.113.1\njunk\nm=audio 4000/2 RTP/AVP 0\n",
			"s=-\nc=IN IP4 192.0.2.100\nt=0 0\na=sendonly\nm=audio 30000 RTP/AVP 0\na=rtcp:30001\n",
		},
		"several streams": {
			[]int{30000, 0, 30004},
			"v=0\ns=-\nc=IN IP4 203.0.113.1\nt=0 0\nm=audio 4000 RTP/AVP 0\nm=text 4002 RTP/AVP 98\nm=image 4004 udptl t38\na=T38FaxVersion:0\n",
			"s=-\nc=IN IP4 192.0.2.100\nt=0 0\nm=audio 30000 RTP/AVP 0\na=rtcp:30001\nm=text 0 RTP/AVP 98\nm=image 30004 udptl t38\na=T38FaxVersion:0\n",
		},
		"the old way of holding": {
			[]int{30000},
			"v=0\ns=-\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio 4000 RTP/AVP 0\n",
			"s=-\nc=IN IP4 192.0.2.100\nt=0 0\nm=audio 30000 RTP/AVP 0\nc=IN IP4 0.0.0.0\na=rtcp:30001\n",
		},
		"a name and a phone number of the session": {
			[]int{30000},
			"v=0\ns=-\nu=http://example.com\ne=a@example.com\np=+1\nk=clear:x\nt=0 0\nr=1 2 3\nm=audio 4000 RTP/AVP 0\n",
			"s=-\nu=http://example.com\ne=a@example.com\np=+1\nc=IN IP4 192.0.2.100\nt=0 0\nr=1 2 3\nm=audio 30000 RTP/AVP 0\na=rtcp:30001\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := unversioned(newWriter(us).write([]byte(c.sdp), at(c.ports...)))
			if want := strings.ReplaceAll(c.want, "\n", "\r\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestVersionCountsChanges(t *testing.T) {
	a := newWriter(netip.MustParseAddr("2001:db8::1"))
	said := []string{audio(ann, 4000), strings.Replace(audio(ann, 4000), "o=- 1 1", "o=- 1 2", 1), audio(ann, 4000, "a=sendonly"), audio(ann, 4000)}
	for i, version := range []int{1, 1, 2, 3} {
		text := string(a.write([]byte(said[i]), at(30000)))
		if want := fmt.Sprintf("v=0\r\no=- %d %d IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\n", a.origin.ID, version); !strings.HasPrefix(text, want) {
			t.Errorf("got\n%s\nwant it to begin with\n%s", text, want)
		}
	}
}

// A rewritten description is valid, describes the same streams but for their addresses, and names no address of the peer.
func FuzzDescription(f *testing.F) {
	f.Add([]byte(audio(ann, 4000)))
	f.Add([]byte("v=0\nc=IN IP4 0.0.0.0\nm=image 1 udptl t38\nm=audio 2 RTP/AVP 0 8\na=rtcp:3 IN IP4 203.0.113.1\na=candidate:x\n"))
	f.Add([]byte("v=0\r\nm=audio 4000/2 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=inactive\r\nm=x 0 y z\r\n"))
	peer := netip.MustParseAddr(ann)
	f.Fuzz(func(t *testing.T, raw []byte) {
		was, err := sdp.Read(raw, peer)
		if err != nil {
			return
		}
		ports := make([]int, len(was.Lines))
		c := &call{}
		for i := range was.Lines {
			if c.bridgeable(&was.Lines[i]) {
				ports[i] = 30000 + 2*i
			}
		}
		text := newWriter(us).write(raw, at(ports...))
		is, err := sdp.Read(text, peer)
		if err != nil {
			t.Fatalf("%v in\n%q\nof\n%q", err, text, raw)
		}
		if len(is.Lines) != len(was.Lines) {
			t.Fatalf("got %d lines, want %d, in\n%q", len(is.Lines), len(was.Lines), text)
		}
		for i := range is.Lines {
			a, b := &was.Lines[i], &is.Lines[i]
			if a.Media != b.Media || a.Proto != b.Proto || a.Direction != b.Direction || a.AudioType != b.AudioType || a.Label != b.Label {
				t.Errorf("line %d: got %+v, want %+v", i, b, a)
			}
			if int(b.Remote.Port()) != ports[i] || ports[i] != 0 && b.Remote.Addr() != us && !b.Remote.Addr().IsUnspecified() {
				t.Errorf("line %d: got %v, want port %d of %v", i, b.Remote, ports[i], us)
			}
		}
	})
}
